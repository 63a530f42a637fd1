package providertest_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
)

// model is an adapter of the cloud that pushes much down, and is right. With a fault it
// is wrong in one way.
type model struct {
	fault
	api    *httpapi.Client
	next   http.RoundTripper
	cloud  *cloud // for faults that need it
	config provider.Config
	pages  *memo[uint64, decoded]
	nonces atomic.Int64

	// What faults need.
	shared   url.Values
	listings atomic.Int64
	inFlight atomic.Int64
	timedOut atomic.Bool
	asked    atomic.Pointer[string]
	message  atomic.Pointer[string] // the last one of the server
	mu       sync.Mutex
	first    []image.Image // of a first page
	last     string        // ID of the last image of the page before
}

func (a *model) has(name string) bool { return a.name == name }

const (
	canaryID  = "canary-id"
	canaryKey = "canary/key+1=="
)

// open returns a client of a cloud. The configuration is the user's, but for what leads
// to the cloud.
func open(c *cloud, config provider.Config, f fault) (*provider.Client, error) {
	a := &model{fault: f, cloud: c, pages: &pages, shared: url.Values{"state": {"any"}}}
	if f.images != nil {
		a.pages = &memo[uint64, decoded]{} // a check writes into the images
	}
	config.Region, config.Credentials = "here", provider.Static(canaryID, canaryKey, "")
	config = config.WithDefaults()
	var client http.Client
	if config.HTTPClient != nil {
		client = *config.HTTPClient
	}
	if f.user != nil {
		f.user(&client)
	}
	a.config, a.next, client.Transport, config.HTTPClient = config, client.Transport, a, &client
	if f.ownBudget && config.Budget != nil {
		config.Budget = &provider.Budget{PerSecond: config.Budget.PerSecond}
	}
	if f.config != nil {
		f.config(&config)
	}
	var err error
	a.api, err = httpapi.New(httpapi.API{
		Name:            "model",
		Endpoint:        func(string) string { return "https://model.invalid/" },
		Sign:            a.sign,
		Classify:        a.classify,
		RequestIDHeader: "X-Request-Id",
	}, config)
	if err != nil {
		return nil, err
	}
	if a.has("Check passes always") {
		return provider.New(unchecked{a}, a.config), nil
	}
	return provider.New(a, a.config), nil
}

// unchecked is a model with a Check that never fails.
type unchecked struct{ *model }

func (unchecked) Check(context.Context) error { return nil }

func (a *model) Info() provider.Info {
	info := provider.Info{
		Name: "model", Region: "here", Host: "model.invalid",
		Support: map[image.Field]provider.Support{
			image.FieldIDs: provider.Exact, image.FieldNames: provider.Superset, image.FieldSources: provider.Exact,
			image.FieldStatuses: provider.Exact, image.FieldOSes: provider.Exact, image.FieldTags: provider.Superset,
			image.FieldCreatedAfter: provider.Superset, image.FieldCreatedBefore: provider.Superset,
			image.FieldFamilies: provider.None, image.FieldResourceGroups: provider.None,
		},
		Values: map[image.Field][]string{
			image.FieldSources:  {"self", "shared", "system"},
			image.FieldStatuses: {"pending", "available", "deprecated", "failed"},
		},
	}
	if a.info != nil {
		a.info(&info)
	}
	return info
}

// Plan pushes the first values of several predicates.
func (a *model) Plan(q image.Query) ([]provider.Call, error) {
	if a.has("a plan asks the server") {
		for range 3 { // the log has two records of each request that is sent otherwise
			a.ask()
		}
	}
	asked := q
	if a.query != nil {
		a.query(&q)
	}
	common, pushed := params(q)
	var calls []provider.Call
	for _, scope := range scopes(q) {
		for _, choice := range a.choices(q) {
			call := provider.Call{Action: "list", Params: maps.Clone(common), Pushed: slices.Clone(pushed)}
			call.Paging = provider.Paging{MaxSize: serverPage, Aligned: true}
			maps.Copy(call.Params, scope)
			maps.Copy(call.Params, choice)
			if choice.Has("name") {
				call.Pushed = append(call.Pushed, image.FieldNames)
			}
			if a.call != nil {
				a.call(a, asked, &call)
			}
			calls = append(calls, call)
		}
	}
	return calls, nil
}

// scopes ask for one's own and shared images, and for those of the system.
func scopes(q image.Query) []url.Values {
	if len(q.Sources) == 0 {
		return []url.Values{{}, {"owner": {"system"}}}
	}
	var out []url.Values
	for _, source := range q.Sources {
		out = append(out, url.Values{"owner": {string(source)}})
	}
	return out
}

