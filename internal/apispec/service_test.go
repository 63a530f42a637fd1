package apispec_test

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
)

const noImages = `{"Total":0,"Images":{"Image":[]}}`

func TestFetchSendsPlannedParametersAndPage(t *testing.T) {
	numbered := params{"Page": "4", "Size": "50"}
	for name, test := range map[string]struct {
		api  apispec.API[record]
		at   provider.Cursor
		want params // besides the plan
	}{
		"first page":   {scoped(), provider.Cursor{Size: 50}, params{"Page": "1", "Size": "50"}},
		"fourth page":  {scoped(), provider.Cursor{Offset: 150, Size: 50}, numbered},
		"no size":      {scoped(), provider.Cursor{}, params{"Page": "1", "Size": "1"}},
		"by an offset": {listing(apispec.Param{Name: "Offset", Role: apispec.PageOffset}), provider.Cursor{Offset: 150, Size: 50}, params{"Page": "4", "Size": "50", "Offset": "150"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &sender{body: noImages}
			p := newProvider(test.api, s)
			for _, call := range must(p.Plan(image.Query{})) {
				want := single(t, call.Params)
				for name, value := range test.want {
					want[name] = value
				}
				if _, err := p.Fetch(t.Context(), call, test.at); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, single(t, s.params)); diff != "" || s.action != call.Action {
					t.Errorf("action %s (-want +got):\n%s", s.action, diff)
				}
			}
		})
	}
}

func TestFetchOverridesRegionAndPageOfCalls(t *testing.T) {
	s := &sender{body: noImages}
	call := provider.Call{Action: "List", Params: url.Values{"Region": {"r2"}, "Page": {"7"}, "Size": {"7"}, "Other": {"kept"}}}
	if _, err := newProvider(listing(), s).Fetch(t.Context(), call, provider.Cursor{Size: 50}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(params{"Page": "1", "Size": "50", "Other": "kept"}, single(t, s.params)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := url.Values{"Region": {"r2"}, "Page": {"7"}, "Size": {"7"}, "Other": {"kept"}}
	if diff := cmp.Diff(want, call.Params); diff != "" {
		t.Errorf("the call was changed (-want +got):\n%s", diff)
	}
}

func TestFetchRefusesUnknownActions(t *testing.T) {
	s := &sender{}
	page, err := newProvider(listing(), s).Fetch(t.Context(), provider.Call{Action: "Drop"}, provider.Cursor{})
	var e *provider.Error
	if page != nil || !errors.As(err, &e) || s.action != "" {
		t.Fatalf("page %v, error %v, sent %q", page, err, s.action)
	}
	want := &provider.Error{Kind: provider.InvalidArgument, Action: "Drop", Message: "unknown operation: want List or One"}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFetchReturnsSendErrors(t *testing.T) {
	down := &provider.Error{Kind: provider.Unavailable}
	s := &sender{body: `{"Images":{"Image":[{"Id":"a"}]}}`, err: down}
	page, err := newProvider(listing(), s).Fetch(t.Context(), provider.Call{Action: "List"}, provider.Cursor{})
	if page != nil || !errors.Is(err, down) {
		t.Errorf("page %v, error %v, want no page and %v", page, err, down)
	}
}

func TestCheckAcceptsThePassedCode(t *testing.T) {
	refusal := func(code string) error { return &provider.Error{Kind: provider.InvalidArgument, Code: code} }
	for name, test := range map[string]struct {
		check apispec.Check
		err   error
		fails bool
		want  params
	}{
		"listing":       {apispec.Check{}, nil, false, params{"Page": "1", "Size": "1"}},
		"passed":        {apispec.Check{Params: params{"DryRun": "true"}, Passed: "DryRunOK"}, refusal("DryRunOK"), false, params{"Page": "1", "Size": "1", "DryRun": "true"}},
		"failed":        {apispec.Check{Params: params{"DryRun": "true"}, Passed: "DryRunOK"}, refusal("Forbidden"), true, params{"Page": "1", "Size": "1", "DryRun": "true"}},
		"no code":       {apispec.Check{}, refusal(""), true, params{"Page": "1", "Size": "1"}},
		"context ended": {apispec.Check{Passed: "DryRunOK"}, context.Canceled, true, params{"Page": "1", "Size": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			api := listing()
			api.Check = test.check
			s := &sender{body: noImages, err: test.err}
			err := newProvider(api, s).(provider.Checker).Check(t.Context())
			if (err != nil) != test.fails || test.fails && !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if diff := cmp.Diff(test.want, single(t, s.params)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInfoHasTheStrongestSupport(t *testing.T) {
	api := listing(
		apispec.Param{Name: "Id", Field: image.FieldIDs, Support: provider.Exact},
		apispec.Param{Name: "AnyId", Field: image.FieldIDs, Support: provider.Superset},
		apispec.Param{Name: "System", Field: image.FieldSourceSnapshots, Support: provider.Superset},
		apispec.Param{Name: "Data", Field: image.FieldSourceSnapshots},
		apispec.Param{Name: "Source", Role: apispec.Scoped, Field: image.FieldSources, Support: provider.Superset},
		apispec.Param{Name: "Free"},
	)
	api.Unreported = []image.Field{image.FieldFamilies}
	api.Values = map[image.Field][]string{image.FieldStatuses: statuses.Neutral()}
	api.Defaults = []provider.Default{{Param: "Expired", Value: "false"}}
	want := provider.Info{
		Name: "test", Region: "r1", Host: "api.example.com", Values: api.Values, Defaults: api.Defaults,
		Support: map[image.Field]provider.Support{},
	}
	for _, field := range image.AllFields() {
		want.Support[field] = provider.Local
	}
	want.Support[image.FieldFamilies] = provider.None
	want.Support[image.FieldIDs] = provider.Exact
	want.Support[image.FieldSourceSnapshots] = provider.Superset
	want.Support[image.FieldSources] = provider.Superset
	if diff := cmp.Diff(want, newProvider(api, &sender{}).Info()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClientListsImages(t *testing.T) {
	api := listing()
	s := &sender{body: `{"Total":1,"Images":{"Image":[{"Id":"a","Name":"n"}]}}`}
	client := apispec.Client(apispec.Define(api), s, provider.Config{Region: "r1"})
	got, err := provider.Collect(client.Images(t.Context(), image.Query{}))
	want := []image.Image{{Ref: image.Ref{Provider: "test", Region: "r1", ID: "a"}, Name: "n"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}
