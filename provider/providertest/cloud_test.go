package providertest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing/iotest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// cloud emulates a provider as a transport, so that it works in a bubble of testing/synctest. Its
// one operation has filters that hide more than they should, and pages with numbers.
type cloud struct {
	reading string

	edits        []func(url.Values)
	failure      providertest.Failure
	addToTotal   int
	omitTotal    bool
	editBody     func([]byte) []byte
	replaceAfter int
	replacement  []image.Image

	mu   sync.Mutex
	rows []*row
	log  []providertest.Request
}

func newCloud(reading string, world []image.Image) *cloud {
	c := &cloud{reading: reading}
	c.serve(world)
	return c
}

// serve lists the newest images first.
func (c *cloud) serve(world []image.Image) {
	c.rows = nil
	for _, m := range world {
		c.rows = append(c.rows, rowOf(m))
	}
	slices.SortFunc(c.rows, func(a, b *row) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
}

func (c *cloud) holds(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.rows, func(r *row) bool { return r.ID == id })
}

func (c *cloud) requests() []providertest.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clip(c.log)
}

// session has every hook.
func (c *cloud) session(client *provider.Client) *providertest.Session {
	edit := func(change func(url.Values)) { c.edits = append(c.edits, change) }
	return &providertest.Session{
		Client:     client,
		Secrets:    []string{canaryID, canaryKey},
		Requests:   c.requests,
		Fail:       func(f providertest.Failure) { c.failure = f },
		AddToTotal: func(n int) { c.addToTotal = n },
		OmitTotal:  func() { c.omitTotal = true },
		Cap: func(size int) {
			edit(func(params url.Values) {
				asked, _ := strconv.Atoi(params.Get("size"))
				params.Set("size", strconv.Itoa(min(asked, size)))
			})
		},
		Repeat:  func() { edit(func(params url.Values) { params.Set("page", "1") }) },
		Replace: func(after int, world []image.Image) { c.replaceAfter, c.replacement = after, world },
		Ignore: func(names ...string) {
			edit(func(params url.Values) {
				maps.DeleteFunc(params, func(name string, _ []string) bool { return slices.Contains(names, name) })
			})
		},
		EditBody: func(change func([]byte) []byte) { c.editBody = change },
	}
}

// RoundTrip responds to one request, or fails it.
func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	params := r.URL.Query()
	n, rows := c.arrived(params)
	f := c.failure
	if f == (providertest.Failure{}) || !f.Matches(n) {
		return c.respond(r, n, http.StatusOK, c.page(rows, params)), nil
	}
	switch f.Break {
	case providertest.BreakReset:
		return nil, syscall.ECONNRESET
	case providertest.BreakHang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case providertest.BreakGateway:
		return c.respond(r, n, http.StatusBadGateway, []byte("<html>")), nil
	case providertest.BreakCut, providertest.BreakShort:
		body := c.page(rows, params)
		out := c.respond(r, n, http.StatusOK, body[:len(body)/2])
		if f.Break == providertest.BreakCut {
			out.Body = io.NopCloser(io.MultiReader(out.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
		}
		return out, nil
	}
	body, _ := json.Marshal(map[string]string{"code": f.Code, "message": f.Message})
	out := c.respond(r, n, http.StatusBadRequest, body)
	out.Header.Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
	return out, nil
}

func requestID(n int) string { return fmt.Sprint("request-", n) }

// arrived logs a request, and returns its number.
func (c *cloud) arrived(params url.Values) (n int, rows []*row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.replacement != nil && len(c.log) == c.replaceAfter {
		c.serve(c.replacement)
	}
	n = len(c.log) + 1
	c.log = append(c.log, providertest.Request{Action: params.Get("action"), Params: maps.Clone(params), At: time.Now(), ID: requestID(n)})
	return n, c.rows
}

func (c *cloud) respond(r *http.Request, n, status int, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"X-Request-Id": {requestID(n)}}, Request: r,
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}
}

// page is one page of what the parameters ask for.
func (c *cloud) page(rows []*row, params url.Values) []byte {
	for _, edit := range c.edits {
		edit(params)
	}
	lists := c.filter(params)
	found := slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return !lists(r) })
	number, _ := strconv.Atoi(params.Get("page"))
	size, _ := strconv.Atoi(params.Get("size"))
	size = min(size, serverPage)
	from := min((number-1)*size, len(found))
	var records [][]byte
	for _, r := range found[from:min(from+size, len(found))] {
		records = append(records, r.record)
	}
	total := ""
	if !c.omitTotal {
		total = fmt.Sprintf(`"total":%d,`, len(found)+c.addToTotal)
	}
	body := fmt.Appendf(nil, `{%s"images":[%s]}`, total, bytes.Join(records, []byte(",")))
	if c.editBody != nil {
		return c.editBody(body)
	}
	return body
}

// serverPage is the largest page.
const serverPage = 50

// filter returns the filter of the parameters. Without an owner, images of the system
// stay out; without a state, all that are not active.
func (c *cloud) filter(params url.Values) func(*row) bool {
	owner, name, os, platform, tag := params.Get("owner"), params.Get("name"), params.Get("os"), params.Get("platform"), params.Get("tag")
	listed := strings.Split(cmp.Or(params.Get("state"), "active"), ",")
	var ids []string
	for i := 1; params.Has(fmt.Sprint("id.", i)); i++ {
		ids = append(ids, params.Get(fmt.Sprint("id.", i)))
	}
	from, noFrom := time.Parse(minutes, params.Get("from"))
	to, noTo := time.Parse(minutes, params.Get("to"))
	return func(r *row) bool {
		return (owner == string(r.Source) || owner == "" && r.Source != image.SourceSystem) &&
			(listed[0] == "any" || slices.Contains(listed, r.state)) &&
			(len(ids) == 0 || slices.Contains(ids, r.ID)) &&
			(name == "" || c.isLike(r.Name, name)) &&
			(os == "" || os == string(r.OS)) &&
			(platform == "" || platform == r.Platform) &&
			(tag == "" || hasTag(r.Tags, tag)) &&
			(noFrom != nil || !r.Created.IsZero() && !r.Created.Before(from)) &&
			(noTo != nil || !r.Created.IsZero() && !r.Created.After(to))
	}
}

// isLike compares names in the way of the reading.
func (c *cloud) isLike(name, asked string) bool {
	if c.reading == "pattern" {
		fits, err := path.Match(asked, name)
		return fits && err == nil
	}
	return strings.Contains(name, asked)
}

// hasTag looks for "key" or "key=value".
func hasTag(tags map[string]string, asked string) bool {
	key, value, valued := strings.Cut(asked, "=")
	got, ok := tags[key]
	return ok && (!valued || got == value)
}

const minutes = "2006-01-02T15:04Z"
