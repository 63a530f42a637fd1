package fakecloud_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

// pages asks for the first pages of five rows, and shows each as "total: ids".
func pages(t *testing.T, cloud *fakecloud.Cloud, op operation, last int) []string {
	t.Helper()
	var out []string
	for n := 1; n <= last; n++ {
		got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", n, 5))
		out = append(out, strings.TrimSpace(fmt.Sprint(got.json()[op.total], ": ", op.rows(got))))
	}
	return out
}

// Every listing has 30 rows in pages of five.
func TestPageFaultsChangePages(t *testing.T) {
	const one, two, three = "m-29 m-28 m-27 m-26 m-25", "m-24 m-23 m-22 m-21 m-20", "m-19 m-18 m-17 m-16 m-15"
	for _, tt := range []struct {
		name   string
		faults []fakecloud.Fault
		want   []string
	}{
		{"none", nil, []string{"30: " + one, "30: " + two}},
		{"total missing", []fakecloud.Fault{{Do: fakecloud.TotalMissing}}, []string{"<nil>: " + one, "<nil>: " + two}},
		{"total zero", []fakecloud.Fault{{Do: fakecloud.TotalZero}}, []string{"0: " + one}},
		{"total high", []fakecloud.Fault{{Do: fakecloud.TotalAdd, Count: 7}}, []string{"37: " + one}},
		{"total low", []fakecloud.Fault{{Do: fakecloud.TotalAdd, Count: -29}}, []string{"1: " + one}},
		{"totals drift", []fakecloud.Fault{{Do: fakecloud.TotalDrift}}, []string{"30: " + one, "31: " + two, "32: " + three}},
		{"totals fall", []fakecloud.Fault{{Do: fakecloud.TotalDrift, Count: -2}}, []string{"30: " + one, "28: " + two}},
		{"total once", []fakecloud.Fault{{Do: fakecloud.TotalZero, Page: 2}}, []string{"30: " + one, "0: " + two, "30: " + three}},
		{"cap", []fakecloud.Fault{{Do: fakecloud.PageCap, Count: 2}}, []string{"30: m-29 m-28", "30: m-24 m-23"}},
		{"short", []fakecloud.Fault{{Do: fakecloud.PageShort, Page: 2}}, []string{"30: " + one, "30: m-24 m-23 m-22 m-21", "30: " + three}},
		{"shorter", []fakecloud.Fault{{Do: fakecloud.PageShort, Count: 9}}, []string{"30:"}},
		{"empty", []fakecloud.Fault{{Do: fakecloud.PageEmpty, Page: 2, Times: 1}}, []string{"30: " + one, "30:", "30: " + three}},
		{"repeat", []fakecloud.Fault{{Do: fakecloud.PageRepeat}}, []string{"30: " + one, "30: " + one, "30: " + two}},
		{"first", []fakecloud.Fault{{Do: fakecloud.PageFirst, From: 2}}, []string{"30: " + one, "30: " + one, "30: " + one}},
		{"duplicate", []fakecloud.Fault{{Do: fakecloud.DuplicateRows, Count: 2}}, []string{"30: m-29 m-28 " + one}},
		{"total on the first page", []fakecloud.Fault{{Do: fakecloud.TotalFirst}}, []string{"30: " + one, "<nil>: " + two, "<nil>: " + three}},
		{"extended", []fakecloud.Fault{{Do: fakecloud.PageExtend, Count: 2, Page: 1}}, []string{"30: " + one + " m-24 m-23", "30: " + two}},
		{"filtered", []fakecloud.Fault{{Do: fakecloud.PageFilter, Count: 4}}, []string{"23: m-29 m-28 m-27 m-25", "23: m-24 m-23 m-21 m-20"}},
		{"row repeated", []fakecloud.Fault{{Do: fakecloud.RepeatRows, Page: 2}}, []string{"30: " + one, "30: m-24 m-23 m-22 m-21 m-29", "30: " + three}},
		{"unstable order without ties", []fakecloud.Fault{{Do: fakecloud.UnstableOrder}}, []string{"30: " + one, "30: " + two}},
		{"several", []fakecloud.Fault{{Do: fakecloud.PageCap, Count: 1}, {Do: fakecloud.DuplicateRows}, {Do: fakecloud.TotalAdd, Count: 1}, {Do: fakecloud.TotalAdd, Count: 1}},
			[]string{"32: m-29 m-29"}},
	} {
		for _, op := range listings() {
			got := pages(t, op.cloud(t, tt.faults...), op, len(tt.want))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s, %s: pages differ (-want +got):\n%s", tt.name, op.name, diff)
			}
		}
	}
}

func TestIgnoredParamsHaveTheirDefaults(t *testing.T) {
	for _, op := range listings() {
		names := []string{"PageNumber", "PageSize"}
		want := "m-29 m-28 m-27 m-26 m-25 m-24 m-23 m-22 m-21 m-20"
		if op.qing() {
			names = []string{"offset", "limit"}
			want += " m-19 m-18 m-17 m-16 m-15 m-14 m-13 m-12 m-11 m-10"
		}
		cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.IgnoreParams, Names: names, Page: 2, Times: 1})
		for _, want := range []string{want, "m-24 m-23 m-22 m-21 m-20"} {
			got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 2, 5))
			if diff := cmp.Diff(want, op.rows(got)); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", op.name, diff)
			}
		}
	}
}

func TestPageClampChangesTheReportedSize(t *testing.T) {
	for _, op := range listings() {
		want := []string{"30: m-29 m-28 m-27", "30: m-26 m-25 m-24"}
		if op.qing() {
			want[1] = "30: m-24 m-23 m-22" // an offset stays where it is
		}
		cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.PageClamp, Count: 3})
		if diff := cmp.Diff(want, pages(t, cloud, op, 2)); diff != "" {
			t.Errorf("%s: pages differ (-want +got):\n%s", op.name, diff)
		}
		got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 5)).json()
		if size := got["PageSize"]; size != nil && fmt.Sprint(size) != "3" {
			t.Errorf("%s: PageSize is %v", op.name, size)
		}
	}
}

func TestTotalFaultsChangeTypes(t *testing.T) {
	for _, op := range listings() {
		for do, quote := range map[fakecloud.FaultKind]string{fakecloud.TotalText: `"`, fakecloud.TotalNumber: ""} {
			cloud := op.cloud(t, fakecloud.Fault{Do: do}, fakecloud.Fault{Do: fakecloud.TotalAdd, Count: 1})
			got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 2, 7))
			want := []string{`"` + op.total + `":` + quote + "31" + quote}
			if !op.qing() {
				want = append(want, `"PageNumber":`+quote+"2"+quote, `"PageSize":`+quote+"7"+quote)
			}
			for _, want := range want {
				if !strings.Contains(got.Body, want) {
					t.Errorf("%s, %s: no %s in %.200s", do, op.name, want, got.Body)
				}
			}
		}
	}
}

// A response of DescribeImageFromFamily has no page.
func TestPageFaultsDoNotActOnTheFamily(t *testing.T) {
	op := operations()[1]
	cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.PageEmpty}, fakecloud.Fault{Do: fakecloud.TotalZero})
	got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0))
	if id := at(got.json(), "Image", "ImageId"); id != "m-29" || len(cloud.Requests()[0].Faults) != 0 {
		t.Errorf("image %v, faults %v", id, cloud.Requests()[0].Faults)
	}
}
