package providertest_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
	"github.com/imagequery/imagequery/provider/providertest"
)

// fault is one way in which a model is wrong. Its functions spoil what the right model
// does; a fault that has none is planted in the model by its name.
type fault struct {
	name  string
	found string // by these checks, and no others; where it is chance which oracle does, by "oracle"

	info   func(*provider.Info)
	query  func(*image.Query) // that the plan is for
	call   func(*model, image.Query, *provider.Call)
	page   func(*model, provider.Call, provider.Cursor, *provider.Page)
	image  func(state lenient.Text, m *image.Image)
	images func(decoded, out []image.Image) // of a page; the first are those of every page like it

	user      func(*http.Client)     // of the configuration
	config    func(*provider.Config) // of package httpapi
	transport func(*model, *http.Request) (*http.Response, error)
	outcome   func(*model, *httpapi.Response, *httpapi.Outcome)
	failure   func(*model, *provider.Error)
	late      func(interrupted bool) bool // whether a request ends with its context
	hooks     func(ctx context.Context, was, hooks *provider.Trace)
	ownBudget bool // the model waits for the budget itself
}

func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// setting sets a parameter in the calls of some queries.
func setting(name, value string, of func(image.Query) bool) func(*model, image.Query, *provider.Call) {
	return func(_ *model, q image.Query, c *provider.Call) {
		if of(q) {
			c.Params.Set(name, value)
		}
	}
}

