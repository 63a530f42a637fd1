package fakecloud_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

// All operations but DescribeImages, which has a test of its own.
func TestSampleIsListedCompletely(t *testing.T) {
	w := fakecloud.Sample()
	cloud := newCloud(t, w)
	rpc := func(key, host, version, action string, list ...string) func(page int) []string {
		return func(page int) []string {
			values := add(common(key, version, action), "RegionId=cn-hangzhou", "PageSize=9", fmt.Sprint("PageNumber=", page+1))
			got := send(t, cloud.Transport(), get(t.Context(), host, signRPC("GET", key+"-secret", values)))
			return ids(at(got.body, list...), "ImageId")
		}
	}
	qing := func(zone, provider string) func(page int) []string {
		return func(page int) []string {
			values := add(qingCommon("sample-qing-key"), "zone="+zone, "provider="+provider, "limit=9", fmt.Sprint("offset=", page*9))
			got := send(t, cloud.Transport(), get(t.Context(), qingHost+"/iaas/", signQing("GET", "/iaas/", "sample-qing-key-secret", values)))
			return ids(got.body["image_set"], "image_id")
		}
	}
	for _, tt := range []struct {
		account, provider, region string
		listings                  []func(page int) []string
	}{
		{"sample-prod", "aliyunswas", "cn-hangzhou", []func(int) []string{
			rpc("sample-prod-key", swasHost, "2020-06-01", "ListCustomImages", "CustomImages"),
		}},
		{"sample-edge", "aliyunens", "", []func(int) []string{
			rpc("sample-edge-key", "https://ens.aliyuncs.com/", "2017-11-10", "DescribeSelfImages", "Images", "Image"),
		}},
		{"sample-qing", "qingcloud", "pek3a", []func(int) []string{qing("pek3a", ""), qing("pek3a", "system"), qing("pek3a", "shared")}},
		{"sample-qing", "qingcloud", "sh1a", []func(int) []string{qing("sh1a", "self"), qing("sh1a", "system"), qing("sh1a", "shared")}},
	} {
		got := []string{}
		for _, listing := range tt.listings {
			for page := 0; ; page++ {
				rows := listing(page)
				if len(rows) == 0 {
					break
				}
				got = append(got, rows...)
			}
		}
		want := imageIDs(w.Visible(tt.account, tt.provider, tt.region))
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s %s: images differ (-want +got):\n%s", tt.account, tt.provider, tt.region, diff)
		}
	}
}
