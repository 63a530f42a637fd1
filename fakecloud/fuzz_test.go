package fakecloud_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
)

// FuzzServe checks that every authentic request gets a JSON response.
func FuzzServe(f *testing.F) {
	for _, query := range []string{
		"", "PageSize=100&PageNumber=99999999999999999999", "Tag.1.Key=a&Tag.x.Key=&Tag..Key=&Tag.1.Key.2=b", "Filter.1.Key=CreationEndTime",
		"ImageIds=[null]&ImageNames={}", "images.=1&images.-1=x&status.0=&offset=1e3", "ImageId=*&ImageName=**", "=&;=%zz", "Status=,,", "RegionId=",
	} {
		f.Add(query)
	}
	w := ecsWorld()
	w.Accounts[0].Images = append(w.Accounts[0].Images, swasWorld().Accounts[0].Images...)
	w.Accounts[0].Images = append(w.Accounts[0].Images, qingWorld().Accounts[0].Images...)
	cloud, err := fakecloud.New(w)
	if err != nil {
		f.Fatal(err)
	}
	cloud.Now = func() time.Time { return clock }
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			values = url.Values{}
		}
		for _, service := range []struct{ version, action string }{
			{"2014-05-26", "DescribeImages"}, {"2014-05-26", "DescribeImageFromFamily"}, {"2020-06-01", "ListCustomImages"}, {"2017-11-10", "DescribeSelfImages"},
		} {
			all := first(values, url.Values{"RegionId": {"cn-hangzhou"}}, common("key", service.version, service.action))
			mustBeJSON(t, cloud, ecsHost+"?"+signRPC("GET", "secret", all).Encode())
		}
		all := first(values, qingCommon("key"))
		mustBeJSON(t, cloud, qingHost+"/iaas/?"+signQing("GET", "/iaas/", "secret", all).Encode())
		mustBeJSON(t, cloud, ecsHost+"?Format=JSON&"+strings.NewReplacer(" ", "", "\x00", "").Replace(query))
	})
}

// first merges values; of a name that is there again, the last list counts.
func first(lists ...url.Values) url.Values {
	all := url.Values{}
	for _, list := range lists {
		for name, values := range list {
			all[name] = values[:1]
		}
	}
	return all
}

func mustBeJSON(t *testing.T, cloud *fakecloud.Cloud, target string) {
	t.Helper()
	address, err := url.Parse(target)
	if err != nil {
		return
	}
	resp, err := cloud.Transport().RoundTrip((&http.Request{Method: "GET", URL: address}).WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !json.Valid(body) || resp.StatusCode >= 500 {
		t.Fatalf("%s: %d %s %v", target, resp.StatusCode, body, err)
	}
}

// FuzzFaults checks that a request ends under every valid script.
func FuzzFaults(f *testing.F) {
	for _, fault := range []string{
		`"do":"latency","wait":"1h","jitter":"1h"`, `"do":"insert","count":3,"anywhere":true`, `"do":"delete","ids":["m-own"]`, `"do":"page_cap","count":9`,
		`"do":"page_repeat"},{"do":"duplicate_rows","count":99999999`, `"do":"gzip_bomb","bytes":9000000000000000000`, `"do":"trickle","wait":"1us","bytes":99999`,
		`"do":"garbage","bytes":-7},{"do":"cut","bytes":-3},{"do":"endless"`, `"do":"throttle","rate":1,"per":"1ns","chance":0.1`, `"do":"replay","body":[1],"status":299`,
		`"do":"page_clamp","count":1},{"do":"total_drift","count":-9},{"do":"total_text"`, `"do":"clock_skew","wait":"-2000000h"`, `"do":"reset_body","each":true,"from":1`,
	} {
		f.Add("{" + fault + "}")
	}
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := fakecloud.ReadFaults(strings.NewReader(`{"faults":[` + text + `]}`))
		if err != nil {
			return
		}
		cloud := newCloud(t, ecsWorld())
		if err := cloud.SetFaults(faults...); err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		fetch(cloud.Transport(), get(ctx, ecsHost, signRPC("GET", "secret", add(common("key", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou"))))
		if cloud.Count("DescribeImages") != 1 {
			t.Error("the request is not in the log")
		}
	})
}