// mutants have wrong results, or say what is not so.
var mutants = map[string]fault{
	// They ask for too little.
	"names are pushed in lower case": {found: "oracle", query: func(q *image.Query) {
		q.Names = slices.Collect(strings.SplitSeq(strings.ToLower(strings.Join(q.Names, "\x00")), "\x00"))
	}},
	"names that are patterns are pushed": {found: "oracle"},
	"four names of many":                 {found: "oracle/one-field", query: func(q *image.Query) { q.Names = first(q.Names, 4) }},
	"ids are joined by commas": {found: "oracle", query: func(q *image.Query) {
		if len(q.IDs) > 1 {
			q.IDs = []string{strings.Join(q.IDs, ",")}
		}
	}},
	"a hundred ids of more": {found: "oracle/one-field", query: func(q *image.Query) { q.IDs = first(q.IDs, 100) }},
	"one word of several for a status": {found: "oracle", call: func(_ *model, _ image.Query, c *provider.Call) {
		c.Params.Set("state", strings.Replace(c.Params.Get("state"), "queued", "", 1))
	}},
	"one value of several":  {found: "oracle", query: func(q *image.Query) { q.OSes = first(q.OSes, 1) }},
	"one source of several": {found: "oracle", query: func(q *image.Query) { q.Sources = first(q.Sources, 1) }},
	"tags are pushed in lower case": {found: "oracle", call: func(_ *model, q image.Query, c *provider.Call) {
		if key := c.Params.Get("tag"); key != "" {
			c.Params.Set("tag", key+"="+strings.ToLower(q.Tags[key]))
		}
	}},
	"bounds are rounded inwards": {found: "oracle", query: func(q *image.Query) {
		if !q.CreatedAfter.IsZero() {
			q.CreatedAfter = q.CreatedAfter.Add(time.Minute)
		}
		if !q.CreatedBefore.IsZero() {
			q.CreatedBefore = q.CreatedBefore.Add(-time.Minute)
		}
	}},
	"two predicates are taken for one": {found: "oracle/two-fields", call: func(_ *model, q image.Query, c *provider.Call) {
		if len(q.Fields()) == 2 && !q.CreatedAfter.IsZero() && len(q.SourceInstances) > 0 {
			c.Params.Set("id.1", q.SourceInstances[0])
		}
	}},
	"four predicates are too many": {found: "oracle/random", call: setting("state", "active", func(q image.Query) bool {
		return len(q.Fields()) >= 4
	})},
	"windows is taken for an operating system": {found: "oracle support/pushed", call: setting("os", "windows", func(q image.Query) bool {
		return slices.Equal(q.Platforms, []string{"windows"})
	})},
	"the default of the server is left in": {found: "defaults get oracle", call: setting("state", "active", func(q image.Query) bool {
		return len(q.Statuses) == 0
	})},
	"images of the system are forgotten": {found: "defaults get oracle", query: func(q *image.Query) {
		if len(q.Sources) == 0 {
			q.Sources = []image.Source{image.SourceSelf, image.SourceShared}
		}
	}},
	"an empty query has the default of the server": {found: "defaults support/pushed", call: setting("state", "active", func(q image.Query) bool {
		return len(q.Fields()) == 0
	})},
	"a limit of one needs an active image": {found: "get", call: setting("state", "active", func(q image.Query) bool {
		return q.Limit == 1 && len(q.IDs) > 0
	})},

	// They say what is not so.
	"a fuzzy name is called exact": {found: "superset", info: func(i *provider.Info) { i.Support[image.FieldNames] = provider.Exact }},
	"a word that no image has": {found: "defaults", info: func(i *provider.Info) {
		i.Values[image.FieldStatuses] = append(i.Values[image.FieldStatuses], "suspended")
	}},
	"a word that images have is left out": {found: "oracle", info: func(i *provider.Info) {
		i.Values[image.FieldStatuses] = first(i.Values[image.FieldStatuses], 3)
	}},
	"Check passes always":              {found: "check"},
	"what is pushed is called local":   {found: "support/pushed", info: func(i *provider.Info) { delete(i.Support, image.FieldOSes) }},
	"what is local is called superset": {found: "support/pushed", info: func(i *provider.Info) { i.Support[image.FieldPlatforms] = provider.Superset }},
	"what is reported is called none":  {found: "mapping/fields world", info: func(i *provider.Info) { i.Support[image.FieldPlatforms] = provider.None }},
	"a parameter that no plan shows":   {found: "explain"},
	"plans share their parameters": {found: "plan", call: func(m *model, q image.Query, c *provider.Call) {
		if len(q.Fields()) == 0 && !c.Params.Has("owner") {
			c.Params = m.shared
		}
	}},
	"a plan asks the server": {found: "budget/holds budget/requests config/attempt-timeout config/logger errors/kinds errors/permanent explain limit " +
		"retry/attempts retry/cancel retry/fresh retry/hints stop/before stop/break stop/during trace/attempts trace/waits"},
	"pages are larger than the server's": {found: "paging/sizes", call: func(_ *model, _ image.Query, c *provider.Call) { c.Paging.MaxSize *= 2 }},

	// They lose their place.
	"only the first page": {
		found: "limit paging/capped paging/changing paging/repeated paging/sizes paging/totals stop/break stop/during",
		page: func(_ *model, _ provider.Call, at provider.Cursor, p *provider.Page) {
			if p.Total = min(p.Total, len(p.Images)); at.Offset > 0 {
				p.Images = nil
			}
		}},
	"large totals are not believed": {found: "paging/totals", page: func(_ *model, _ provider.Call, _ provider.Cursor, p *provider.Page) {
		if p.Total > 1000 {
			p.Total = 0
		}
	}},
	"a page like the first ends it": {found: "paging/repeated", page: func(m *model, _ provider.Call, at provider.Cursor, p *provider.Page) {
		if at.Offset == 0 {
			m.first = first(p.Images, 1)
		} else if len(p.Images) > 0 && p.Images[0].ID == m.first[0].ID {
			p.Images, p.Total = nil, at.Offset
		}
	}},
	"a short first page is the last": {found: "paging/capped", page: func(_ *model, _ provider.Call, at provider.Cursor, p *provider.Page) {
		if at.Offset == 0 && len(p.Images) < at.Size {
			p.Total = len(p.Images)
		}
	}},
	"the first page is kept": {found: "memory/aliases paging/changing", page: func(m *model, c provider.Call, at provider.Cursor, p *provider.Page) {
		if at.Offset > 0 || c.Params.Encode() != "state=any" {
			return
		}
		if m.first == nil {
			m.first = p.Images
		}
		p.Images = m.first
	}},
	"a page needs the last image of the one before": {found: "paging/changing"},
	"the limit is pushed": {found: "limit", call: func(_ *model, q image.Query, c *provider.Call) {
		if q.Limit > 0 {
			c.Paging.MaxSize = min(c.Paging.MaxSize, q.Limit)
		}
	}},
	"the next page is asked for anyway": {found: "stop/break", page: func(m *model, _ provider.Call, at provider.Cursor, p *provider.Page) {
		if len(p.Images) == at.Size {
			time.AfterFunc(10*time.Minute, m.ask)
		}
	}},
	"the end of a context is seen late": {found: "stop/during", late: func(interrupted bool) bool {
		if interrupted {
			time.Sleep(10 * time.Second)
		}
		return true
	}},
	"the end of a context is taken for a failure": {found: "stop/during", late: func(bool) bool { return true }},
	"the second listing is another": {found: "range-twice", page: func(m *model, _ provider.Call, at provider.Cursor, p *provider.Page) {
		if at.Offset == 0 && m.listings.Add(1)%4 > 2 {
			slices.Reverse(p.Images)
		}
	}},
	"one query at a time": {found: "concurrency"},

	// They misread.
	"deprecated images pass for failed": {
		found: "defaults get mapping/enums mapping/fields mapping/types oracle superset",
		image: func(_ lenient.Text, m *image.Image) {
			if m.Status == image.StatusDeprecated {
				m.Status = image.StatusFailed
			}
		}},
	"Native is no JSON": {found: "mapping/fields", page: func(m *model, _ provider.Call, _ provider.Cursor, p *provider.Page) {
		for i := range p.Images {
			if m.config.Listing.KeepNative {
				p.Images[i].Native = json.RawMessage("<record/>")
			}
		}
	}},
	"sizes must be numbers":       {found: "mapping/types"},
	"unknown members are refused": {found: "mapping/types"},
	"unknown states pass for available": {found: "mapping/enums", image: func(state lenient.Text, m *image.Image) {
		if m.Status == "" && state != "frozen" && state != "" {
			m.Status = image.StatusAvailable
		}
	}},
	"an answer without images is empty": {found: "mapping/malformed"},
	"answers may have any length":       {found: "mapping/huge"},
}

