package provider_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// planner is a server whose plan depends on the query, as an adapter's does.
type planner struct {
	server
	plan     func(image.Query) ([]provider.Call, error)
	defaults []provider.Default
	planned  []image.Query
}

func (p *planner) Info() provider.Info {
	info := p.server.Info()
	info.Defaults = p.defaults
	return info
}

func (p *planner) Plan(q image.Query) ([]provider.Call, error) {
	p.mu.Lock()
	p.planned = append(p.planned, q)
	p.mu.Unlock()
	if p.plan == nil {
		return p.server.Plan(q)
	}
	return p.plan(q)
}

var planSupport = map[image.Field]provider.Support{
	image.FieldIDs: provider.Exact, image.FieldStatuses: provider.Exact, image.FieldNames: provider.Superset,
	image.FieldFamilies: provider.None, image.FieldTags: provider.None,
}

var planWords = map[image.Field][]string{
	image.FieldStatuses: {"available", "pending"}, image.FieldSources: {"self", "system"}, image.FieldOSes: {"linux"},
	image.FieldVisibilities: {"private"}, image.FieldArchs: {"x86_64"},
}

var planDefaults = []provider.Default{
	{Param: "ShowExpired", Value: "false", Effect: "expired images are left out; set it by Native."},
}

// pushing makes a plan of one call for each source, or one, that sends IDs,
// statuses and, in the first call only, names.
func pushing(q image.Query) ([]provider.Call, error) {
	var calls []provider.Call
	for i, source := range append([]image.Source{""}, q.Sources...) {
		if (source == "") != (len(q.Sources) == 0) {
			continue
		}
		call := provider.Call{Action: "List", Params: url.Values{}, Paging: provider.Paging{MaxSize: 50}}
		push(&call, image.FieldIDs, "Id", q.IDs)
		push(&call, image.FieldStatuses, "Status", q.Values(image.FieldStatuses))
		if source != "" {
			push(&call, image.FieldSources, "Source", []string{string(source)})
		}
		if i <= 1 {
			push(&call, image.FieldNames, "Name", q.Names)
		}
		for param, value := range q.Native["fake"] {
			call.Params.Set(param, value)
		}
		calls = append(calls, call)
	}
	return calls, nil
}

func push(call *provider.Call, f image.Field, param string, values []string) {
	if len(values) > 0 {
		call.Params[param] = values
		call.Pushed = append(call.Pushed, f)
	}
}

func newPlanner() *planner {
	return &planner{server: server{support: planSupport, words: planWords}, plan: pushing}
}

func TestExplainPrintsThePlan(t *testing.T) {
	march := time.Date(2026, 3, 1, 2, 0, 0, 0, time.FixedZone("", 7200))
	for name, test := range map[string]struct {
		query  image.Query
		config provider.Config
		adjust func(*planner)
		want   string
	}{
		"nothing asked": {want: `fake r: 1 call
  call 1: List, pages of 50
`},
		"exact and local": {
			query: image.Query{IDs: []string{"m-2", "m-1", "m-2"}, Platforms: []string{"RHEL"}, CreatedAfter: march},
			want: `fake r: 1 call
  call 1: List, pages of 50
    Id=m-2
    Id=m-1
  pushed exactly: ids
  applied locally: platforms, created_after
`},
		"superset in some calls": {
			query: image.Query{Names: []string{"web"}, Sources: []image.Source{"self", "system"}, Statuses: []image.Status{"available"}},
			want: `fake r: 2 calls
  call 1: List, pages of 50
    Name=web
    Source=self
    Status=available
  call 2: List, pages of 50
    Source=system
    Status=available
  pushed exactly: statuses
  pushed as superset: names, sources
`},
		"unsupported": {
			query: image.Query{Families: []string{"f"}, Tags: map[string]string{"k": "v"}, Names: []string{"web"}},
			want: `fake r: nothing is sent
  never reported: families, tags
  note: fake never reports families, tags: drop the predicate, leave out this target, or set SkipUnreported to get no images from it
`},
		"some impossible words": {
			query: image.Query{Statuses: []image.Status{"deleted", "available"}},
			want: `fake r: 1 call
  call 1: List, pages of 50
    Status=available
  pushed exactly: statuses
  note: statuses deleted is not requested: no image of fake can have it
`},
		"only impossible words": {
			query: image.Query{Statuses: []image.Status{"deleted"}, Names: []string{"web"}},
			want: `fake r: nothing is sent
  note: statuses deleted is not requested: no image of fake can have it
`},
		"a default holds": {
			adjust: func(p *planner) { p.defaults = planDefaults },
			want: `fake r: 1 call
  call 1: List, pages of 50
  note: the provider's default ShowExpired=false holds: expired images are left out; set it by Native.
`},
		"a default overridden": {
			query:  image.Query{Native: map[string]map[string]string{"fake": {"ShowExpired": "true"}}},
			adjust: func(p *planner) { p.defaults = planDefaults },
			want: `fake r: 1 call
  call 1: List, pages of 50
    ShowExpired=true
`},
		"another provider's section": {
			query: image.Query{Native: map[string]map[string]string{"other": {"ShowExpired": "true"}}},
			want: `fake r: 1 call
  call 1: List, pages of 50
`},
		"no calls, no notes of defaults": {
			adjust: func(p *planner) {
				p.defaults = planDefaults
				p.plan = func(image.Query) ([]provider.Call, error) { return nil, nil }
			},
			want: "fake r: nothing is sent\n"},
		"smaller pages":     {config: provider.Config{Listing: provider.Listing{PageSize: 7}}, want: "fake r: 1 call\n  call 1: List, pages of 7\n"},
		"no larger pages":   {config: provider.Config{Listing: provider.Listing{PageSize: 51}}, want: "fake r: 1 call\n  call 1: List, pages of 50\n"},
		"one page stays so": {config: provider.Config{Listing: provider.Listing{PageSize: 7}}, adjust: onePage, want: "fake r: 1 call\n  call 1: Get, one page\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlanner()
			if test.adjust != nil {
				test.adjust(p)
			}
			plan, err := provider.New(p, test.config).Explain(test.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, plan.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p.requests() != 0 {
				t.Errorf("%d requests", p.requests())
			}
		})
	}
}

