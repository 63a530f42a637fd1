package providertest_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

// Unknown members come into the page and its records, but not into an object whose
// members are tags.
func TestUnknownMembersAreNoTags(t *testing.T) {
	world := []image.Image{{Tags: map[string]string{"app": "web", "env": "prod"}}}
	var page any
	if err := json.Unmarshal([]byte(`{"items": [{"id": "m-1", "labels": {"app": "web"}}, {"id": "m-2", "labels": {}, "disk": {"size": 1}}]}`), &page); err != nil {
		t.Fatal(err)
	}
	providertest.AddMembers(world)(page)
	top, _ := page.(map[string]any)
	items, _ := top["items"].([]any)
	first, _ := items[0].(map[string]any)
	second, _ := items[1].(map[string]any)
	for name, object := range map[string]any{"page": top, "record": first, "nested": second["disk"]} {
		if members, _ := object.(map[string]any); members["UnheardOf"] == nil {
			t.Errorf("%s: no member was added to %v", name, members)
		}
	}
	if diff := cmp.Diff([]any{map[string]any{"app": "web"}, map[string]any{}}, []any{first["labels"], second["labels"]}); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
