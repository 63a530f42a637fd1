package openstack_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

const (
	token   = "made-up-token-4711"
	project = "project-own"
	hidden  = "swift+https://store:made-up-password@store.example.com/images" // in the address of the data
)

// row is an image of the emulator, as its database holds it.
type row struct {
	record  map[string]any // as the server sends it
	created time.Time      // with microseconds
}

func (r row) text(name string) string {
	text, _ := r.record[name].(string)
	return text
}

// glance emulates GET /v2/images as a handler and as a transport, which works in a
// bubble of testing/synctest. It has the behaviour of the real server that an adapter
// can stumble over.
type glance struct {
	mu  sync.Mutex
	row []row
	log []providertest.Request

	tokens       []string        // that are valid; none: any request is
	gone         map[string]int  // IDs of markers, and the status that refuses them
	ignored      map[string]bool // parameters
	failure      *providertest.Failure
	cap          int
	repeat       bool
	replaceAfter int
	replacement  []row
	edit         func([]byte) []byte
	before       func(request int) // called before a request is served
}

func (g *glance) requests() []providertest.Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.log)
}

func (g *glance) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	n, id := g.arrived(r.URL.Query())
	if f := g.failure; f != nil && f.Matches(n) && f.Break != 0 {
		return g.broken(r, f.Break)
	}
	g.serve(w, r, n, id)
	out := w.Result()
	out.Request = r
	return out, nil
}

func (g *glance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, id := g.arrived(r.URL.Query())
	g.serve(w, r, n, id)
}

func (g *glance) arrived(params url.Values) (n int, id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.replacement != nil && len(g.log) == g.replaceAfter {
		g.row = g.replacement
	}
	id = fmt.Sprint("req-", len(g.log)+1)
	g.log = append(g.log, providertest.Request{Action: "ListImages", Params: params, At: time.Now(), ID: id})
	if g.before != nil {
		g.before(len(g.log))
	}
	return len(g.log), id
}

func (g *glance) serve(w http.ResponseWriter, r *http.Request, n int, id string) {
	w.Header().Set("X-Openstack-Request-Id", id)
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.failure
	switch {
	case f != nil && f.Matches(n):
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		}
		refuse(w, r, f.Code, f.Message)
		return
	case len(g.tokens) > 0 && !slices.Contains(g.tokens, r.Header.Get("X-Auth-Token")):
		refuse(w, r, "401 Unauthorized", "The request you have made requires authentication.")
		return
	case r.URL.Path != "/v2/images":
		refuse(w, r, "404 Not Found", "no such resource")
		return
	}
	body, code := g.page(r.URL.Query())
	if code != "" {
		refuse(w, r, code, "the request is refused<br /><br />\n\n\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// refuse responds with an HTML page unless JSON is asked for.
func refuse(w http.ResponseWriter, r *http.Request, code, message string) {
	number, title, _ := strings.Cut(code, " ")
	status, _ := strconv.Atoi(number)
	if r.Header.Get("Accept") != "application/json" {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(cmp.Or(status, 400))
		fmt.Fprintf(w, "<html><head><title>%s</title></head></html>", code)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(cmp.Or(status, 400))
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "title": title, "message": message})
}

func (g *glance) broken(r *http.Request, b providertest.Break) (*http.Response, error) {
	body, _ := g.page(r.URL.Query())
	out := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r}
	half := bytes.NewReader(body[:len(body)/2])
	switch b {
	case providertest.BreakReset:
		return nil, syscall.ECONNRESET
	case providertest.BreakHang:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case providertest.BreakGateway:
		out.StatusCode, out.Body = http.StatusBadGateway, io.NopCloser(strings.NewReader("<html>bad gateway</html>"))
	case providertest.BreakShort:
		out.Body = io.NopCloser(half)
	case providertest.BreakCut:
		out.Body = io.NopCloser(io.MultiReader(half, cut{}))
	}
	return out, nil
}

// cut is the end of a broken connection.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// page returns a page of the listing, or the code that refuses it.
func (g *glance) page(params url.Values) (body []byte, code string) {
	listed, err := g.listed(params)
	if err != nil {
		return nil, "400 Bad Request"
	}
	if marker := params.Get("marker"); marker != "" && !g.repeat {
		if status := g.gone[marker]; status != 0 {
			return nil, fmt.Sprint(status, " ", http.StatusText(status))
		}
		at := slices.IndexFunc(g.row, func(r row) bool { return r.text("id") == marker })
		if at < 0 {
			return nil, "400 Bad Request"
		}
		listed = slices.DeleteFunc(listed, func(r row) bool { return order(r, g.row[at]) <= 0 })
	}
	limit, _ := strconv.Atoi(params.Get("limit"))
	size := min(cmp.Or(limit, 25), cmp.Or(g.cap, 1000)) // larger pages are cut in silence
	listed = listed[:min(size, len(listed))]
	records := make([]map[string]any, len(listed))
	for i, r := range listed {
		records[i] = r.record
	}
	content := map[string]any{"images": records, "first": "/v2/images", "schema": "/v2/schemas/images"}
	if len(listed) == size { // also on the last page
		content["next"] = next(params, listed[size-1].text("id"))
	}
	body, _ = json.Marshal(content)
	if g.edit != nil {
		body = g.edit(body)
	}
	return body, ""
}

