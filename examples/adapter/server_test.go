package adapter_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

const token = "made-up-token-4711"

// server emulates the API as a transport, so that it works in a bubble of
// testing/synctest. It lists the newest image first, and a page token is the ID of the
// last image of the page before.
type server struct {
	mu    sync.Mutex
	world []image.Image
	log   []providertest.Request

	failure      *providertest.Failure
	cap          int // of a page; 0: as requested
	repeat       bool
	replaceAfter int
	replacement  []image.Image
	edit         func([]byte) []byte
}

func (s *server) client() *http.Client { return &http.Client{Transport: s} }

func (s *server) requests() []providertest.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// RoundTrip answers one request, or fails it.
func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	n, id := s.arrived(r.URL.Query())
	if f := s.failure; f != nil && f.Matches(n) {
		return s.fail(r, id, *f)
	}
	if r.Header.Get("Authorization") != "Bearer "+token {
		return refusal(r, id, "Unauthorized", "no such token"), nil
	}
	body, found := s.page(r.URL.Query(), id)
	if !found {
		return refusal(r, id, "MarkerNotFound", "the marker is gone"), nil
	}
	return response(r, http.StatusOK, body), nil
}

func (s *server) arrived(params url.Values) (n int, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.replacement != nil && len(s.log) == s.replaceAfter {
		s.world = s.replacement
	}
	id = fmt.Sprint("request-", len(s.log)+1)
	s.log = append(s.log, providertest.Request{Action: "ListImages", Params: params, At: time.Now(), ID: id})
	return len(s.log), id
}

func (s *server) fail(r *http.Request, id string, f providertest.Failure) (*http.Response, error) {
	body, _ := s.page(r.URL.Query(), id)
	switch f.Break {
	case providertest.BreakReset:
		return nil, syscall.ECONNRESET
	case providertest.BreakHang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case providertest.BreakGateway:
		return response(r, http.StatusBadGateway, []byte("<html>bad gateway</html>")), nil
	case providertest.BreakShort:
		return response(r, http.StatusOK, body[:len(body)/2]), nil
	case providertest.BreakCut:
		out := response(r, http.StatusOK, nil)
		out.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), cut{}))
		return out, nil
	}
	out := refusal(r, id, f.Code, f.Message)
	if f.RetryAfter > 0 {
		out.Header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
	}
	return out, nil
}

// cut is the end of a broken connection.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

var statusOf = map[string]int{"TooManyRequests": 429, "Unavailable": 503, "Unauthorized": 401, "Forbidden": 403, "MarkerNotFound": 404}

func refusal(r *http.Request, id, code, message string) *http.Response {
	body, _ := json.Marshal(map[string]string{"code": code, "message": message, "requestId": id})
	return response(r, cmp.Or(statusOf[code], 400), body)
}

func response(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
}

// page returns the images after the marker. Found is false if the marker is gone.
func (s *server) page(params url.Values, id string) (body []byte, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listed := slices.DeleteFunc(slices.Clone(s.world), func(m image.Image) bool {
		return params.Has("name") && m.Name != params.Get("name")
	})
	slices.SortStableFunc(listed, func(a, b image.Image) int { return b.Created.Compare(a.Created) })
	if marker := params.Get("marker"); marker != "" && !s.repeat {
		i := slices.IndexFunc(listed, func(m image.Image) bool { return m.ID == marker })
		if i < 0 {
			return nil, false
		}
		listed = listed[i+1:]
	}
	limit, _ := strconv.Atoi(params.Get("limit"))
	size := min(limit, cmp.Or(s.cap, 100))
	content := map[string]any{"requestId": id}
	if len(listed) > size {
		listed = listed[:size]
		content["next"] = listed[size-1].ID
	}
	content["images"] = records(listed)
	body, _ = json.Marshal(content)
	if s.edit != nil {
		body = s.edit(body)
	}
	return body, true
}

// words are those that the API has for a status.
var words = map[image.Status]string{image.StatusPending: "queued", image.StatusAvailable: "active", image.StatusFailed: "killed", "": "melting"}

func records(images []image.Image) []map[string]any {
	out := []map[string]any{}
	for _, m := range images {
		r := map[string]any{"id": m.ID, "name": m.Name, "owner": m.Owner, "status": words[m.Status], "size": m.SizeGiB, "createdAt": ""}
		if !m.Created.IsZero() {
			r["createdAt"] = m.Created.Format(time.RFC3339)
		}
		out = append(out, r)
	}
	return out
}
