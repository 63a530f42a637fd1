package fakecloud_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestDescribeRegionsListsTheRegionsOfTheWorld(t *testing.T) {
	w := ecsWorld()
	w.Regions["qingcloud"] = []string{"pek3a"}
	cloud := newCloud(t, w)
	got := ecs(t, cloud, ecsKey, "DescribeRegions")
	regions := at(got.body, "Regions", "Region")
	if diff := cmp.Diff([]string{"cn-empty", "cn-hangzhou"}, ids(regions, "RegionId")); diff != "" {
		t.Errorf("regions differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ecs.cn-empty.aliyuncs.com", "ecs.cn-hangzhou.aliyuncs.com"}, ids(regions, "RegionEndpoint")); diff != "" {
		t.Errorf("endpoints differ (-want +got):\n%s", diff)
	}
	if last := cloud.Requests()[0]; len(last.Unknown) > 0 || last.Code != "" {
		t.Errorf("logged %+v", last)
	}
}

func TestDescribeZonesListsTheZonesOfARegion(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	got := ecs(t, cloud, ecsKey, "DescribeZones", "RegionId=cn-hangzhou")
	if diff := cmp.Diff([]string{"cn-hangzhou-a", "cn-hangzhou-b"}, ids(at(got.body, "Zones", "Zone"), "ZoneId")); diff != "" {
		t.Errorf("zones differ (-want +got):\n%s", diff)
	}
	for pair, want := range map[string]string{"RegionId=": "MissingParameter", "RegionId=cn-atlantis": "InvalidRegionId.NotFound"} {
		if got := ecs(t, cloud, ecsKey, "DescribeZones", pair); got.code != want {
			t.Errorf("%s: code %q, want %q", pair, got.code, want)
		}
	}
}

// The responses without images can be XML, too.
func TestDescribeRegionsInXML(t *testing.T) {
	op := operation{name: "regions", version: "2014-05-26", action: "DescribeRegions"}
	got, root := op.askXML(t, newCloud(t, ecsWorld()), []string{"XML"})
	if diff := cmp.Diff([]string{"cn-empty", "cn-hangzhou"}, root.find("Regions", "Region", "RegionId")); diff != "" {
		t.Errorf("regions differ (-want +got):\n%s\n%s", diff, got.Body)
	}
}

func TestQingDescribeZonesFiltersZones(t *testing.T) {
	w := qingWorld()
	w.Regions = map[string][]string{"qingcloud": {"sh1a"}, "aliyunecs": {"cn-hangzhou"}}
	cloud := newCloud(t, w)
	for query, want := range map[string]string{
		"":                                "pek3a sh1a",
		"zone=":                           "pek3a sh1a",
		"zones.1=sh1a":                    "sh1a",
		"zones.0=mars":                    "",
		"status.1=active":                 "pek3a sh1a",
		"status.1=faulty":                 "",
		"status.1=faulty status.2=active": "pek3a sh1a",
	} {
		got := qing(t, cloud, "/iaas/", append([]string{"action=DescribeZones"}, strings.Fields(query)...)...)
		if diff := cmp.Diff(strings.Fields(want), ids(got.body["zone_set"], "zone_id")); diff != "" || retCode(got) != "200 0" {
			t.Errorf("%q: %s, zones differ (-want +got):\n%s", query, retCode(got), diff)
		}
		if total := fmt.Sprint(got.body["total_count"]); total != fmt.Sprint(len(strings.Fields(want))) {
			t.Errorf("%q: total_count is %s", query, total)
		}
	}
	for query, want := range map[string]string{"status.1=asleep": "200 1100", "signature_method=none": "200 1100"} {
		if got := qing(t, cloud, "/iaas/", "action=DescribeZones", query); retCode(got) != want {
			t.Errorf("%s: %s, want %s", query, retCode(got), want)
		}
	}
}

// A key that must not list images may still ask for zones.
func TestDeniedKeysSeeRegions(t *testing.T) {
	cloud := newCloud(t, authWorld())
	if got := ecs(t, cloud, fakecloud.Key{ID: "denied", Secret: "s"}, "DescribeRegions"); got.status != 200 {
		t.Errorf("got %v", got.body)
	}
}

func TestDescribeEndpointsReturnsTheAddressOfTheRequest(t *testing.T) {
	for _, tt := range []struct{ url, service, region, want string }{
		{"http://127.0.0.1:8080/", "ecs", "cn-hangzhou", "127.0.0.1:8080 [HTTP]"},
		{"http://[::1]:8080/", "vpc", "cn-mars", "[::1]:8080 [HTTP]"},
		{"http://localhost/", "ecs", "cn-hangzhou", "localhost [HTTP]"},
		{"https://location-readonly.aliyuncs.com/", "ecs", "cn-hangzhou", "ecs.cn-hangzhou.aliyuncs.com [HTTPS]"},
		{"https://location.aliyuncs.com:8443/", "ECS", "cn-beijing", "ecs.cn-beijing.aliyuncs.com:8443 [HTTPS]"},
		{"https://location.aliyuncs.com/", "ens", "cn-hangzhou", "ens.aliyuncs.com [HTTPS]"},
		{"https://location.aliyuncs.com/", "SWAS-OPEN", "cn-hangzhou", "swas.cn-hangzhou.aliyuncs.com [HTTPS]"},
	} {
		cloud := newCloud(t, ecsWorld())
		values := add(common("key", "2015-06-12", "DescribeEndpoints"), "Id="+tt.region, "ServiceCode="+tt.service, "Type=openAPI")
		got := send(t, cloud.Transport(), get(t.Context(), tt.url, signRPC(http.MethodGet, "secret", values)))
		list, _ := at(got.body, "Endpoints", "Endpoint").([]any)
		if len(list) != 1 || got.body["Success"] != true {
			t.Errorf("%s: got %v", tt.url, got.body)
			continue
		}
		if text := fmt.Sprint(at(list[0], "Endpoint"), " ", at(list[0], "Protocols", "Protocols")); text != tt.want {
			t.Errorf("%s: endpoint %s, want %s", tt.url, text, tt.want)
		}
		if code := at(list[0], "SerivceCode"); code != tt.service {
			t.Errorf("%s: service code %v", tt.url, code)
		}
	}
	for _, pair := range []string{"Id=", "ServiceCode=", "Type=other"} {
		got := ask(t, newCloud(t, ecsWorld()), ecsKey, "2015-06-12", "DescribeEndpoints", "Id=cn-hangzhou", "ServiceCode=ecs", pair)
		if got.status != 400 {
			t.Errorf("%s: status %d", pair, got.status)
		}
	}
}
