package providertest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

// cloud is a provider in memory: one operation with filters that hide more than
// they should, pages, a protocol, and errors in JSON.
type cloud struct {
	reading string

	edits        []func(url.Values)
	failure      *providertest.Failure
	addToTotal   int
	omitTotal    bool
	editBody     func([]byte) []byte
	replaceAfter int
	replacement  []image.Image

	mu   sync.Mutex
	rows []*row
	log  []providertest.Request
}

// row is an image with its record, as text.
type row struct {
	image.Image
	record record
	text   []byte
}

// answer is what comes over the wire, or why nothing does.
type answer struct {
	status     int
	id         string // of the request
	retryAfter time.Duration
	body       []byte
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
		c.rows = append(c.rows, memory.row(m))
	}
	slices.SortFunc(c.rows, func(a, b *row) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
}

// holds reports whether an image exists.
func (c *cloud) holds(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.rows, func(r *row) bool { return r.ID == id })
}

func (c *cloud) requests() []providertest.Request {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

// do answers one request.
func (c *cloud) do(ctx context.Context, params url.Values) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	n, id, rows := c.arrived(params)
	var failure providertest.Failure
	if c.failure != nil && c.failure.Matches(n) {
		failure = *c.failure
	}
	switch {
	case failure.Break == providertest.BreakReset:
		return answer{}, io.EOF
	case failure.Break == providertest.BreakHang:
		select {
		case <-ctx.Done():
			return answer{}, ctx.Err()
		case <-time.After(time.Hour):
			return answer{}, io.EOF
		}
	case failure.Break == providertest.BreakGateway:
		return answer{status: 502, id: id, body: []byte("<html>")}, nil
	case failure.Code != "":
		body, _ := json.Marshal(map[string]string{"code": failure.Code, "message": failure.Message})
		return answer{status: 400, id: id, retryAfter: failure.RetryAfter, body: body}, nil
	}
	body := c.page(rows, params)
	switch failure.Break {
	case providertest.BreakCut:
		return answer{}, io.ErrUnexpectedEOF
	case providertest.BreakShort:
		body = body[:len(body)/2]
	}
	return answer{status: 200, id: id, body: body}, nil
}

func (c *cloud) arrived(params url.Values) (n int, id string, rows []*row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.replacement != nil && len(c.log) == c.replaceAfter {
		c.serve(c.replacement)
	}
	id = fmt.Sprint("request-", len(c.log)+1)
	c.log = append(c.log, providertest.Request{Action: params.Get("action"), Params: maps.Clone(params), At: time.Now(), ID: id})
	return len(c.log), id, c.rows
}

// page is one page of what the parameters ask for.
func (c *cloud) page(rows []*row, params url.Values) []byte {
	params = maps.Clone(params)
	for _, edit := range c.edits {
		edit(params)
	}
	var found []*row
	for _, r := range rows {
		if c.lists(r, params) {
			found = append(found, r)
		}
	}
	number, _ := strconv.Atoi(params.Get("page"))
	size, _ := strconv.Atoi(params.Get("size"))
	size = min(size, serverPage)
	from := min((number-1)*size, len(found))
	var body bytes.Buffer
	body.WriteString("{")
	if !c.omitTotal {
		fmt.Fprintf(&body, `"total":%d,`, len(found)+c.addToTotal)
	}
	body.WriteString(`"images":[`)
	for i, r := range found[from:min(from+size, len(found))] {
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(r.text)
	}
	body.WriteString("]}")
	if c.editBody != nil {
		return c.editBody(body.Bytes())
	}
	return body.Bytes()
}

// serverPage is the largest page.
const serverPage = 50

// lists applies the filters. Without an owner, images of the system stay out;
// without a state, all that are not active.
func (c *cloud) lists(r *row, params url.Values) bool {
	switch owner := params.Get("owner"); {
	case owner == "" && r.Source == image.SourceSystem, owner != "" && owner != string(r.record.From):
		return false
	}
	state := params.Get("state")
	if state == "" {
		state = "active"
	}
	if state != "any" && !slices.Contains(strings.Split(state, ","), string(r.record.State)) {
		return false
	}
	ids := []string{}
	for i := 1; params.Has(fmt.Sprint("id.", i)); i++ {
		ids = append(ids, params.Get(fmt.Sprint("id.", i)))
	}
	return (len(ids) == 0 || slices.Contains(ids, r.ID)) &&
		(params.Get("name") == "" || c.isLike(r.Name, params.Get("name"))) &&
		(params.Get("os") == "" || params.Get("os") == string(r.OS)) &&
		(params.Get("platform") == "" || params.Get("platform") == r.Platform) &&
		(params.Get("tag") == "" || hasTag(r.Tags, params.Get("tag"))) &&
		isBetween(r.Created, params.Get("from"), params.Get("to"))
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

func isBetween(t time.Time, from, to string) bool {
	after, err1 := time.Parse(minutes, from)
	before, err2 := time.Parse(minutes, to)
	return (err1 != nil || !t.Before(after)) && (err2 != nil || !t.After(before)) && (from+to == "" || !t.IsZero())
}