// choices ask for one name each, as long as they are few and plain.
func (a *model) choices(q image.Query) (out []url.Values) {
	plain := !slices.ContainsFunc(q.Names, func(name string) bool { return strings.ContainsAny(name, `*?[\`) })
	if len(q.Names) == 0 || len(q.Names) > 4 || !plain && !a.has("names that are patterns are pushed") {
		return []url.Values{nil}
	}
	for _, name := range q.Names {
		out = append(out, url.Values{"name": {name}})
	}
	return out
}

// params are the parameters of all calls.
func params(q image.Query) (params url.Values, pushed []image.Field) {
	params = url.Values{"state": {"any"}}
	push := func(f image.Field, name, value string) {
		params.Set(name, value)
		pushed = append(pushed, f)
	}
	if len(q.Sources) > 0 {
		pushed = append(pushed, image.FieldSources)
	}
	if len(q.Statuses) > 0 {
		push(image.FieldStatuses, "state", cmp.Or(strings.Join(lenient.Words(states, q.Statuses), ","), "none"))
	}
	for i, id := range q.IDs {
		push(image.FieldIDs, fmt.Sprint("id.", i+1), id)
	}
	if len(q.OSes) == 1 {
		push(image.FieldOSes, "os", string(q.OSes[0]))
	}
	if len(q.Tags) == 1 {
		push(image.FieldTags, "tag", slices.Collect(maps.Keys(q.Tags))[0])
	}
	if !q.CreatedAfter.IsZero() && q.CreatedAfter.Year() < 9999 {
		push(image.FieldCreatedAfter, "from", q.CreatedAfter.UTC().Format(minutes))
	}
	if !q.CreatedBefore.IsZero() && q.CreatedBefore.Year() < 9999 {
		push(image.FieldCreatedBefore, "to", q.CreatedBefore.Add(time.Minute).UTC().Format(minutes))
	}
	return params, pushed
}

func (a *model) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	if a.has("one query at a time") && a.isDisturbed(c) {
		return nil, errors.New("another query came between")
	}
	params := maps.Clone(c.Params)
	params.Set("page", strconv.Itoa(at.Offset/at.Size+1))
	params.Set("size", strconv.Itoa(at.Size))
	if a.has("a parameter that no plan shows") {
		params.Set("verbose", "1")
	}
	if a.has("retries repeat the nonce") {
		params.Set("nonce", a.nonce())
	}
	page, err := a.send(ctx, c.Action, params)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.page != nil {
		a.page(a, c, at, page)
	}
	if a.has("a page needs the last image of the one before") && !a.followsLast(at, page) {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "no such image"}
	}
	return page, nil
}

// followsLast reports whether the last image of the page before still exists.
func (a *model) followsLast(at provider.Cursor, page *provider.Page) bool {
	last := a.last
	if n := len(page.Images); n > 0 {
		a.last = page.Images[n-1].ID
	}
	return at.Offset == 0 || a.cloud.holds(last)
}

// isDisturbed reports whether another query is asked within a moment. The calls of
// one query differ in owner and name.
func (a *model) isDisturbed(c provider.Call) bool {
	query := maps.Clone(c.Params)
	query.Del("owner")
	query.Del("name")
	own := query.Encode()
	a.asked.Store(&own)
	time.Sleep(time.Millisecond)
	return *a.asked.Load() != own
}

// unknownMembers matches a response with unknown members in the page, an image and a disk.
var unknownMembers = regexp.MustCompile(`^{"":"nothing","UnheardOf":.*"images":\[.*{"":"nothing","UnheardOf":.*"disks":\[{"":"nothing","UnheardOf":`)

// decode decodes a response. Most responses came before.
func (a *model) decode(body []byte) (*provider.Page, httpapi.Status, error) {
	if len(body) > 1<<20 {
		if !a.has("answers may have any length") {
			return nil, httpapi.Status{}, errors.New("the answer is too long")
		}
		body = bytes.TrimSpace(body)
	}
	read := a.pages.get(maphash.Bytes(seed, body), func() decoded { return decode(body) })
	a.message.Store(&read.status.Message)
	switch {
	case read.err != nil:
		return nil, httpapi.Status{}, read.err
	case !read.isList && !a.has("an answer without images is empty"):
		return nil, read.status, errors.New("no images in the answer")
	case a.has("unknown members are refused") && unknownMembers.Match(body):
		return nil, read.status, errors.New("a member is unknown")
	case a.has("sizes must be numbers") && bytes.Contains(body, []byte(`"size_gib":"20"`)):
		return nil, read.status, errors.New("a size is no number")
	}
	page := &provider.Page{Total: read.page.Total, Images: copies(read.page.Images), Unreadable: maps.Clone(read.page.Unreadable)}
	if a.images != nil {
		a.images(read.page.Images, page.Images)
	}
	for i := range page.Images {
		if a.image != nil {
			a.image(read.states[i], &page.Images[i])
		}
	}
	return page, read.status, nil
}
