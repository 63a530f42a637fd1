//go:build glance

package openstack_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/openstack"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// realServer is the glance-api that real.sh starts. A token says who asks:
// user:project:role.
type realServer struct{ endpoint, database string }

const (
	asOwn   = "u:own:member"
	asOther = "u:other:member"
	asAdmin = "u:admin:admin"
)

func newRealServer(t *testing.T) realServer {
	s := realServer{os.Getenv("GLANCE_ENDPOINT"), os.Getenv("GLANCE_DATABASE")}
	if s.endpoint == "" || s.database == "" {
		t.Fatal("GLANCE_ENDPOINT and GLANCE_DATABASE are not set: run real.sh")
	}
	return s
}

// client returns a client of the adapter. Before is called before each request.
func (s realServer) client(t *testing.T, token string, pageSize int, before func(*http.Request)) *provider.Client {
	t.Helper()
	c := provider.Config{
		Region: "RegionOne", Endpoint: s.endpoint, Credentials: provider.Static("", "", token),
		Listing: provider.Listing{PageSize: pageSize}, Retry: provider.Retry{AttemptTimeout: time.Minute},
	}
	if before != nil {
		c.HTTPClient = &http.Client{Transport: hooked(before)}
	}
	client, err := openstack.New(c, strings.Split(token, ":")[1])
	if err != nil {
		t.Fatal(err)
	}
	return client
}

type hooked func(*http.Request)

func (before hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	before(r)
	return http.DefaultTransport.RoundTrip(r)
}

// stored returns the IDs that a condition selects in the database of the server.
func (s realServer) stored(t *testing.T, condition string) []string {
	t.Helper()
	const program = "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(r[0])"
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", program, s.database,
		"select id from images i where deleted = 0 and status != 'killed' and ("+condition+") order by id").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// visible is the condition of the images that a project may list.
func visible(project string) string {
	return fmt.Sprintf(`owner = '%[1]s' or visibility in ('public', 'community') or visibility = 'shared' and exists (select 1 from image_members m
		where m.image_id = i.id and m.deleted = 0 and m.member = '%[1]s' and m.status = 'accepted')`, project)
}

