package terraform_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const (
	images = "imagequery_images"
	newest = "imagequery_image"
)

// expected returns the images of the sample world that a query matches in the scope of
// the targets, newest first, as the state has them.
func expected(t *testing.T, q image.Query, scopes ...[3]string) list {
	t.Helper()
	world := fakecloud.Sample()
	hits := []provider.Hit{}
	for _, scope := range scopes {
		account, service, region := scope[0], scope[1], scope[2]
		name := account + "-" + service
		if region != "" {
			name += "/" + region
		}
		for _, m := range world.Visible(account, service, region) {
			if q.Match(m) {
				hits = append(hits, provider.Hit{Target: name, Image: m})
			}
		}
	}
	slices.SortFunc(hits, func(a, b provider.Hit) int {
		return cmp.Or(image.CompareNewest(a.Image, b.Image), strings.Compare(a.Target, b.Target))
	})
	out := list{}
	for _, hit := range hits {
		out = append(out, stateOf(t, hit))
	}
	return out
}

// stateOf returns an image as the state has it.
func stateOf(t *testing.T, hit provider.Hit) object {
	t.Helper()
	text, err := json.Marshal(hit.Image)
	if err != nil {
		t.Fatal(err)
	}
	var members object
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	members["target"] = hit.Target
	return withInts(members).(object)
}

// withInts turns the numbers of decoded JSON into int.
func withInts(v any) any {
	switch v := v.(type) {
	case float64:
		return int(v)
	case object:
		for key := range v {
			v[key] = withInts(v[key])
		}
	case list:
		for i := range v {
			v[i] = withInts(v[i])
		}
	}
	return v
}

func TestImagesHasEveryFieldOfEachMatch(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod, qing)
	got := s.mustRead(t, images, object{"platforms": list{"ubuntu"}, "sources": list{"system", "self"}, "statuses": list{"available"}})
	q := image.Query{Platforms: []string{"ubuntu"}, Sources: []image.Source{"system", "self"}, Statuses: []image.Status{"available"}}
	want := expected(t, q, [3]string{"sample-prod", "aliyunecs", "cn-hangzhou"}, [3]string{"sample-prod", "aliyunecs", "cn-beijing"}, [3]string{"sample-qing", "qingcloud", "pek3a"})
	if len(want) < 5 {
		t.Fatalf("the world has only %d matches", len(want))
	}
	equal(t, "images", want, got["images"].(list))
	equal(t, "complete", true, got["complete"].(bool))
	equal(t, "missing", list{}, got["missing"].(list))
	equal(t, "targets of the reports", []string{"sample-prod-aliyunecs/cn-hangzhou", "sample-prod-aliyunecs/cn-beijing", "sample-qing-qingcloud/pek3a"}, columnOf(got["reports"], "target"))
}

// TestImagesTakesEveryPredicate gives each predicate a value of one image, which must
// be found by it, and compares with Match.
func TestImagesTakesEveryPredicate(t *testing.T) {
	const account, service, region = "sample-prod", "aliyunecs", "cn-hangzhou"
	s := configured(t, newCloud(t, fakecloud.Sample()), target(account, service, "http://127.0.0.1/", region))
	every := object{"statuses": list{}}
	for _, status := range image.Statuses() {
		every["statuses"] = append(every["statuses"].(list), string(status))
	}
	for _, c := range []struct {
		config object
		query  image.Query
	}{
		{object{"names": list{"web-1"}}, image.Query{Names: []string{"web-1"}}},
		{object{"name_globs": list{"*ubuntu*"}}, image.Query{NameGlobs: []string{"*ubuntu*"}}},
		{object{"name_contains": list{"UBUNTU"}}, image.Query{NameContains: []string{"UBUNTU"}}},
		{object{"regions": list{region}}, image.Query{Regions: []string{region}}},
		{object{"sources": list{"self"}}, image.Query{Sources: []image.Source{"self"}}},
		{object{"visibilities": list{"PRIVATE"}}, image.Query{Visibilities: []image.Visibility{"private"}}},
		{object{"oses": list{"windows"}}, image.Query{OSes: []image.OS{"windows"}}},
		{object{"platforms": list{"Alibaba Cloud Linux"}}, image.Query{Platforms: []string{"Alibaba Cloud Linux"}}},
		{object{"os_versions": list{"22"}, "sources": list{"system"}}, image.Query{OSVersions: []string{"22"}, Sources: []image.Source{"system"}}},
		{object{"archs": list{"aarch64"}}, image.Query{Archs: []image.Arch{image.ArchARM64}}},
		{object{"created_after": "2024-01-01T00:00:00+08:00", "created_before": "2024-06-01T00:00:00Z"},
			image.Query{CreatedAfter: must(t, "2024-01-01T00:00:00+08:00"), CreatedBefore: must(t, "2024-06-01T00:00:00Z")}},
	} {
		c.query.Statuses = image.Statuses()
		if c.query.Sources == nil {
			c.query.Sources = []image.Source{"system", "self", "shared"}
			c.config["sources"] = list{"system", "self", "shared"}
		}
		got := s.mustRead(t, images, with(c.config, every))
		equal(t, c.query.String(), expected(t, c.query, [3]string{account, service, region}), got["images"].(list))
	}
}

