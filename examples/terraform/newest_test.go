package terraform_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func must(t *testing.T, moment string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// trusted is the query of the rules of trust.
func trusted(q image.Query) image.Query {
	q.Statuses, q.Sources = []image.Status{image.StatusAvailable}, []image.Source{image.SourceSelf, image.SourceSystem}
	return q
}

func TestImageIsTheNewestOfAllTargets(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod, qing)
	got := s.mustRead(t, newest, object{"platforms": list{"ubuntu"}})
	want := expected(t, trusted(image.Query{Platforms: []string{"ubuntu"}}),
		[3]string{"sample-prod", "aliyunecs", "cn-hangzhou"}, [3]string{"sample-prod", "aliyunecs", "cn-beijing"}, [3]string{"sample-qing", "qingcloud", "pek3a"})
	equal(t, "image", want[0], got["image"])
	equal(t, "images", want[:1], got["images"].(list))
	equal(t, "complete", true, got["complete"])
}

// TestImageTrustsOwnAndSystemImages publishes newer images of other accounts, and a
// newer one that is not available.
func TestImageTrustsOwnAndSystemImages(t *testing.T) {
	made := func(id string, source image.Source, status image.Status, day int) fakecloud.Image {
		visibility := image.VisibilityPublic
		if source == image.SourceSelf {
			visibility = image.VisibilityPrivate
		}
		return fakecloud.Image{Image: image.Image{
			Ref: image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: id}, Name: "trap-" + id, Source: source, Visibility: visibility,
			Status: status, OS: image.OSLinux, Owner: "1000000000000001", Created: time.Date(2030, 1, day, 0, 0, 0, 0, time.UTC),
		}}
	}
	cloud := newCloud(t, fakecloud.Sample())
	community := made("m-community", image.SourceCommunity, image.StatusAvailable, 3)
	community.Owner = "1000000000000002"
	own, pending := made("m-self", image.SourceSelf, image.StatusAvailable, 1), made("m-pending", image.SourceSelf, image.StatusPending, 2)
	if err := cloud.Insert("", community); err != nil {
		t.Fatal(err)
	}
	if err := cloud.Insert("sample-prod", own, pending); err != nil {
		t.Fatal(err)
	}
	s := configured(t, cloud, prod)
	query := object{"name_globs": list{"trap-*"}}
	for _, c := range []struct {
		change object
		want   string
	}{
		{nil, "m-self"},
		{object{"statuses": list{"pending"}}, "m-pending"},
		{object{"sources": list{"community", "self"}}, "m-community"},
		{object{"ids": list{"m-community", "m-self"}}, "m-community"},
		{object{"owners": list{"1000000000000001"}}, "m-self"},
	} {
		got := s.mustRead(t, newest, with(query, c.change))
		equal(t, "newest", c.want, got["image"].(object)["id"])
	}
}

func TestPerChoosesTheNewestOfEachGroup(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod, dev)
	got := s.mustRead(t, newest, object{"sources": list{"system"}, "per": list{"region", "platform"}})
	q := trusted(image.Query{})
	q.Sources = []image.Source{image.SourceSystem}
	type group struct{ region, platform any }
	first := map[group]any{}
	for _, m := range expected(t, q,
		[3]string{"sample-prod", "aliyunecs", "cn-hangzhou"}, [3]string{"sample-prod", "aliyunecs", "cn-beijing"}, [3]string{"sample-dev", "aliyunecs", "ap-southeast-1"}) {
		g := group{m.(object)["region"], m.(object)["platform"]}
		if first[g] == nil {
			first[g] = m
		}
	}
	if len(first) < 4 {
		t.Fatalf("the world has only %d groups", len(first))
	}
	equal(t, "number of groups", len(first), len(got["images"].(list)))
	last := ""
	for _, m := range got["images"].(list) {
		region, _ := m.(object)["region"].(string)
		platform, _ := m.(object)["platform"].(string)
		equal(t, region+" "+platform, first[group{m.(object)["region"], m.(object)["platform"]}], m)
		if region+" "+platform <= last {
			t.Errorf("%s %s stands after %s", region, platform, last)
		}
		last = region + " " + platform
	}
	equal(t, "image", nil, got["image"])
}

func TestImageWithoutAMatchIsAnError(t *testing.T) {
	s := configured(t, newCloud(t, fakecloud.Sample()), prod)
	_, diags := s.read(t, newest, object{"names": list{"no such name"}})
	checkDiagnostics(t, diags, "ERROR: No image found: no image matches")
}