// do sends one request that is none of the adapter's.
func (s realServer) do(t *testing.T, token, method, path, body string) (status int, response string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.endpoint+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", token)
	r.Header.Set("Content-Type", "application/openstack-images-v2.1-json-patch")
	r.Header.Set("Accept", "application/json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

func (s realServer) remove(t *testing.T, id string) {
	if status, text := s.do(t, asAdmin, http.MethodDelete, "/v2/images/"+id, ""); status != http.StatusNoContent && status != http.StatusNotFound {
		t.Errorf("DELETE %s: status %d, %s", id, status, text)
	}
}

func (s realServer) replace(t *testing.T, id, member string, value any) {
	body, _ := json.Marshal([]map[string]any{{"op": "replace", "path": "/" + member, "value": value}})
	if status, text := s.do(t, asAdmin, http.MethodPatch, "/v2/images/"+id, string(body)); status != http.StatusOK {
		t.Errorf("PATCH %s of %s: status %d, %s", member, id, status, text)
	}
}

// TestRealServer runs in this order, since its later parts change the images.
func TestRealServer(t *testing.T) {
	s := newRealServer(t)
	t.Run("lists the server's own set", s.listsOwnSet)
	t.Run("filters like Match", s.filtersLikeMatch)
	t.Run("behaves as documented", s.behavesAsDocumented)
	t.Run("changes while it is listed", s.changesWhileListed)
	t.Run("lists the server's own set after the changes", s.listsOwnSet)
}

func (s realServer) listsOwnSet(t *testing.T) {
	for _, token := range []string{asOwn, asOther, asAdmin} {
		condition := "true"
		if token != asAdmin {
			condition = visible(strings.Split(token, ":")[1])
		}
		for _, size := range []int{25, 0} { // the server cuts the default size to 100
			requests := 0
			got, err := provider.Collect(s.client(t, token, size, func(*http.Request) { requests++ }).Images(t.Context(), image.Query{}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(s.stored(t, condition), ids(got)); diff != "" {
				t.Errorf("%s, pages of %d (-want +got):\n%s", token, size, diff)
			}
			t.Logf("%s: %d images of the server's own %d, in %d requests (page size %d)", token, len(got), len(s.stored(t, condition)), requests, size)
		}
	}
}

func (s realServer) filtersLikeMatch(t *testing.T) {
	at := time.Date(2024, 5, 1, 8, 0, 40, 0, time.UTC)
	var some []string
	for i, id := range s.stored(t, visible("own")) {
		if i%3 == 0 {
			some = append(some, id)
		}
	}
	queries := map[string]image.Query{
		"IDs":                {IDs: append(some, "no such", "also, \"none")},
		"one ID":             {IDs: some[:1]},
		"names":              {Names: []string{"web-1", "a,b", "a:b", "in:a", "a"}},
		"names, quoted":      {Names: []string{`"a"`, `a"b`, `a\b`, `\`}},
		"names, four bytes":  {Names: []string{"🐧", "a"}},
		"names, composed":    {Names: []string{"ä", "a\u0308", "日本", "☃"}},
		"statuses, usable":   {Statuses: []image.Status{image.StatusAvailable}},
		"statuses, hidden":   {Statuses: []image.Status{image.StatusDeprecated}},
		"statuses, others":   {Statuses: []image.Status{image.StatusPending, image.StatusSuspended, image.StatusDeprecated}},
		"statuses, deleted":  {Statuses: []image.Status{image.StatusDeleted, image.StatusFailed}},
		"public":             {Visibilities: []image.Visibility{image.VisibilityPublic}},
		"private, shared":    {Visibilities: []image.Visibility{image.VisibilityPrivate, image.VisibilityShared}},
		"owners":             {Owners: []string{"own", "other", "no such"}},
		"tags":               {Tags: map[string]string{"a": "", "b": ""}},
		"tags, odd":          {Tags: map[string]string{"ä": "", "A": ""}},
		"tags, blank":        {Tags: map[string]string{"a b": ""}},
		"instances":          {SourceInstances: []string{"instance-1", "instance-22"}},
		"created after":      {CreatedAfter: at},
		"created after, ns":  {CreatedAfter: at.Add(1)},
		"created before":     {CreatedBefore: at},
		"created before, ns": {CreatedBefore: at.Add(1)},
		"created between":    {CreatedAfter: at, CreatedBefore: at.Add(time.Second)},
		"platforms":          {Platforms: []string{"ubuntu", "rhel"}, Archs: []image.Arch{image.ArchX86_64}, OSes: []image.OS{image.OSLinux}},
		"many": {
			Names: []string{"a", "web-0", "web-2", "web-4"}, Owners: []string{"own", "other"}, Visibilities: []image.Visibility{image.VisibilityPublic},
			Statuses: []image.Status{image.StatusAvailable}, Tags: map[string]string{"a": ""}, CreatedAfter: at.Add(-30 * time.Second),
		},
	}
	for _, name := range []string{"a:b", "in:a", "eq:a", "a,b", `"a"`, `a"b`, `a\b`, `\`, " a", "a ", "A", "ä", "%", "_", "a&b=c", "a+b", "a%20b", strings.Repeat("x", 255), "2024-05-01T08:00:00Z"} {
		queries[fmt.Sprintf("the name %.12q", name)] = image.Query{Names: []string{name}}
	}
	for _, sources := range [][]image.Source{{"self"}, {"system"}, {"shared"}, {"community"}, {"self", "community"}, {"self", "system"}, {"system", "shared", "community"}} {
		queries[fmt.Sprint("sources ", sources)] = image.Query{Sources: sources}
	}
	for _, token := range []string{asOwn, asAdmin} {
		all, err := provider.Collect(s.client(t, token, 0, nil).Images(t.Context(), image.Query{}))
		if err != nil {
			t.Fatal(err)
		}
		matched := 0
		for name, q := range queries {
			got, err := provider.Collect(s.client(t, token, 0, nil).Images(t.Context(), q))
			if err != nil {
				t.Errorf("%s, %s: %v", token, name, err)
				continue
			}
			want := slices.DeleteFunc(slices.Clone(all), func(m image.Image) bool { return !q.Match(m) })
			if diff := gocmp.Diff(ids(want), ids(got)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", token, name, diff)
			}
			matched += len(got)
		}
		t.Logf("%s: %d queries found what Match selects from the listing, %d images together", token, len(queries), matched)
	}
}

// behavesAsDocumented checks what README.md says about the server.
func (s realServer) behavesAsDocumented(t *testing.T) {
	for name, test := range map[string]struct {
		path, token string
		status      int
		want        func(page realPage) bool
	}{
		"pages are cut in silence":             {"?limit=1000", asAdmin, 200, func(p realPage) bool { return len(p.Images) == 100 && p.Next != "" }},
		"next drops repeated parameters":       {"?limit=5&tag=a&tag=b", asAdmin, 200, func(p realPage) bool { return len(p.Images) == 5 && strings.Count(p.Next, "tag=") == 1 }},
		"hidden images need os_hidden":         {"?limit=100&visibility=all", asAdmin, 200, func(p realPage) bool { return p.count("os_hidden", true) == 0 }},
		"os_hidden lists hidden images only":   {"?limit=100&visibility=all&os_hidden=true", asAdmin, 200, func(p realPage) bool { return p.count("os_hidden", true) == len(p.Images) }},
		"others' community images need all":    {"?limit=100&owner=other", asOwn, 200, func(p realPage) bool { return p.count("visibility", "community") == 0 }},
		"all lists others' community images":   {"?limit=100&owner=other&visibility=all", asOwn, 200, func(p realPage) bool { return p.count("visibility", "community") > 0 }},
		"an unknown parameter lists nothing":   {"?os_distribution=rhel", asAdmin, 200, func(p realPage) bool { return len(p.Images) == 0 }},
		"the last of repeated filters counts":  {"?limit=100&owner=own&owner=other", asAdmin, 200, func(p realPage) bool { return p.count("owner", "other") == 100 }},
		"tags are cumulative":                  {"?limit=100&tag=a&tag=b", asAdmin, 200, func(p realPage) bool { return p.countTags("a", "b") == len(p.Images) && len(p.Images) > 0 }},
		"a colon ends an operator":             {"?name=a:b", asAdmin, 400, nil},
		"eq quotes a colon":                    {"?name=eq:a:b", asAdmin, 200, func(p realPage) bool { return p.count("name", "a:b") == len(p.Images) && len(p.Images) > 0 }},
		"an escape in a list is not undone":    {`?name=in:"a\"b"`, asAdmin, 200, func(p realPage) bool { return len(p.Images) == 0 }},
		"an unknown status lists nothing":      {"?status=melting", asAdmin, 200, func(p realPage) bool { return len(p.Images) == 0 }},
		"failed images are never listed":       {"?status=killed", asAdmin, 200, func(p realPage) bool { return len(p.Images) == 0 }},
		"an unknown visibility is refused":     {"?visibility=melting", asAdmin, 400, nil},
		"an unknown marker is refused":         {"?marker=ffffffff-0000-4000-8000-999999999999", asOwn, 400, nil},
		"a marker that is not visible":         {"?marker=00000000-0000-4000-8000-000000000000", asOwn, 403, nil}, // private, and other's
		"blanks around a tag are stripped":     {"?limit=100&tag=%20a%20", asAdmin, 200, func(p realPage) bool { return p.countTags("a") == len(p.Images) && len(p.Images) > 0 }},
		"a filter of microseconds is compared": {"?limit=100&created_at=lte:2024-05-01T08:00:00Z", asAdmin, 200, func(p realPage) bool { return len(p.Images) < p.shownAt(t, s, "2024-05-01T08:00:00Z") }},
		"a property may differ in case only": {"?limit=1", asAdmin, 200, func(p realPage) bool {
			return p.count("Status", "a property") == 1 && p.count("status", "a property") == 0
		}},
		"pending images of others are left out": {"?limit=100&visibility=shared&owner=other&member_status=pending", asOwn, 200, func(p realPage) bool { return len(p.Images) > 0 }},
	} {
		status, text := s.do(t, test.token, http.MethodGet, "/v2/images"+strings.NewReplacer(`"`, "%22", `\`, "%5C").Replace(test.path), "")
		var page realPage
		if err := json.Unmarshal([]byte(text), &page); err != nil || status != test.status || test.want != nil && !test.want(page) {
			t.Errorf("%s: status %d, error %v, %d images, next %q, message %q", name, status, err, len(page.Images), page.Next, page.Message)
		}
	}
}

type realPage struct {
	Images        []map[string]any
	Next, Message string
}

func (p realPage) count(member string, value any) (n int) {
	for _, m := range p.Images {
		if m[member] == value {
			n++
		}
	}
	return n
}

func (p realPage) countTags(tags ...string) (n int) {
	for _, m := range p.Images {
		list, _ := m["tags"].([]any)
		if !slices.ContainsFunc(tags, func(tag string) bool { return !slices.Contains(list, any(tag)) }) {
			n++
		}
	}
	return n
}

// shownAt counts the images that are not hidden and show a time of creation.
func (p realPage) shownAt(t *testing.T, s realServer, at string) (n int) {
	_, text := s.do(t, asAdmin, http.MethodGet, "/v2/images?limit=100&sort=created_at:asc&visibility=all", "")
	var page realPage
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	return page.count("created_at", at)
}

// change alters the images before a request of a listing, whose marker it gets; "" at
// the first page of a call.
type change func(t *testing.T, s realServer, request int, marker string)

func (s realServer) changesWhileListed(t *testing.T) {
	at := func(wanted int, f func(t *testing.T, s realServer, marker string)) change {
		return func(t *testing.T, s realServer, request int, marker string) {
			if request == wanted && marker != "" {
				f(t, s, marker)
			}
		}
	}
	remove := func(t *testing.T, s realServer, marker string) { s.remove(t, marker) }
	other := ""
	for _, test := range []struct {
		name   string
		change change
	}{
		{"the marker's image is deleted at request 2", at(2, remove)},
		{"the marker's image is deleted at request 9", at(9, remove)},
		{"the marker's image becomes private at request 5", at(5, func(t *testing.T, s realServer, marker string) {
			s.replace(t, marker, "visibility", "private")
			s.replace(t, marker, "owner", "other")
		})},
		{"the marker's image becomes hidden at request 4", at(4, func(t *testing.T, s realServer, marker string) { s.replace(t, marker, "os_hidden", true) })},
		{"the image after the marker's is deleted at each request", func(t *testing.T, s realServer, _ int, marker string) {
			if after := s.after(t, marker); marker != "" && after != "" {
				s.remove(t, after)
			}
		}},
		{"an image that was listed is deleted at each request", func(t *testing.T, s realServer, _ int, marker string) {
			if other != "" && other != marker {
				s.remove(t, other)
			}
			other = cmp.Or(s.after(t, ""), marker)
		}},
		{"a hidden image becomes visible at request 20", at(20, func(t *testing.T, s realServer, _ string) {
			s.replace(t, s.stored(t, "os_hidden = 1 and owner = 'own'")[0], "os_hidden", false)
		})},
		{"a visible image becomes hidden at request 20", at(20, func(t *testing.T, s realServer, _ string) {
			s.replace(t, s.stored(t, "os_hidden = 0 and owner = 'own'")[0], "os_hidden", true)
		})},
		{"the marker's image is deleted at each request", func(t *testing.T, s realServer, request int, marker string) {
			if marker != "" {
				s.remove(t, marker)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) { s.listsDuring(t, test.change) })
	}
}

// after returns the visible image after another one, in the order of the server.
func (s realServer) after(t *testing.T, marker string) string {
	path := "/v2/images?limit=1&visibility=all"
	if marker != "" {
		path += "&marker=" + marker
	}
	_, text := s.do(t, asAdmin, http.MethodGet, path, "")
	var page realPage
	if err := json.Unmarshal([]byte(text), &page); err != nil || len(page.Images) == 0 {
		return ""
	}
	id, _ := page.Images[0]["id"].(string)
	return id
}

// listsDuring lists all images by pages of 25 while they change. The result must have
// every image that the project could list before and after, and no image that it could
// never list; or the error must be Incomplete.
func (s realServer) listsDuring(t *testing.T, change change) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	before := s.stored(t, visible("own"))
	requests := 0
	client := s.client(t, asOwn, 25, func(r *http.Request) {
		requests++
		change(t, s, requests, r.URL.Query().Get("marker"))
	})
	got, err := provider.Collect(client.Images(ctx, image.Query{}))
	after, listed := s.stored(t, visible("own")), ids(got)
	outcome := "complete"
	if err != nil {
		outcome = "Incomplete"
	}
	t.Logf("%s: %d images in %d requests; the server had %d, then %d", outcome, len(listed), requests, len(before), len(after))
	if err != nil && !errors.Is(err, provider.Incomplete) {
		t.Errorf("error %v: want none or Incomplete", err)
	}
	for _, id := range listed {
		if !slices.Contains(before, id) && !slices.Contains(after, id) {
			t.Errorf("%s was listed, and the project never could see it", id)
		}
	}
	if err != nil {
		return
	}
	for _, id := range before {
		if slices.Contains(after, id) && !slices.Contains(listed, id) {
			t.Errorf("%s is missing in a listing without an error", id)
		}
	}
}
