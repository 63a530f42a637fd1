package fakecloud_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func TestSampleIsValid(t *testing.T) {
	w := fakecloud.Sample()
	newCloud(t, w)
	if diff := cmp.Diff(w, fakecloud.Sample()); diff != "" {
		t.Errorf("two samples differ (-want +got):\n%s", diff)
	}
	for _, account := range w.Accounts {
		if !strings.HasPrefix(account.Name, "sample-") {
			t.Errorf("account %s", account.Name)
		}
		for _, m := range slices.Concat(account.Images, w.Images) {
			if !strings.Contains(m.ID, "sample") {
				t.Errorf("image %s", m.Ref)
			}
		}
	}
}

func TestSampleHasEveryKindOfImage(t *testing.T) {
	w := fakecloud.Sample()
	hangzhou := w.Visible("sample-prod", "aliyunecs", "cn-hangzhou")
	swas := w.Visible("sample-prod", "aliyunswas", "cn-hangzhou")
	ens := w.Visible("sample-edge", "aliyunens", "")
	qing := w.Visible("sample-qing", "qingcloud", "pek3a")
	for name, n := range map[string]int{
		"ECS": len(hangzhou) - 100, "SWAS": len(swas) - 10, "ENS": len(ens) - 50, "QingCloud": len(qing) - 35,
		"ECS sh": len(w.Visible("sample-dev", "aliyunecs", "ap-southeast-1")), "sh1a": len(w.Visible("sample-qing", "qingcloud", "sh1a")),
	} {
		if n <= 0 {
			t.Errorf("too few images at %s", name)
		}
	}
	all := slices.Concat(hangzhou, swas, ens, qing)
	has := func(q image.Query) bool { return slices.ContainsFunc(all, q.Match) }
	for _, status := range image.Statuses() {
		if !has(image.Query{Statuses: []image.Status{status}}) {
			t.Errorf("no image is %s", status)
		}
	}
	for _, source := range image.Sources() {
		if !has(image.Query{Sources: []image.Source{source}}) {
			t.Errorf("no image is %s", source)
		}
	}
	for _, arch := range image.Archs() {
		if !has(image.Query{Archs: []image.Arch{arch}}) {
			t.Errorf("no image is for %s", arch)
		}
	}
	for _, platform := range []string{"ubuntu", "centos", "aliyun", "windows", "redhat", "debian", "rocky", "kylin"} {
		if !has(image.Query{Platforms: []string{platform}}) {
			t.Errorf("no image has %s", platform)
		}
	}
}
