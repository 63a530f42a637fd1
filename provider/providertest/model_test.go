package providertest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
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

// model is an adapter of the cloud that pushes much down, and is right. With a bug
// it is wrong in one way.
type model struct {
	api    *httpapi.Client
	cloud  *cloud // for bugs that need it
	config provider.Config
	bug    string
	pages  *memo[string, decoded]

	nonces   atomic.Int64
	listings atomic.Int64
	asked    atomic.Pointer[string]
	shared   url.Values
	mu       sync.Mutex
	first    string        // ID of the first image of the last first page
	stale    []image.Image // the first page that ever came
	last     string        // ID of the last image of the page before

	inFlight atomic.Int64
	timedOut atomic.Bool
	message  atomic.Pointer[string] // the last one of the server
}

func (a *model) has(bug string) bool { return a.bug == bug }

const (
	canaryID  = "canary-id"
	canaryKey = "canary/key+1=="
)

// open returns a client of a cloud. The configuration is the user's, but for the
// transport.
func open(c *cloud, config provider.Config, bug string) (*provider.Client, error) {
	config.Region, config.Credentials = "here", provider.Static(canaryID, canaryKey, "")
	m := &model{cloud: c, bug: bug, pages: &pages, shared: url.Values{"state": {"any"}}}
	if m.has("disks are shared") || m.has("images of two pages share their tags") {
		m.pages = &memo[string, decoded]{} // a check writes into the images
	}
	config.HTTPClient = m.httpClient(config.HTTPClient)
	m.config = config.WithDefaults()
	var err error
	m.api, err = httpapi.New(httpapi.API{
		Name:            "model",
		Endpoint:        func(string) string { return "https://model.invalid/" },
		Sign:            m.sign,
		Classify:        m.classify,
		RequestIDHeader: "X-Request-Id",
	}, m.misread(m.config))
	if err != nil {
		return nil, err
	}
	if m.has("Check passes always") {
		return provider.New(unchecked{m}, config), nil
	}
	return provider.New(m, config), nil
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
	switch {
	case a.has("a fuzzy name is called exact"):
		info.Support[image.FieldNames] = provider.Exact
	case a.has("what is pushed is called local"):
		delete(info.Support, image.FieldOSes)
	case a.has("what is local is called superset"):
		info.Support[image.FieldPlatforms] = provider.Superset
	case a.has("a word that no image has"):
		info.Values[image.FieldStatuses] = append(info.Values[image.FieldStatuses], "suspended")
	case a.has("a word that images have is left out"):
		info.Values[image.FieldStatuses] = []string{"pending", "available", "deprecated"}
	case a.has("what is reported is called none"):
		info.Support[image.FieldPlatforms] = provider.None
	case a.has(pushesNothing):
		maps.DeleteFunc(info.Support, func(_ image.Field, s provider.Support) bool { return s != provider.None })
	}
	return info
}

// pushesNothing is no bug: the model leaves everything to the client.
const pushesNothing = "nothing is pushed"

// Plan pushes the first values of several predicates.
func (a *model) Plan(q image.Query) ([]provider.Call, error) {
	switch {
	case a.has("a plan asks the server"):
		for range 3 { // the log has two records of each request that is sent otherwise
			a.ask()
		}
	case a.has(pushesNothing):
		q = image.Query{}
	}
	common, pushed := a.common(q)
	if a.has("a plan has the date") {
		common.Set("date", time.Now().Format(time.DateOnly))
	}
	var calls []provider.Call
	for _, scope := range a.scopes(q) {
		for _, choice := range a.choices(q) {
			call := provider.Call{Action: "list", Params: maps.Clone(common), Pushed: slices.Clone(pushed), Paging: provider.Paging{MaxSize: serverPage, Aligned: true}}
			maps.Copy(call.Params, scope)
			maps.Copy(call.Params, choice)
			if len(q.Sources) > 0 {
				call.Pushed = append(call.Pushed, image.FieldSources)
			}
			if choice.Has("name") {
				call.Pushed = append(call.Pushed, image.FieldNames)
			}
			a.applyCallBug(q, &call)
			calls = append(calls, call)
		}
	}
	return calls, nil
}

// applyCallBug has the bugs of single calls.
func (a *model) applyCallBug(q image.Query, call *provider.Call) {
	switch {
	case a.has("the limit is pushed") && q.Limit > 0:
		call.Paging.MaxSize = min(call.Paging.MaxSize, q.Limit)
	case a.has("pages are larger than the server's"):
		call.Paging.MaxSize = 2 * serverPage
	case a.has("plans share their parameters"):
		if len(q.Fields()) == 0 && !call.Params.Has("owner") {
			call.Params = a.shared
		}
	}
}