// negligent mutants have right results. Few queries show that the oracles do not find them.
var negligent = map[string]fault{
	// They leave out duties to the configuration, the budget and the trace.
	"the budget is skipped":                 {found: "budget/holds budget/requests", config: func(c *provider.Config) { c.Budget = nil }},
	"retries skip the budget":               {found: "budget/requests", ownBudget: true, config: func(c *provider.Config) { c.Budget = nil }},
	"the budget has another operation":      {found: "budget/holds budget/requests", ownBudget: true},
	"slots are kept":                        {found: "budget/requests", ownBudget: true},
	"slots are released early":              {found: "budget/requests", ownBudget: true},
	"a throttle holds only one client":      {found: "budget/holds", ownBudget: true},
	"attempts are not reported":             {found: "trace/attempts", hooks: func(_ context.Context, _, hooks *provider.Trace) { hooks.Request = nil }},
	"responses are not reported":            {found: "trace/attempts", hooks: func(_ context.Context, _, hooks *provider.Trace) { hooks.Response = nil }},
	"attempts are no spans":                 {found: "trace/attempts", hooks: func(_ context.Context, _, hooks *provider.Trace) { hooks.Start = nil }},
	"retries are not reported":              {found: "trace/waits", hooks: func(_ context.Context, _, hooks *provider.Trace) { hooks.Retry = nil }},
	"waits for the budget are not reported": {found: "trace/waits", hooks: func(_ context.Context, _, hooks *provider.Trace) { hooks.Throttle = nil }},
	"only the last attempt is reported": {found: "trace/attempts", hooks: func(_ context.Context, was, hooks *provider.Trace) {
		hooks.Request = func(ctx context.Context, i provider.RequestInfo) {
			if i.Attempt == 3 {
				was.Request(ctx, i)
			}
		}
	}},
	"responses have no request ID": {found: "trace/attempts", hooks: func(_ context.Context, was, hooks *provider.Trace) {
		hooks.Response = func(ctx context.Context, i provider.ResponseInfo) {
			i.RequestID = ""
			was.Response(ctx, i)
		}
	}},
	"hooks get another context": {found: "trace/attempts", hooks: func(_ context.Context, was, hooks *provider.Trace) {
		hooks.Request = func(_ context.Context, i provider.RequestInfo) { was.Request(context.Background(), i) }
	}},
	"failed spans do not end": {found: "trace/attempts", hooks: func(ctx context.Context, was, hooks *provider.Trace) {
		hooks.Start = func(_ context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			span, end := was.Start(ctx, i)
			return span, func(code int, err error) {
				if err == nil {
					end(code, nil)
				}
			}
		}
	}},
	"responses are reported outside of the span": {found: "trace/attempts", hooks: func(ctx context.Context, was, hooks *provider.Trace) {
		hooks.Response = func(_ context.Context, i provider.ResponseInfo) { was.Response(ctx, i) }
	}},
	"retries report no wait": {found: "trace/waits", hooks: func(ctx context.Context, was, hooks *provider.Trace) {
		hooks.Retry = func(_ context.Context, i provider.RetryInfo) {
			i.Wait = 0
			was.Retry(ctx, i)
		}
	}},
	"plain http is always allowed": {found: "config/http", config: func(c *provider.Config) { c.AllowHTTP = true }},
	"plain http is never allowed":  {found: "config/http", config: func(c *provider.Config) { c.AllowHTTP = false }},
	"the HTTP client is ignored": {found: "config/http-client", user: func(c *http.Client) {
		if _, ok := c.Transport.(*cloud); !ok {
			c.Transport = http.NewFileTransport(http.Dir("no such directory"))
		}
	}},
	"the timeout of the HTTP client is ignored": {found: "config/http-client", user: func(c *http.Client) { c.Timeout = 0 }},
	"redirects are followed": {found: "config/http-client", transport: func(m *model, r *http.Request) (*http.Response, error) {
		return (&http.Client{Transport: m.next}).Do(r)
	}},
	"the user agent is ignored": {found: "config/user-agent", config: func(c *provider.Config) { c.UserAgent = "" }},
	"attempts have no timeout":  {found: "config/attempt-timeout", config: func(c *provider.Config) { c.Retry.AttemptTimeout = 24 * time.Hour }},
	"a timeout is final": {found: "config/attempt-timeout", transport: func(m *model, r *http.Request) (*http.Response, error) {
		if m.timedOut.Load() {
			return answer(http.StatusBadRequest, `{"code":"gone"}`), nil
		}
		out, err := m.next.RoundTrip(r)
		m.timedOut.Store(r.Context().Err() != nil)
		return out, err
	}},
	"the logger is ignored": {found: "config/logger", config: func(c *provider.Config) { c.Logger = nil }},

	// They fail badly.
	"one code has a wrong kind": {found: "errors/kinds", outcome: func(_ *model, r *httpapi.Response, out *httpapi.Outcome) {
		if r.Status.Code == "forbidden" {
			out.Kind = provider.Unauthenticated
		}
	}},
	"the request ID is lost":         {found: "errors/kinds", failure: func(_ *model, e *provider.Error) { e.RequestID = "" }},
	"everything is tried again":      {found: "errors/permanent", outcome: func(_ *model, _ *httpapi.Response, out *httpapi.Outcome) { out.Retry = httpapi.Always }},
	"one attempt too many":           {found: "retry/attempts", config: func(c *provider.Config) { c.Retry.Attempts++ }},
	"half an answer is an empty one": {found: "retry/broken trace/attempts", transport: insteadOfError(http.StatusOK, `{"images":[]}`)},
	"a broken connection is final":   {found: "retry/broken", transport: insteadOfError(http.StatusBadGateway, `{"code":"gone"}`)},
	"retries repeat the nonce":       {found: "retry/fresh"},
	"hints have no limit":            {found: "retry/hints", config: func(c *provider.Config) { c.Retry.MaxWait = 24 * time.Hour }},
	"hints are ignored": {found: "retry/cancel retry/fresh retry/hints", outcome: func(_ *model, _ *httpapi.Response, out *httpapi.Outcome) {
		if out.Kind == provider.Unavailable {
			out.Wait = 0
		}
	}},
	"a wait cannot be ended": {found: "retry/cancel", late: func(interrupted bool) bool { return interrupted }},
	"errors show the key":    {found: "secrets", failure: func(_ *model, e *provider.Error) { e.Message += " for " + canaryKey }},
	"errors repeat what the server says": {found: "secrets", failure: func(m *model, e *provider.Error) {
		if e.Code != "" {
			e.Message = *m.message.Load()
		}
	}},
	"the log shows the key": {found: "secrets", outcome: func(m *model, _ *httpapi.Response, _ *httpapi.Outcome) {
		m.config.Logger.Info("refused", "key", canaryKey)
	}},

	// They share or keep memory.
	"images of two pages share their tags": {found: "memory/aliases", images: func(decoded, out []image.Image) {
		for i := range out {
			out[i].Tags = decoded[i].Tags
		}
	}},
	"disks are shared": {found: "memory/aliases", images: func(decoded, out []image.Image) {
		for i := range out {
			out[i].Disks = decoded[i].Disks
		}
	}},
	"an image keeps the names of its page": {found: "memory/retained", images: func(_, out []image.Image) {
		var names strings.Builder
		for _, m := range out {
			names.WriteString(m.Name)
		}
		rest := names.String()
		for i, m := range out {
			out[i].Name, rest = rest[:len(m.Name)], rest[len(m.Name):]
		}
	}},
	"a plan has the date": {found: "plan/clock", call: func(_ *model, _ image.Query, c *provider.Call) {
		c.Params.Set("date", time.Now().Format(time.DateOnly))
	}},
}