func onePage(p *planner) {
	p.plan = func(image.Query) ([]provider.Call, error) { return []provider.Call{{Action: "Get"}}, nil }
}

// A default that only one of two calls overrides still narrows the result.
func TestDefaultInOneCallIsNoted(t *testing.T) {
	p := newPlanner()
	p.defaults = planDefaults
	p.plan = func(image.Query) ([]provider.Call, error) {
		return []provider.Call{{Action: "A", Params: url.Values{"ShowExpired": {"true"}}}, {Action: "B"}}, nil
	}
	plan, err := provider.New(p, provider.Config{}).Explain(image.Query{})
	if err != nil || len(plan.Notes) != 1 || !strings.Contains(plan.Notes[0], "ShowExpired=false") {
		t.Errorf("plan %v, error %v: want the default noted", plan, err)
	}
}

func TestExplainClassifiesPredicates(t *testing.T) {
	pushed := func(fields ...image.Field) provider.Call { return provider.Call{Action: "List", Pushed: fields} }
	for name, test := range map[string]struct {
		support provider.Support
		calls   []provider.Call
		want    string
	}{
		"exact in every call":        {provider.Exact, []provider.Call{pushed("names"), pushed("ids", "names")}, "exact"},
		"exact in some":              {provider.Exact, []provider.Call{pushed("names"), pushed()}, "superset"},
		"superset in every call":     {provider.Superset, []provider.Call{pushed("names")}, "superset"},
		"pushed though called local": {provider.Local, []provider.Call{pushed("names")}, "superset"},
		"exact, and not pushed":      {provider.Exact, []provider.Call{pushed("ids")}, "local"},
		"no calls":                   {provider.Exact, []provider.Call{}, "none"},
	} {
		s := &server{support: map[image.Field]provider.Support{image.FieldNames: test.support}, calls: test.calls}
		plan, err := provider.New(s, provider.Config{}).Explain(image.Query{Names: []string{"web"}})
		if err != nil {
			t.Fatal(err)
		}
		for class, fields := range map[string][]image.Field{"exact": plan.Exact, "superset": plan.Superset, "local": plan.Local} {
			if got := slices.Equal(fields, []image.Field{image.FieldNames}); got != (class == test.want) || len(fields) > 1 {
				t.Errorf("%s: %s has %v, want names in %s", name, class, fields, test.want)
			}
		}
		if len(plan.Unsupported) > 0 {
			t.Errorf("%s: unsupported %v", name, plan.Unsupported)
		}
	}
}

