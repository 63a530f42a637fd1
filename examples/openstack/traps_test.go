package openstack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/openstack"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

func client(t *testing.T, g *glance) *provider.Client {
	t.Helper()
	c, err := openstack.New(provider.Config{
		Region: "RegionOne", Endpoint: "https://image.example.com/", HTTPClient: &http.Client{Transport: g},
		Listing: provider.Listing{PageSize: 5},
	}, project)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// images returns available images with one name.
func images(n int) (out []image.Image) {
	for i := range n {
		out = append(out, image.Image{
			Ref:  image.Ref{Provider: openstack.Name, Region: "RegionOne", ID: fmt.Sprintf("id-%02d", i)},
			Name: "web", Owner: project, Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
			Created: time.Date(2024, 5, 1, 8, i, 0, 0, time.UTC),
		})
	}
	return out
}

func ids(images []image.Image) (out []string) {
	for _, m := range images {
		out = append(out, m.ID)
	}
	slices.Sort(out)
	return out
}

func TestPlanAvoidsWhatTheServerMisreads(t *testing.T) {
	at := time.Date(2024, 5, 1, 8, 30, 0, 500, time.UTC)
	available := []image.Status{image.StatusAvailable}
	for name, test := range map[string]struct {
		query image.Query
		want  []string
	}{
		"hidden images take a call":        {image.Query{}, []string{"os_hidden=false&visibility=all", "os_hidden=true&visibility=all"}},
		"available images are not hidden":  {image.Query{Statuses: available}, []string{"os_hidden=false&status=eq:active&visibility=all"}},
		"deprecated images are hidden":     {image.Query{Statuses: []image.Status{image.StatusDeprecated}}, []string{"os_hidden=true&status=eq:active&visibility=all"}},
		"a colon is no operator":           {image.Query{Statuses: available, Names: []string{"a:b"}}, []string{"name=eq:a:b&os_hidden=false&status=eq:active&visibility=all"}},
		"commas are quoted":                {image.Query{Statuses: available, Names: []string{"a,b", "c"}}, []string{`name=in:"a,b","c"&os_hidden=false&status=eq:active&visibility=all`}},
		"quotes in a list are not sent":    {image.Query{Statuses: available, Names: []string{`a"b`, "c"}}, []string{"os_hidden=false&status=eq:active&visibility=all"}},
		"blanks at the end are not sent":   {image.Query{Statuses: available, Tags: map[string]string{"a ": ""}}, []string{"os_hidden=false&status=eq:active&visibility=all"}},
		"four bytes are not sent":          {image.Query{Statuses: available, Names: []string{"🐧"}}, []string{"os_hidden=false&status=eq:active&visibility=all"}},
		"tags are repeated":                {image.Query{Statuses: available, Tags: map[string]string{"b": "", "a": ""}}, []string{"os_hidden=false&status=eq:active&tag=a&tag=b&visibility=all"}},
		"owners take a call each":          {image.Query{Statuses: available, Owners: []string{"p", "q"}}, []string{"os_hidden=false&owner=p&status=eq:active&visibility=all", "os_hidden=false&owner=q&status=eq:active&visibility=all"}},
		"public includes community":        {image.Query{Statuses: available, Visibilities: []image.Visibility{image.VisibilityPublic}}, []string{"os_hidden=false&status=eq:active&visibility=community", "os_hidden=false&status=eq:active&visibility=public"}},
		"the default leaves out community": {image.Query{Statuses: available, Sources: []image.Source{image.SourceSelf, image.SourceSystem}}, []string{"os_hidden=false&status=eq:active"}},
		"only one bound is sent":           {image.Query{Statuses: available, CreatedAfter: at, CreatedBefore: at.Add(time.Hour)}, []string{"created_at=gte:2024-05-01T08:30:00Z&os_hidden=false&status=eq:active&visibility=all"}},
		"an upper bound is rounded up":     {image.Query{Statuses: available, CreatedBefore: at}, []string{"created_at=lt:2024-05-01T08:30:01Z&os_hidden=false&status=eq:active&visibility=all"}},
		"Native names known parameters":    {image.Query{Statuses: available, Native: native("os_distro", "rhel")}, []string{"os_distro=rhel&os_hidden=false&status=eq:active&visibility=all"}},
	} {
		plan, err := client(t, &glance{}).Explain(test.query)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, call := range plan.Calls {
			got = append(got, readable(call))
			if call.Partition != (len(plan.Calls) > 1) {
				t.Errorf("%s: Partition is %t with %d calls", name, call.Partition, len(plan.Calls))
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// readable is the parameters of a call, not encoded and in order.
func readable(c provider.Call) string {
	var parts []string
	for name, values := range c.Params {
		for _, value := range values {
			parts = append(parts, name+"="+value)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

func native(name, value string) map[string]map[string]string {
	return map[string]map[string]string{openstack.Name: {name: value}}
}

func TestPlanSplitsLongListsOverCalls(t *testing.T) {
	q := image.Query{Statuses: []image.Status{image.StatusAvailable}}
	for i := range 250 {
		q.IDs = append(q.IDs, fmt.Sprintf("8a3c7a2e-0000-4000-8000-%012d", i))
	}
	plan, err := client(t, &glance{}).Explain(q)
	if err != nil || len(plan.Calls) != 3 || slices.Contains(plan.Local, image.FieldIDs) {
		t.Fatalf("error %v, plan\n%s", err, plan)
	}
}

func TestUnknownNativeParameterIsRefused(t *testing.T) {
	g := &glance{}
	_, err := provider.Collect(client(t, g).Images(t.Context(), image.Query{Native: native("os_distribution", "rhel")}))
	if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "os_distro") || len(g.requests()) > 0 {
		t.Errorf("error %v after %d requests: want InvalidArgument that names the parameters, and none", err, len(g.requests()))
	}
}

func TestDeletedMarkerStartsTheScanAgain(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound} {
		g := &glance{row: rows(images(12)), gone: map[string]int{}}
		g.before = func(request int) {
			if request == 2 {
				last := g.log[1].Params.Get("marker")
				g.gone[last] = status
				g.row = slices.DeleteFunc(slices.Clone(g.row), func(r row) bool { return r.text("id") == last })
			}
		}
		got, err := provider.Collect(client(t, g).Images(t.Context(), image.Query{Statuses: []image.Status{image.StatusAvailable}}))
		if err != nil {
			t.Errorf("status %d: %v", status, err)
		}
		if diff := cmp.Diff(ids(images(12)), ids(got)); diff != "" { // the deleted image had been listed
			t.Errorf("status %d (-want +got):\n%s", status, diff)
		}
	}
}

func TestMarkersThatAlwaysDieEndInIncomplete(t *testing.T) {
	g := &glance{row: rows(images(12)), gone: map[string]int{}}
	g.before = func(request int) { g.gone[g.log[request-1].Params.Get("marker")] = http.StatusBadRequest }
	got, err := provider.Collect(client(t, g).Images(t.Context(), image.Query{}))
	if !errors.Is(err, provider.Incomplete) || len(got) != 5 {
		t.Errorf("%d images, error %v: want the first page and Incomplete", len(got), err)
	}
}

func TestImageThatBecomesHiddenIsFound(t *testing.T) {
	for request := 1; request <= 6; request++ {
		for _, toHidden := range []bool{true, false} {
			world := images(12)
			g := &glance{row: rows(world)}
			moved := g.row[0].record
			moved["os_hidden"] = !toHidden
			g.before = func(n int) {
				if n == request {
					moved["os_hidden"] = toHidden
				}
			}
			got, err := provider.Collect(client(t, g).Images(t.Context(), image.Query{}))
			if !errors.Is(err, provider.Incomplete) && (err != nil || len(got) != len(world)) {
				t.Errorf("hidden becomes %t before request %d: %d of %d images, error %v", toHidden, request, len(got), len(world), err)
			}
		}
	}
}

func TestUnknownWordsAreCounted(t *testing.T) {
	for member, path := range map[string]string{
		"status": "images.status", "visibility": "images.visibility", "os_type": "images.os_type", "architecture": "images.architecture",
		"created_at": "images.created_at", "min_disk": "images.min_disk", "os_hidden": "images.os_hidden",
	} {
		g := &glance{row: rows(images(1))}
		g.row[0].record["os_hidden"] = false
		words := map[string]any{member: "melting"}
		g.edit = func(body []byte) []byte {
			return []byte(strings.Replace(string(body), fmt.Sprintf("%q:", "direct_url"), fmt.Sprintf("%q:%q,\"direct_url\":", member, words[member]), 1))
		}
		g.row[0].record = withoutMember(g.row[0].record, member)
		g.ignored = map[string]bool{"os_hidden": true}
		var report provider.Report
		ctx := provider.WithTrace(t.Context(), &provider.Trace{Target: func(_ context.Context, r provider.Report) { report = r }})
		targets := []provider.Target{{Name: "only", Client: client(t, g)}}
		hits, err := provider.Collect(provider.Search(ctx, targets, image.Query{}, nil))
		if err != nil || len(hits) != 1 || report.Unreadable[path] == 0 {
			t.Errorf("%s: %d images, error %v, unreadable %v: want one image, and %s counted", member, len(hits), err, report.Unreadable, path)
		}
	}
}

func withoutMember(record map[string]any, member string) map[string]any {
	delete(record, member)
	return record
}

func TestRecordKeepsPropertiesApartAndDropsSecrets(t *testing.T) {
	g := &glance{row: rows(images(1))}
	c, err := openstack.New(provider.Config{Endpoint: "https://image.example.com/", HTTPClient: &http.Client{Transport: g}, Listing: provider.Listing{KeepNative: true}}, "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := provider.Collect(c.Images(t.Context(), image.Query{}))
	if err != nil || len(got) != 1 || got[0].Status != image.StatusAvailable {
		t.Fatalf("%v, error %v: want one available image, whatever its property Status is", got, err)
	}
	if text := string(got[0].Native); !strings.Contains(text, `"Status":"a property"`) || strings.Contains(text, hidden) {
		t.Errorf("Native is %s: want every member but direct_url", text)
	}
}

func TestErrorsOfTheServerAreReadAsJSON(t *testing.T) {
	g := &glance{failure: &providertest.Failure{Code: "400 Bad Request", Message: "bad filter<br /><br />\n\n\n"}}
	_, err := provider.Collect(client(t, g).Images(t.Context(), image.Query{}))
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || e.Kind != provider.InvalidArgument || e.Code != "400 Bad Request" || e.Message != "bad filter" || e.RequestID != "req-1" {
		t.Errorf("error %+v: want InvalidArgument with code, message and request ID", e)
	}
}
