package providertest_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

// Failures quote the documentation.
func TestChecksAreDocumented(t *testing.T) {
	source, err := os.ReadFile("checks.go")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, item := range regexp.MustCompile(`(?m)^//   - (\S+): `).FindAllStringSubmatch(string(source), -1) {
		documented = append(documented, item[1])
	}
	if diff := cmp.Diff(providertest.Checks(), documented); diff != "" {
		t.Errorf("checks (-code +documentation):\n%s", diff)
	}
	const want = "The plan of a query is the same a year later. A plan that depends on the clock cannot be reviewed or cached."
	if got := providertest.Demand("plan/clock"); got != want {
		t.Errorf("plan/clock demands %q, want %q", got, want)
	}
}

// Unknown members come into the page and its records, but not into an object whose
// members are tags.
func TestUnknownMembersAreNoTags(t *testing.T) {
	world := []image.Image{{Tags: map[string]string{"app": "web", "env": "prod"}}}
	var page struct {
		UnheardOf any
		Items     []struct {
			UnheardOf any
			Labels    map[string]string
			Disk      struct{ UnheardOf any }
		}
	}
	edited := providertest.AddMembers(world, []byte(`{"items": [{"labels": {"app": "web"}, "disk": {"size": 1}}, {"labels": {}, "id": "m-2"}]}`))
	if err := json.Unmarshal(edited, &page); err != nil {
		t.Fatal(err)
	}
	first, second := page.Items[0], page.Items[1]
	if page.UnheardOf == nil || first.UnheardOf == nil || second.UnheardOf == nil || first.Disk.UnheardOf == nil {
		t.Errorf("an object has no unknown member: %s", edited)
	}
	if len(first.Labels) != 1 || len(second.Labels) != 0 {
		t.Errorf("tags have an unknown member: %s", edited)
	}
}
