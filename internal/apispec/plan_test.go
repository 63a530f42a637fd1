package apispec_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

func numbers(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint(i+1))
	}
	return out
}

// noMatch and notPushable are encodings of values with the initial x; any other
// value is sent.
func noMatch(value string) ([]string, apispec.Encoding) {
	if strings.HasPrefix(value, "x") {
		return nil, apispec.NoMatch
	}
	return []string{value}, apispec.Pushable
}

func notPushable(value string) ([]string, apispec.Encoding) {
	if strings.HasPrefix(value, "x") {
		return nil, apispec.NotPushable
	}
	return []string{value}, apispec.Pushable
}

func TestPlanPushesOnePredicate(t *testing.T) {
	ids := apispec.Param{Name: "Id", Field: image.FieldIDs, Support: provider.Superset}
	with := func(change func(*apispec.Param)) []apispec.Param {
		p := ids
		change(&p)
		return []apispec.Param{p}
	}
	notSent := []params{{}}
	for name, test := range map[string]struct {
		params []apispec.Param
		query  image.Query
		want   []params
	}{
		"unset":          {[]apispec.Param{ids}, image.Query{}, notSent},
		"one per call":   {[]apispec.Param{ids}, image.Query{IDs: []string{"a", "b"}}, []params{{"Id": "a"}, {"Id": "b"}}},
		"not pushed":     {with(func(p *apispec.Param) { p.Support = provider.Local }), image.Query{IDs: []string{"a"}}, notSent},
		"16 calls":       {[]apispec.Param{ids}, image.Query{IDs: numbers(16)}, eachOf("Id", numbers(16))},
		"17 calls":       {[]apispec.Param{ids}, image.Query{IDs: numbers(17)}, notSent},
		"comma list":     {with(func(p *apispec.Param) { p.Layout = apispec.CommaList }), image.Query{IDs: []string{"a", "b"}}, []params{{"Id": "a,b"}}},
		"comma inside":   {with(func(p *apispec.Param) { p.Layout = apispec.CommaList }), image.Query{IDs: []string{"a", "b,c"}}, notSent},
		"comma, chunked": {with(func(p *apispec.Param) { p.Layout, p.Max = apispec.CommaList, 2 }), image.Query{IDs: []string{"a", "b", "c"}}, []params{{"Id": "a,b"}, {"Id": "c"}}},
		"JSON array": {with(func(p *apispec.Param) { p.Layout = apispec.JSONArray }), image.Query{IDs: []string{"a", `b",<c`}},
			[]params{{"Id": `["a","b\",\u003cc"]`}}},
		"JSON array, chunked": {with(func(p *apispec.Param) { p.Layout, p.Max = apispec.JSONArray, 1 }), image.Query{IDs: []string{"a", "b"}}, []params{{"Id": `["a"]`}, {"Id": `["b"]`}}},
		"numbered":            {with(func(p *apispec.Param) { p.Name, p.Layout = "Id.n", apispec.Numbered }), image.Query{IDs: []string{"a", "b"}}, []params{{"Id.1": "a", "Id.2": "b"}}},
		"numbered, chunked": {with(func(p *apispec.Param) { p.Name, p.Layout, p.Max = "Id.n", apispec.Numbered, 2 }), image.Query{IDs: []string{"a", "b", "c"}},
			[]params{{"Id.1": "a", "Id.2": "b"}, {"Id.1": "c"}}},
		"filter": {with(func(p *apispec.Param) { p.Name = "Filter.Id" }), image.Query{IDs: []string{"a"}}, []params{{"Filter.1.Key": "Id", "Filter.1.Value": "a"}}},

		"one matches no image": {with(func(p *apispec.Param) { p.Encode = noMatch }), image.Query{IDs: []string{"x", "b"}}, []params{{"Id": "b"}}},
		"all match no image":   {with(func(p *apispec.Param) { p.Encode = noMatch }), image.Query{IDs: []string{"x", "xx"}}, nil},
		"one not pushable":     {with(func(p *apispec.Param) { p.Encode = notPushable }), image.Query{IDs: []string{"b", "x"}}, notSent},
		"notPushable only":     {with(func(p *apispec.Param) { p.Encode = notPushable }), image.Query{IDs: []string{"x"}}, notSent},
		"one value, two words": {[]apispec.Param{{Name: "Status", Field: image.FieldStatuses, Support: provider.Superset, Encode: statuses.Encode}},
			image.Query{Statuses: []image.Status{"pending", "failed"}}, []params{{"Status": "Creating"}, {"Status": "Waiting"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, planned(t, listing(test.params...), test.query)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func eachOf(name string, values []string) []params {
	var out []params
	for _, value := range values {
		out = append(out, params{name: value})
	}
	return out
}

// One parameter of two alone would miss images.
func TestPlanPushesBothParametersOfAFieldOrNeither(t *testing.T) {
	table := func(a, b apispec.Encode) apispec.API[record] {
		return listing(
			apispec.Param{Name: "A", Field: image.FieldSourceSnapshots, Support: provider.Superset, Encode: a},
			apispec.Param{Name: "B", Field: image.FieldSourceSnapshots, Support: provider.Superset, Encode: b},
		)
	}
	for name, test := range map[string]struct {
		a, b   apispec.Encode
		values []string
		want   []params
	}{
		"both":                   {nil, nil, []string{"s", "t"}, []params{{"A": "s"}, {"A": "t"}, {"B": "s"}, {"B": "t"}}},
		"second not pushable":    {nil, notPushable, []string{"x"}, []params{{}}},
		"first not pushable":     {notPushable, nil, []string{"x"}, []params{{}}},
		"first matches no image": {noMatch, nil, []string{"x"}, []params{{"B": "x"}}},
		"both match no image":    {noMatch, noMatch, []string{"x"}, nil},
		"first matches no image, second not pushable": {noMatch, notPushable, []string{"x"}, []params{{}}},
		"more than 16 calls":                          {nil, nil, numbers(9), []params{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := planned(t, table(test.a, test.b), image.Query{SourceSnapshots: test.values})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlanPushesTagsUpToTheLimit(t *testing.T) {
	tags := map[string]string{"b": "2", "a": "", "c": "3"}
	for limit, want := range map[int]params{
		0: {"Tag.1.Key": "a", "Tag.2.Key": "b", "Tag.2.Value": "2", "Tag.3.Key": "c", "Tag.3.Value": "3"},
		2: {"Tag.1.Key": "a", "Tag.2.Key": "b", "Tag.2.Value": "2"},
		9: {"Tag.1.Key": "a", "Tag.2.Key": "b", "Tag.2.Value": "2", "Tag.3.Key": "c", "Tag.3.Value": "3"},
	} {
		api := listing(
			apispec.Param{Name: "Tag.n.Key", Field: image.FieldTags, Support: provider.Superset, Layout: apispec.TagPairs, Max: limit},
			apispec.Param{Name: "Tag.n.Value", Field: image.FieldTags},
		)
		if diff := cmp.Diff([]params{want}, planned(t, api, image.Query{Tags: tags})); diff != "" {
			t.Errorf("at the most %d (-want +got):\n%s", limit, diff)
		}
		if diff := cmp.Diff([]params{{}}, planned(t, api, image.Query{})); diff != "" {
			t.Errorf("no tags (-want +got):\n%s", diff)
		}
	}
}

func TestPlanSendsUnsetValuesWithoutThePredicate(t *testing.T) {
	status := apispec.Param{Name: "Status.n", Field: image.FieldStatuses, Support: provider.Superset, Layout: apispec.Numbered, Encode: statuses.Encode, Unset: statuses.All()}
	perCall := apispec.Param{Name: "Mode", Field: image.FieldNames, Support: provider.Superset, Encode: notPushable, Unset: []string{"any"}}
	constant := apispec.Param{Name: "Verbose", Type: apispec.Int, Unset: []string{"1"}}
	all := params{"Status.1": "Creating", "Status.2": "Waiting", "Status.3": "Available", "Mode": "any", "Verbose": "1"}
	changed := func(more params, drop ...string) []params {
		out := maps.Clone(all)
		for _, name := range drop {
			delete(out, name)
		}
		maps.Copy(out, more)
		return []params{out}
	}
	native := func(name, value string) map[string]map[string]string {
		return map[string]map[string]string{"test": {name: value}}
	}
	for name, test := range map[string]struct {
		query image.Query
		want  []params
	}{
		"unset":              {image.Query{}, changed(nil)},
		"set":                {image.Query{Statuses: []image.Status{"available"}}, changed(params{"Status.1": "Available"}, "Status.2", "Status.3")},
		"not pushable":       {image.Query{Names: []string{"x"}}, changed(nil)},
		"more than 16 calls": {image.Query{Names: numbers(17)}, changed(nil)},
		"native":             {image.Query{Native: native("Status.1", "Gone")}, changed(params{"Status.1": "Gone"}, "Status.2", "Status.3")},
		"native, other":      {image.Query{Native: native("Verbose", "0")}, changed(params{"Verbose": "0"})},
		"not in a scope":     {image.Query{Names: []string{"a"}, Sources: []image.Source{"system"}}, changed(params{"Source": "system"})},
	} {
		t.Run(name, func(t *testing.T) {
			api := listing(apispec.Param{Name: "Source", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Exact}, status, perCall, constant)
			api.Scopes = func(q image.Query) []apispec.Scope {
				if len(q.Sources) == 0 {
					return []apispec.Scope{{}}
				}
				return []apispec.Scope{{Params: params{"Source": "system"}, Without: []image.Field{image.FieldNames}}}
			}
			if diff := cmp.Diff(test.want, planned(t, api, test.query)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// scoped is a table with two scopes, the first of which takes no owners.
func scoped() apispec.API[record] {
	api := listing(
		apispec.Param{Name: "Source", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Exact},
		apispec.Param{Name: "Id", Field: image.FieldIDs, Support: provider.Superset},
		apispec.Param{Name: "Owner", Field: image.FieldOwners, Support: provider.Superset, Encode: apispec.Number},
		apispec.Param{Name: "Name", Field: image.FieldNames, Support: provider.Superset},
	)
	api.Scopes = func(image.Query) []apispec.Scope {
		return []apispec.Scope{
			{Params: params{"Source": "self"}, Without: []image.Field{image.FieldOwners}},
			{Params: params{"Source": "others"}},
		}
	}
	return api
}

func TestPlanHasCallsForEachScope(t *testing.T) {
	self := params{"Source": "self"}
	others := func(more params) params {
		out := params{"Source": "others"}
		maps.Copy(out, more)
		return out
	}
	native := map[string]map[string]string{"test": {"Source": "all"}, "other": {"Unknown": "1"}}
	for name, test := range map[string]struct {
		query image.Query
		want  []params
	}{
		"unset":                  {image.Query{}, []params{self, others(nil)}},
		"in one scope":           {image.Query{Owners: []string{"1", "2"}}, []params{self, others(params{"Owner": "1"}), others(params{"Owner": "2"})}},
		"in one scope, 16 calls": {image.Query{Owners: numbers(15)}, append([]params{self}, sourced(eachOf("Owner", numbers(15)))...)},
		"in one scope, 17 calls": {image.Query{Owners: numbers(16)}, []params{self, others(nil)}},
		// IDs come first and cost 16 calls; owners would cost more, names do not.
		"the first that fits":    {image.Query{IDs: numbers(8), Owners: []string{"1", "2"}, Names: []string{"n"}}, withAll(numbers(8))},
		"native":                 {image.Query{Native: native}, []params{{"Source": "all"}}},
		"native, owners":         {image.Query{Native: native, Owners: []string{"1"}, Names: []string{"n"}}, []params{{"Source": "all", "Name": "n"}}},
		"no image has the owner": {image.Query{Owners: []string{"me"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, planned(t, scoped(), test.query)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func sourced(calls []params) []params {
	for _, call := range calls {
		call["Source"] = "others"
	}
	return calls
}

func withAll(ids []string) []params {
	var out []params
	for _, source := range []string{"self", "others"} {
		for _, id := range ids {
			out = append(out, params{"Source": source, "Id": id, "Name": "n"})
		}
	}
	return out
}

func TestCallsListPushedFields(t *testing.T) {
	for _, test := range []struct {
		query image.Query
		want  [][]image.Field
	}{
		{image.Query{}, [][]image.Field{nil, nil}},
		{image.Query{Owners: []string{"1"}}, [][]image.Field{nil, {image.FieldOwners}}},
		{image.Query{Sources: []image.Source{"self", "shared"}, Owners: []string{"1"}, Names: []string{"n"}, Families: []string{"f"}}, [][]image.Field{
			{image.FieldSources, image.FieldNames}, {image.FieldSources, image.FieldOwners, image.FieldNames},
		}},
	} {
		var got [][]image.Field
		for _, call := range must(newProvider(scoped(), &sender{}).Plan(test.query)) {
			got = append(got, call.Pushed)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.query, diff)
		}
	}
}

func TestPlanNumbersFilters(t *testing.T) {
	api := listing(
		apispec.Param{Name: "Filter.Start", Field: image.FieldCreatedAfter, Support: provider.Superset, Encode: apispec.MinuteBefore},
		apispec.Param{Name: "Filter.End", Field: image.FieldCreatedBefore, Support: provider.Superset, Encode: apispec.MinuteAfter},
		apispec.Param{Name: "Filter.Network"},
	)
	got := planned(t, api, image.Query{
		CreatedAfter: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), CreatedBefore: time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC),
		Native: map[string]map[string]string{"test": {"Filter.Network": "vpc"}},
	})
	want := []params{{
		"Filter.1.Key": "End", "Filter.1.Value": "2021-01-02T03:06Z", "Filter.2.Key": "Network", "Filter.2.Value": "vpc",
		"Filter.3.Key": "Start", "Filter.3.Value": "2020-01-02T03:03Z",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPlansAreEqualAndShareNoMemory(t *testing.T) {
	p := newProvider(scoped(), &sender{})
	q := image.Query{Sources: []image.Source{"self"}, IDs: []string{"a", "b"}, Owners: []string{"1", "2"}, Names: []string{"n"}}
	first := must(p.Plan(q))
	want := fmt.Sprint(first)
	for i := range first {
		first[i].Params.Set("Id", "changed")
		first[i].Params["Name"][0] = "changed"
		first[i].Pushed[0] = "changed"
		if i+1 < len(first) && (first[i+1].Params.Get("Name") == "changed" || first[i+1].Pushed[0] == "changed") {
			t.Errorf("calls %d and %d share memory", i, i+1)
		}
	}
	for range 20 {
		if got := fmt.Sprint(must(p.Plan(q))); got != want {
			t.Fatalf("plan %s, want %s", got, want)
		}
	}
	if !slices.Equal(q.IDs, []string{"a", "b"}) {
		t.Error("the query was changed")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
