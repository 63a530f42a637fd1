package provider_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func ExampleSplitCalls() {
	calls := []provider.Call{{Action: "ListImages", Params: url.Values{"public": {"true"}}}}
	calls = provider.SplitCalls(calls, image.FieldOwners, "owner", []string{"a", "b"})
	for _, c := range calls {
		fmt.Println(c.Params.Encode(), c.Pushed, c.Partition)
	}
	// Output:
	// owner=a&public=true [owners] true
	// owner=b&public=true [owners] true
}

func TestSplitCallsCombinesValues(t *testing.T) {
	call := func(params url.Values, partition bool, pushed ...image.Field) provider.Call {
		return provider.Call{Action: "List", Params: params, Pushed: pushed, Partition: partition}
	}
	base := []provider.Call{call(url.Values{"p": {"of the base"}, "tag": {"a", "b"}}, false, image.FieldTags)}
	for name, test := range map[string]struct {
		calls  []provider.Call
		field  image.Field
		values []string
		want   []provider.Call
	}{
		"no value":  {base, image.FieldOwners, nil, base},
		"one value": {base, image.FieldOwners, []string{"x"}, []provider.Call{call(url.Values{"p": {"x"}, "tag": {"a", "b"}}, false, image.FieldTags, image.FieldOwners)}},
		"an empty value removes the parameter": {base, image.FieldOwners, []string{""}, []provider.Call{
			call(url.Values{"tag": {"a", "b"}}, false, image.FieldTags, image.FieldOwners),
		}},
		"no predicate": {base, "", []string{"x", "y"}, []provider.Call{
			call(url.Values{"p": {"x"}, "tag": {"a", "b"}}, true, image.FieldTags), call(url.Values{"p": {"y"}, "tag": {"a", "b"}}, true, image.FieldTags),
		}},
		"calls without parameters": {make([]provider.Call, 2), image.FieldIDs, []string{"x"}, []provider.Call{
			{Params: url.Values{"p": {"x"}}, Pushed: []image.Field{image.FieldIDs}, Partition: true},
			{Params: url.Values{"p": {"x"}}, Pushed: []image.Field{image.FieldIDs}, Partition: true},
		}},
		"more calls than allowed": {make([]provider.Call, provider.MaxCalls+1), image.FieldIDs, []string{"x"}, make([]provider.Call, provider.MaxCalls+1)},
	} {
		if diff := cmp.Diff(test.want, provider.SplitCalls(test.calls, test.field, "p", test.values)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSplitCallsSharesNoMemory(t *testing.T) {
	base := []provider.Call{{Params: url.Values{"tag": {"a"}}, Pushed: make([]image.Field, 0, 4)}}
	got := provider.SplitCalls(base, image.FieldOwners, "owner", []string{"x", "y"})
	got[0].Params["tag"][0] = "changed"
	got[0].Pushed[0] = image.FieldIDs
	if got[1].Params.Get("tag") != "a" || base[0].Params.Get("tag") != "a" || got[1].Pushed[0] != image.FieldOwners {
		t.Errorf("a change of one call changed others: %v, %v", base, got)
	}
}