// scopes ask for one's own and shared images, and for those of the system.
func (a *model) scopes(q image.Query) []url.Values {
	if len(q.Sources) == 0 {
		if a.has("images of the system are forgotten") {
			return []url.Values{{}}
		}
		return []url.Values{{}, {"owner": {"system"}}}
	}
	var out []url.Values
	for _, source := range q.Sources {
		out = append(out, url.Values{"owner": {string(source)}})
	}
	if a.has("one source of several") {
		out = out[:1]
	}
	return out
}

// choices ask for one name each, as long as they are few and plain.
func (a *model) choices(q image.Query) []url.Values {
	plain := !slices.ContainsFunc(q.Names, func(name string) bool { return strings.ContainsAny(name, `*?[\`) })
	if a.has("names that are patterns are pushed") {
		plain = true
	}
	if len(q.Names) == 0 || !plain || len(q.Names) > 4 && !a.has("four names of many") {
		return []url.Values{nil}
	}
	var out []url.Values
	for _, name := range q.Names[:min(4, len(q.Names))] {
		if a.has("names are pushed in lower case") {
			name = strings.ToLower(name)
		}
		out = append(out, url.Values{"name": {name}})
	}
	return out
}

// common are the parameters of all calls.
func (a *model) common(q image.Query) (params url.Values, pushed []image.Field) {
	params = url.Values{"state": {a.state(q)}}
	push := func(f image.Field, name, value string) {
		params.Set(name, value)
		pushed = append(pushed, f)
	}
	if len(q.Statuses) > 0 {
		pushed = append(pushed, image.FieldStatuses)
	}
	a.pushIDs(q, push)
	if len(q.OSes) == 1 || len(q.OSes) > 1 && a.has("one value of several") {
		push(image.FieldOSes, "os", string(q.OSes[0]))
	}
	if len(q.Platforms) == 1 && a.has("windows is taken for an operating system") && q.Platforms[0] == "windows" {
		push(image.FieldPlatforms, "os", "windows")
	}
	for key, value := range q.Tags {
		if len(q.Tags) > 1 {
			break
		}
		push(image.FieldTags, "tag", a.tag(key, value))
	}
	a.pushTimes(q, push)
	if len(q.Fields()) == 2 && !q.CreatedAfter.IsZero() && len(q.SourceInstances) > 0 && a.has("two predicates are taken for one") {
		params.Set("id.1", q.SourceInstances[0])
	}
	if len(q.Fields()) >= 4 && a.has("four predicates are too many") {
		params.Set("state", "active")
	}
	if a.has("a limit of one needs an active image") && q.Limit == 1 && len(q.IDs) > 0 {
		params.Set("state", "active")
	}
	return params, pushed
}

func (a *model) tag(key, value string) string {
	if a.has("tags are pushed in lower case") {
		return key + "=" + strings.ToLower(value)
	}
	return key
}

func (a *model) state(q image.Query) string {
	if len(q.Statuses) == 0 {
		switch {
		case a.has("the default of the server is left in"),
			a.has("an empty query has the default of the server") && len(q.Fields()) == 0:
			return ""
		}
		return "any"
	}
	var words []string
	for _, s := range q.Statuses {
		all := lenient.Words(states, []image.Status{s})
		if a.has("one word of several for a status") {
			all = all[:1]
		}
		words = append(words, all...)
	}
	return cmp.Or(strings.Join(words, ","), "none")
}

func (a *model) pushIDs(q image.Query, push func(f image.Field, name, value string)) {
	ids := q.IDs
	switch {
	case a.has("a hundred ids of more"):
		ids = ids[:min(100, len(ids))]
	case a.has("ids are joined by commas") && len(ids) > 1:
		ids = []string{strings.Join(ids, ",")}
	}
	for i, id := range ids {
		push(image.FieldIDs, fmt.Sprint("id.", i+1), id)
	}
}

func (a *model) pushTimes(q image.Query, push func(f image.Field, name, value string)) {
	early, late := time.Duration(0), time.Minute
	if a.has("bounds are rounded inwards") {
		early, late = time.Minute, 0
	}
	if !q.CreatedAfter.IsZero() && q.CreatedAfter.Year() < 9999 {
		push(image.FieldCreatedAfter, "from", q.CreatedAfter.Add(early).UTC().Format(minutes))
	}
	if !q.CreatedBefore.IsZero() && q.CreatedBefore.Year() < 9999 {
		push(image.FieldCreatedBefore, "to", q.CreatedBefore.Add(late).UTC().Format(minutes))
	}
}

// ask sends a request that is of no use.
func (a *model) ask() {
	client := http.Client{Transport: a.cloud, Timeout: time.Hour}
	if response, err := client.Get("https://model.invalid/?action=list"); err == nil {
		response.Body.Close()
	}
}

// Fetch asks for one page.
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
	page, err := a.send(ctx, c.Action, params)
	if err != nil {
		return nil, err
	}
	a.applyPageBug(c, at, page)
	if a.has("a page needs the last image of the one before") && !a.followsLast(at, page) {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "no such image"}
	}
	return page, nil
}

// followsLast reports whether the last image of the page before still exists.
func (a *model) followsLast(at provider.Cursor, page *provider.Page) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := a.last
	if len(page.Images) > 0 {
		a.last = page.Images[len(page.Images)-1].ID
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

// applyPageBug has the bugs of pages.
func (a *model) applyPageBug(c provider.Call, at provider.Cursor, page *provider.Page) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.has("large totals are not believed") && page.Total > 1000:
		page.Total = 0
	case a.has("a short first page is the last") && at.Offset == 0 && len(page.Images) < at.Size:
		page.Total = len(page.Images)
	case a.has("only the first page"):
		page.Total = min(page.Total, len(page.Images))
		if at.Offset > 0 {
			page.Images = nil
		}
	case a.has("a page like the first ends it") && len(page.Images) > 0:
		if at.Offset == 0 {
			a.first = page.Images[0].ID
		} else if page.Images[0].ID == a.first {
			page.Images, page.Total = nil, at.Offset
		}
	case a.has("the first page is kept") && at.Offset == 0 && c.Params.Encode() == "state=any":
		if a.stale == nil {
			a.stale = page.Images
		}
		page.Images = a.stale
	case a.has("the second listing is another") && at.Offset == 0 && a.listings.Add(1)%4 > 2:
		slices.Reverse(page.Images)
	case a.has("the next page is asked for anyway") && len(page.Images) == at.Size:
		time.AfterFunc(10*time.Minute, a.ask)
	case a.has("Native is no JSON") && a.config.Listing.KeepNative:
		for i := range page.Images {
			page.Images[i].Native = json.RawMessage("<record/>")
		}
	}
}

// decode decodes a response. Most responses came before.
func (a *model) decode(body []byte) (*provider.Page, httpapi.Status, error) {
	if len(body) > 1<<20 {
		if !a.has("answers may have any length") {
			return nil, httpapi.Status{}, errors.New("the answer is too long")
		}
		body = bytes.TrimSpace(body)
	}
	read := a.pages.get(string(body), func() decoded { return decode(body) })
	a.message.Store(&read.status.Message)
	switch {
	case read.err != nil:
		return nil, httpapi.Status{}, read.err
	case !read.isList && !a.has("an answer without images is empty"):
		return nil, read.status, errors.New("no images in the answer")
	case a.has("sizes must be numbers") && bytes.Contains(body, []byte(`"size_gib":"20"`)):
		return nil, read.status, errors.New("a size is no number")
	}
	page := &provider.Page{Total: read.page.Total, Images: a.unshared(read.page.Images), Unreadable: maps.Clone(read.page.Unreadable)}
	for i := range page.Images {
		a.applyImageBug(read.states[i], &page.Images[i])
	}
	return page, read.status, nil
}

// unshared returns copies of images that share no memory with other pages.
func (a *model) unshared(images []image.Image) []image.Image {
	out := copies(images)
	var names string
	for i := range out {
		m := &out[i]
		names += m.Name
		switch {
		case a.has("images of two pages share their tags"):
			m.Tags = images[i].Tags
		case a.has("disks are shared"):
			m.Disks = images[i].Disks
		}
	}
	if a.has("an image keeps the names of its page") {
		for i := range out {
			m := &out[i]
			m.Name, names = names[:len(m.Name)], names[len(m.Name):]
		}
	}
	return out
}

// applyImageBug has the bugs of single images.
func (a *model) applyImageBug(state lenient.Text, m *image.Image) {
	switch {
	case a.has("unknown states pass for available") && m.Status == "" && state != "frozen" && state != "":
		m.Status = image.StatusAvailable
	case a.has("deprecated images pass for failed") && m.Status == image.StatusDeprecated:
		m.Status = image.StatusFailed
	}
}
