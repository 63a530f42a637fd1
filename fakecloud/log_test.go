package fakecloud_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestRequestsAreLogged(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "Colour=red", "Tag.1.Key=k", "Tag.1.Name=n")
	ecs(t, cloud, ecsKey, "DescribeImages")
	ecs(t, cloud, fakecloud.Key{ID: "nobody"}, "DescribeImageFromFamily")
	qing(t, cloud, "/iaas/", "zone=mars")
	send(t, cloud.Transport(), get(t.Context(), "https://example.com/elsewhere", nil))
	want := []fakecloud.Request{
		{Account: "prod", Provider: "aliyunecs", Region: "cn-hangzhou", Action: "DescribeImages", Host: "ecs.cn-hangzhou.aliyuncs.com", Path: "/", Status: 200, Unknown: []string{"Colour", "Tag.1.Name"}},
		{Account: "prod", Provider: "aliyunecs", Action: "DescribeImages", Host: "ecs.cn-hangzhou.aliyuncs.com", Path: "/", Status: 400, Code: "MissingParameter"},
		{Provider: "aliyunecs", Action: "DescribeImageFromFamily", Host: "ecs.cn-hangzhou.aliyuncs.com", Path: "/", Status: 404, Code: "InvalidAccessKeyId.NotFound"},
		{Account: "prod", Provider: "qingcloud", Region: "mars", Action: "DescribeImages", Host: "api.qingcloud.com", Path: "/iaas/", Status: 200, Code: "1100"},
		{Host: "example.com", Path: "/elsewhere", Status: 404, Code: "NotFound"},
	}
	for i := range want {
		want[i].Time, want[i].Method = clock, http.MethodGet
	}
	got := cloud.Requests()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(fakecloud.Request{}, "ID", "Params", "Header")); diff != "" {
		t.Errorf("log differs (-want +got):\n%s", diff)
	}
	if colour := got[0].Params.Get("Colour"); colour != "red" {
		t.Errorf("Colour is %q", colour)
	}
	got[0].Params["Colour"][0] = "blue"
	if colour := cloud.Requests()[0].Params.Get("Colour"); colour != "red" {
		t.Errorf("the log is not the cloud's own: Colour is %q", colour)
	}
	cloud.Reset()
	if got := cloud.Requests(); len(got) != 0 {
		t.Errorf("after Reset: %v", got)
	}
}

func TestCountAndFindSelectRequests(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	for page := range 3 {
		ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", fmt.Sprint("PageNumber=", page+1))
	}
	ecs(t, cloud, ecsKey, "DescribeImageFromFamily", "RegionId=cn-hangzhou")
	for action, want := range map[string]int{"DescribeImages": 3, "DescribeImageFromFamily": 1, "ListCustomImages": 0, "": 4} {
		if got := cloud.Count(action); got != want {
			t.Errorf("%q was asked %d times, want %d", action, got, want)
		}
	}
	refused := cloud.Find(func(r fakecloud.Request) bool { return r.Status != 200 })
	if len(refused) != 1 || refused[0].Code != "MissingParameter" {
		t.Errorf("refused were %+v", refused)
	}
}

func TestLogIsBounded(t *testing.T) {
	cloud := newCloud(t, fakecloud.World{})
	rt := cloud.Transport()
	for range fakecloud.KeptRequests + 2 {
		resp, err := rt.RoundTrip(&http.Request{URL: &url.URL{Host: "x", Path: "/elsewhere"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
	if n := len(cloud.Requests()); n != fakecloud.KeptRequests {
		t.Errorf("%d requests kept, want %d", n, fakecloud.KeptRequests)
	}
}