// next returns the address of the next page, with the last of repeated parameters.
func next(params url.Values, marker string) string {
	once := url.Values{}
	for name, values := range params {
		once.Set(name, values[len(values)-1])
	}
	once.Set("marker", marker)
	return "/v2/images?" + once.Encode()
}

// order is created_at, descending, then the ID.
func order(a, b row) int {
	return cmp.Or(b.created.Compare(a.created), cmp.Compare(b.text("id"), a.text("id")))
}

// listed returns the images that the filters leave, in order.
func (g *glance) listed(params url.Values) ([]row, error) {
	match, err := matcher(params, g.ignored)
	if err != nil {
		return nil, err
	}
	var out []row
	for _, r := range g.row {
		if match(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, order)
	return out, nil
}

// matcher reads the filters. The last of repeated ones counts, but for tags.
func matcher(params url.Values, ignored map[string]bool) (func(row) bool, error) {
	var tests []func(row) bool
	if !params.Has("os_hidden") {
		params = url.Values{"os_hidden": {"false"}, "visibility": params["visibility"], "limit": params["limit"]}
	}
	if !ignored["visibility"] && params.Get("visibility") == "" {
		tests = append(tests, func(r row) bool { return r.text("visibility") != "community" || r.text("owner") == project })
	}
	for name, values := range params {
		if len(values) == 0 || ignored[name] || slices.Contains([]string{"limit", "marker", "member_status"}, name) {
			continue
		}
		test, err := test(name, values)
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	return func(r row) bool {
		return !slices.ContainsFunc(tests, func(test func(row) bool) bool { return !test(r) })
	}, nil
}

func test(name string, values []string) (func(row) bool, error) {
	value := values[len(values)-1]
	switch name {
	case "tag":
		return func(r row) bool {
			tags, _ := r.record["tags"].([]string)
			return !slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(tags, strings.TrimSpace(v)) })
		}, nil
	case "visibility":
		if !slices.Contains([]string{"all", "public", "private", "shared", "community"}, value) {
			return nil, fmt.Errorf("invalid visibility %q", value)
		}
		return func(r row) bool { return value == "all" || r.text("visibility") == value }, nil
	case "os_hidden":
		return func(r row) bool { return fmt.Sprint(r.record["os_hidden"]) == value }, nil
	case "created_at":
		return createdTest(value)
	case "id", "name", "status":
		wanted, err := operands(value)
		return func(r row) bool { return slices.Contains(wanted, r.text(name)) }, err
	}
	return func(r row) bool { return r.text(name) == value }, nil // an owner, or any property
}

// operands reads eq:value, in:"a","b" and a plain value.
func operands(text string) ([]string, error) {
	operator, rest, found := strings.Cut(text, ":")
	switch {
	case !found:
		return []string{text}, nil
	case operator == "eq":
		return []string{rest}, nil
	case operator != "in" || !strings.HasPrefix(rest, `"`) || !strings.HasSuffix(rest, `"`):
		return nil, fmt.Errorf("operator %q", operator)
	}
	return strings.Split(rest[1:len(rest)-1], `","`), nil
}

func createdTest(text string) (func(row) bool, error) {
	operator, rest, _ := strings.Cut(text, ":")
	at, err := time.Parse(time.RFC3339, rest)
	return func(r row) bool {
		return !r.created.IsZero() && (operator == "gte" && !r.created.Before(at) || operator == "lt" && r.created.Before(at))
	}, err
}

// hash spreads what an image does not tell: which of several words the server has.
func hash(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() >> 8)
}

var statusWords = map[image.Status][]string{
	"": {"melting"}, image.StatusPending: {"queued", "saving", "uploading", "importing"}, image.StatusAvailable: {"active"},
	image.StatusDeprecated: {"active"}, image.StatusSuspended: {"deactivated"}, image.StatusFailed: {"killed"}, image.StatusDeleted: {"pending_delete"},
}

func visibilityWord(m image.Image) string {
	if m.Visibility == image.VisibilityPublic && (m.Source == image.SourceCommunity || m.Source == image.SourceSelf && hash(m.ID)%2 == 0) {
		return "community"
	}
	return string(m.Visibility)
}

func isHidden(m image.Image) bool {
	return m.Status == image.StatusDeprecated || m.Status != image.StatusAvailable && hash(m.ID)%2 == 1
}

// rows returns the images as the server holds them.
func rows(images []image.Image) (out []row) {
	for _, m := range images {
		words := statusWords[m.Status]
		record := map[string]any{
			"id": m.ID, "name": m.Name, "owner": m.Owner, "description": m.Description, "visibility": visibilityWord(m),
			"status": words[hash(m.ID)%len(words)], "os_hidden": isHidden(m), "tags": tagsOf(m), "min_disk": m.SizeGiB, "virtual_size": nil,
			"os_type": string(m.OS), "os_distro": m.Platform, "os_version": m.OSVersion, "architecture": string(m.Arch),
			"hw_firmware_type": m.BootMode, "instance_uuid": m.SourceInstance, "direct_url": hidden, "created_at": "", "Status": "a property",
		}
		r := row{record: record}
		if !m.Created.IsZero() {
			r.created = m.Created.Add(time.Duration(hash(m.ID)%1e6) * time.Microsecond)
			record["created_at"] = m.Created.Format(time.RFC3339)
		}
		out = append(out, r)
	}
	return out
}

func tagsOf(m image.Image) []string {
	out := []string{}
	for tag := range m.Tags {
		out = append(out, tag)
	}
	slices.Sort(out)
	return out
}