// Only the query of the adapter is narrowed. Match uses the whole query.
func TestPlanLeavesOutImpossibleValues(t *testing.T) {
	for name, test := range map[string]struct {
		query image.Query
		want  *image.Query // as the adapter sees it; nil: it is not asked
		notes int
	}{
		"statuses":     {image.Query{Statuses: []image.Status{"failed", "pending", "ceased"}}, &image.Query{Statuses: []image.Status{"pending"}}, 2},
		"sources":      {image.Query{Sources: []image.Source{"self", "community"}}, &image.Query{Sources: []image.Source{"self"}}, 1},
		"oses":         {image.Query{OSes: []image.OS{"windows"}}, nil, 1},
		"visibilities": {image.Query{Visibilities: []image.Visibility{"private", "public"}}, &image.Query{Visibilities: []image.Visibility{"private"}}, 1},
		"archs":        {image.Query{Archs: []image.Arch{"AMD64", "aarch64"}}, &image.Query{Archs: []image.Arch{"x86_64"}}, 1},
		"one is empty": {image.Query{Archs: []image.Arch{"arm64"}, Statuses: []image.Status{"available"}}, nil, 1},
		"an early one": {image.Query{Sources: []image.Source{"community"}, Archs: []image.Arch{"x86_64"}}, nil, 1},
		"free texts":   {image.Query{Platforms: []string{"never seen"}, Owners: []string{"o"}}, &image.Query{Platforms: []string{"never seen"}, Owners: []string{"o"}}, 0},
		"unset":        {image.Query{}, &image.Query{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlanner()
			plan, err := provider.New(p, provider.Config{}).Explain(test.query)
			if err != nil {
				t.Fatal(err)
			}
			if len(plan.Notes) != test.notes {
				t.Errorf("notes %q, want %d", plan.Notes, test.notes)
			}
			var want []image.Query
			if test.want != nil {
				want = []image.Query{test.want.Normalized()}
			}
			if diff := cmp.Diff(want, p.planned); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// If no possible value is left, the result is empty and complete.
func TestImpossibleValuesMatchNoImage(t *testing.T) {
	for _, test := range []struct {
		statuses       []image.Status
		want, requests int
	}{
		{[]image.Status{"deleted", "available"}, 5, 1},
		{[]image.Status{"deleted"}, 0, 0},
	} {
		p := newPlanner()
		p.images = imagesOf(5)
		got, err := provider.Collect(provider.New(p, provider.Config{}).Images(t.Context(), image.Query{Statuses: test.statuses}))
		if len(got) != test.want || err != nil || p.requests() != test.requests {
			t.Errorf("%v: %d images by %d requests, error %v", test.statuses, len(got), p.requests(), err)
		}
	}
}

func TestExplainSendsNoRequest(t *testing.T) {
	p := newPlanner()
	client := provider.New(p, provider.Config{Listing: provider.Listing{PageSize: 3}})
	q := image.Query{Names: []string{"b", "a", "b"}, Archs: []image.Arch{"amd64"}, Tags: map[string]string{}, Native: map[string]map[string]string{"fake": {"A": "1"}}}
	before := q.Normalized()
	first, err1 := client.Explain(q)
	second, err2 := client.Explain(q)
	if diff := cmp.Diff(first, second); diff != "" || err1 != nil || err2 != nil {
		t.Errorf("errors %v, %v (-first +second):\n%s", err1, err2, diff)
	}
	if diff := cmp.Diff(before, q.Normalized()); diff != "" || q.Archs[0] != "amd64" || len(q.Names) != 3 {
		t.Errorf("the query changed (-before +after):\n%s", diff)
	}
	text := second.String()
	first.Calls[0].Params.Set("Name", "changed")
	first.Calls[0].Pushed[0], first.Calls[0].Paging, first.Notes = "changed", provider.Paging{}, []string{"changed"}
	if third, err := client.Explain(q); err != nil || third.String() != text || second.String() != text {
		t.Errorf("changing one plan changed another: %v", third)
	}
	if p.requests() != 0 {
		t.Errorf("%d requests", p.requests())
	}
}

// An adapter may return the same calls to several clients.
func TestPageSizeDoesNotChangeCallsOfTheAdapter(t *testing.T) {
	s := &server{}
	s.calls = []provider.Call{s.call()}
	for _, size := range []int{3, 10, 8} {
		plan, err := provider.New(s, provider.Config{Listing: provider.Listing{PageSize: size}}).Explain(image.Query{})
		if err != nil || plan.Calls[0].Paging.MaxSize != size {
			t.Errorf("pages of %d, error %v, want %d", plan.Calls[0].Paging.MaxSize, err, size)
		}
	}
}

// The adapter writes into the query that it gets.
func TestAdapterCannotChangeTheQuery(t *testing.T) {
	p := newPlanner()
	p.images = imagesOf(14)
	p.plan = func(q image.Query) ([]provider.Call, error) {
		q.Names[0] = "web-1"
		return p.server.Plan(q)
	}
	got, err := provider.Collect(provider.New(p, provider.Config{}).Images(t.Context(), image.Query{Names: []string{"web-3"}}))
	if diff := cmp.Diff([]string{"m-0003", "m-0010"}, ids(got)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestExplainReturnsErrorsOfPlan(t *testing.T) {
	for name, test := range map[string]struct {
		query image.Query
		plan  error
		want  string
		kind  provider.Kind
	}{
		"query": {image.Query{Limit: -1}, nil, `fake r: invalid argument: query field limit: value "-1": negative; leave it 0 for every image`, provider.InvalidArgument},
		"adapter": {image.Query{}, &provider.Error{Kind: provider.InvalidArgument, Message: "native Foo: unknown"},
			"fake r: invalid argument: native Foo: unknown", provider.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlanner()
			p.plan = func(image.Query) ([]provider.Call, error) { return nil, test.plan }
			plan, err := provider.New(p, provider.Config{}).Explain(test.query)
			if plan != nil || !errors.Is(err, test.kind) || err.Error() != test.want {
				t.Errorf("plan %v, error %v, want %s", plan, err, test.want)
			}
		})
	}
}

func TestPagingDescribesTheSizeOfPages(t *testing.T) {
	for _, test := range []struct {
		paging provider.Paging
		want   string
	}{
		{provider.Paging{}, "one page"},
		{provider.Paging{MaxSize: 50, Tokens: true}, "pages of 50"},
		{provider.Paging{Tokens: true}, "pages with tokens"},
	} {
		if got := test.paging.String(); got != test.want {
			t.Errorf("%+v is %q, want %q", test.paging, got, test.want)
		}
	}
}