func TestImagesFindsByTheValuesOfAnImage(t *testing.T) {
	m := image.Image{
		Ref: image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-full"}, Name: "full", Family: "full-family", Source: image.SourceSelf,
		Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, OS: image.OSLinux, Owner: "1000000000000001",
		SourceSnapshots: []string{"s-full"}, ResourceGroup: "rg-full", Tags: map[string]string{"purpose": "full"}, SizeGiB: 40,
		Disks:   []image.Disk{{Type: "system", Device: "/dev/xvda", SizeGiB: 40, SnapshotID: "s-full"}},
		Created: must(t, "2024-05-01T00:00:00Z"),
	}
	cloud := newCloud(t, fakecloud.Sample())
	if err := cloud.Insert("sample-prod", fakecloud.Image{Image: m}); err != nil {
		t.Fatal(err)
	}
	s := configured(t, cloud, prod)
	for name, value := range map[string]any{
		"ids": list{"m-full"}, "owners": list{m.Owner}, "families": list{m.Family},
		"source_snapshots": list{"s-full"}, "resource_groups": list{m.ResourceGroup}, "tags": object{"purpose": "full"},
	} {
		got := s.mustRead(t, images, object{"names": list{"full"}, name: value})
		equal(t, "found by "+name, list{stateOf(t, provider.Hit{Target: "sample-prod-aliyunecs/cn-hangzhou", Image: m})}, got["images"].(list))
		other := with(object{"names": list{"full"}}, object{name: list{"other"}})
		if name == "tags" {
			other[name] = object{"purpose": "other"}
		}
		equal(t, "found by another value of "+name, list{}, s.mustRead(t, images, other)["images"].(list))
	}
}

func TestImagesFindsBySourceInstance(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), swas)
	got := s.mustRead(t, images, object{"source_instances": list{"swas-sample-1"}})
	q := image.Query{SourceInstances: []string{"swas-sample-1"}}
	want := expected(t, q, [3]string{"sample-prod", "aliyunswas", "cn-hangzhou"})
	if len(want) == 0 {
		t.Fatal("the world has no such image")
	}
	equal(t, "images", want, got["images"].(list))
}

func TestImagesLimitAndNative(t *testing.T) {
	cloud := newCloud(t, fakecloud.Sample())
	s := configured(t, cloud, prod)
	got := s.mustRead(t, images, object{"limit": 3, "native": object{"aliyunecs": object{"Usage": "instance"}}})
	if n := len(got["images"].(list)); n > 3 {
		t.Errorf("%d images under a limit of 3", n)
	}
	equal(t, "limit in the state", 3, got["limit"].(int))
	sent := cloud.Find(func(r fakecloud.Request) bool { return r.Params.Get("Usage") == "instance" })
	if len(sent) == 0 || len(sent) != cloud.Count("") {
		t.Errorf("%d of %d requests have the native parameter", len(sent), cloud.Count(""))
	}
}

func TestImagesDistinctHasEachImageOnce(t *testing.T) {
	again := with(prod, object{"name": "again", "regions": list{"cn-hangzhou"}})
	s := configured(t, newCloud(t, fakecloud.Sample()), with(prod, object{"regions": list{"cn-hangzhou"}}), again)
	query := object{"sources": list{"system"}}
	twice := columnOf(s.mustRead(t, images, query)["images"], "id")
	once := s.mustRead(t, images, with(query, object{"distinct": true}))
	if len(twice) == 0 || len(twice) != 2*len(once["images"].(list)) {
		t.Errorf("%d images, %d with distinct", len(twice), len(once["images"].(list)))
	}
	if slices.Contains(columnOf(once["images"], "target"), "again/cn-hangzhou") {
		t.Error("an image is of the second target")
	}
}

func TestImagesWithoutMatchesAreAnEmptyList(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod)
	got := s.mustRead(t, images, object{"names": list{"no such name"}})
	equal(t, "images", list{}, got["images"].(list))
}

func TestSkipUnreportedNamesWhatIsSkipped(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod, edge)
	query := object{"families": list{"none"}}
	_, diags := s.read(t, images, query)
	checkDiagnostics(t, diags, "ERROR: 1 of 3 targets failed: …sample-edge-aliyunens: …families…set skip_unreported = true")
	got := s.mustRead(t, images, with(query, object{"skip_unreported": true}))
	report := got["reports"].(list)[2].(object)
	equal(t, "skipped", list{"families"}, report["skipped"].(list))
	equal(t, "complete", true, report["complete"].(bool))
}

func TestNativeRecordIsKeptOnRequest(t *testing.T) {
	cloud := newCloud(t, fakecloud.Sample())
	query := object{"sources": list{"self"}, "limit": 1}
	s := start(t, cloud)
	checkDiagnostics(t, s.configure(t, object{"targets": list{prod}, "keep_native": true}))
	got := s.mustRead(t, images, query)["images"].(list)[0].(object)
	var record object
	if err := json.Unmarshal([]byte(got["native"].(string)), &record); err != nil {
		t.Fatal(err)
	}
	equal(t, "ImageId of the record", got["id"], record["ImageId"])
	without := configured(t, cloud, prod).mustRead(t, images, query)["images"].(list)[0].(object)
	equal(t, "native without keep_native", nil, without["native"])
}