// The adapter pushes down every predicate that its provider can apply.
func TestCorrectAdapterPasses(t *testing.T) { providertest.Run(t, modelHarness(fault{})) }

// Each mutant of the adapter fails the checks that the table names, and no others. With
// -short an eighth of the mutants run.
func TestMutantsFailTheirChecks(t *testing.T) {
	testMutants(t, mutants, providertest.Little)
	testMutants(t, negligent, providertest.Least)
}

func testMutants(t *testing.T, mutants map[string]fault, e providertest.Effort) {
	for i, name := range slices.Sorted(maps.Keys(mutants)) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		f := mutants[name]
		f.name = name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := providertest.Failures(t, modelHarness(f), e)
			found := slices.Sorted(maps.Keys(failures))
			want := strings.Fields(f.found)
			if diff := cmp.Diff(want, asOneOracle(found, want)); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
				for _, name := range found {
					t.Logf("%s: %.300s", name, strings.TrimSpace(failures[name][0].Error()))
				}
			}
		})
	}
}

// asOneOracle names the oracles by one name, if that is how they are wanted.
func asOneOracle(found, want []string) []string {
	if !slices.Contains(want, "oracle") {
		return found
	}
	out := make([]string, len(found))
	for i, name := range found {
		out[i] = name
		if strings.HasPrefix(name, "oracle/") {
			out[i] = "oracle"
		}
	}
	return slices.Compact(out)
}

// Three checks are excepted: world is about the harness, and the others guard behaviour
// of the engine, which adapters hardly change.
func TestEveryCheckFindsAMutantAlone(t *testing.T) {
	alone := map[string]bool{"stop/before": true, "support/none": true, "world": true}
	for _, faults := range []map[string]fault{mutants, negligent} {
		for _, f := range faults {
			alone[f.found] = true
		}
	}
	for _, name := range providertest.Checks() {
		if !alone[name] {
			t.Errorf("no mutant is found by %s alone", name)
		}
	}
}
