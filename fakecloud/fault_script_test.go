package fakecloud_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestFaultsSelectRequests(t *testing.T) {
	all := operations()
	ask := func(cloud *fakecloud.Cloud) string {
		hit := ""
		for _, r := range []*http.Request{
			all[0].request(t.Context(), ecsHost[:len(ecsHost)-1], 2, 10, "Status=Available"),
			all[3].request(t.Context(), "http://ens.example", 1, 0),
			all[4].request(t.Context(), qingHost, 3, 10),
			get(t.Context(), "http://cloud.example/elsewhere", nil),
		} {
			if got := fetch(cloud.Transport(), r); got.Status == 418 {
				hit += "x"
			} else {
				hit += "-"
			}
		}
		return hit
	}
	for _, tt := range []struct {
		fault fakecloud.Fault
		want  string
	}{
		{fakecloud.Fault{}, "xxxx"},
		{fakecloud.Fault{Account: "prod"}, "xxx-"},
		{fakecloud.Fault{Account: "dev"}, "----"},
		{fakecloud.Fault{Key: "key"}, "xxx-"},
		{fakecloud.Fault{Key: "dev"}, "----"},
		{fakecloud.Fault{Provider: "aliyunecs"}, "x---"},
		{fakecloud.Fault{Provider: "qingcloud", Action: "DescribeImages"}, "--x-"},
		{fakecloud.Fault{Region: "cn-hangzhou"}, "x---"},
		{fakecloud.Fault{Region: "pek3a"}, "--x-"},
		{fakecloud.Fault{Action: "DescribeImages"}, "x-x-"},
		{fakecloud.Fault{Page: 2}, "x---"},
		{fakecloud.Fault{Page: 3}, "--x-"},
		{fakecloud.Fault{Page: 1}, "-x-x"},
		{fakecloud.Fault{Params: map[string]string{"Status": "Available"}}, "x---"},
		{fakecloud.Fault{Params: map[string]string{"Status": "", "zone": ""}}, "-x-x"},
		{fakecloud.Fault{From: 2}, "-xxx"},
		{fakecloud.Fault{Times: 2}, "xx--"},
		{fakecloud.Fault{From: 2, Times: 1, Action: "DescribeImages"}, "--x-"},
		{fakecloud.Fault{From: 2, Each: true}, "----"},
		{fakecloud.Fault{Times: 1, Each: true}, "xxxx"},
	} {
		tt.fault.Do, tt.fault.Status = fakecloud.Replay, 418
		if got := ask(faultCloud(t, tt.fault)); got != tt.want {
			t.Errorf("%+v hits %s, want %s", tt.fault, got, tt.want)
		}
	}
}

func TestFaultsSelectPages(t *testing.T) {
	op := operations()[4]
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.HTMLPage, Page: 2})
	for pairs, want := range map[string]int{
		"": 200, "offset=20": 502, "offset=100 limit=1000": 502, "offset=21": 200, "offset=x": 200, "limit=0": 200, "limit=-1 offset=-1": 200,
	} {
		if got := fetch(cloud.Transport(), op.request(t.Context(), qingHost, 1, 0, strings.Fields(pairs)...)); got.Status != want {
			t.Errorf("%q: status %d, want %d", pairs, got.Status, want)
		}
	}
	bad := operations()[0].request(t.Context(), "http://cloud.example", 1, 0, "PageNumber=x")
	if got := fetch(cloud.Transport(), bad); got.Status != 400 {
		t.Errorf("PageNumber=x: status %d", got.Status)
	}
}

// A fault does not count requests that an earlier fault responded to. Additions of
// several faults add up.
func TestFaultsWithTimesFormASequence(t *testing.T) {
	op := operations()[0]
	cloud := faultCloud(t,
		fakecloud.Fault{Do: fakecloud.Throttle, Times: 2},
		fakecloud.Fault{Do: fakecloud.ServerError, Times: 1},
		fakecloud.Fault{Do: fakecloud.PageEmpty, Times: 1},
		fakecloud.Fault{Do: fakecloud.TotalZero, Times: 2},
	)
	var got []string
	for range 6 {
		o := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 1))
		got = append(got, strings.TrimSpace(fmt.Sprint(o.code(), " ", o.json()["TotalCount"], " ", op.rows(o))))
	}
	want := []string{
		"400 Throttling.User <nil>", "400 Throttling.User <nil>", "500 InternalError <nil>", "200 0", "200 0 m-29", "200 30 m-29",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers differ (-want +got):\n%s", diff)
	}
	logged := cloud.Requests()[3].Faults
	if diff := cmp.Diff([]fakecloud.FaultKind{fakecloud.PageEmpty, fakecloud.TotalZero}, logged); diff != "" {
		t.Errorf("logged faults differ (-want +got):\n%s", diff)
	}
	if err := cloud.SetFaults(); err != nil {
		t.Fatal(err)
	}
	if o := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 1)); op.rows(o) != "m-29" {
		t.Errorf("without faults: %+v", o)
	}
}

// The same 20 requests, in order and concurrently, have the same outcomes.
func TestChanceDependsOnSeedAndRequest(t *testing.T) {
	op := operations()[0]
	run := func(seed uint64, ask func(page func(n int))) string {
		cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.ServerError, Chance: 0.5, Seed: seed})
		hit := make([]string, 40)
		ask(func(n int) {
			for try := range 2 {
				hit[2*n+try] = fmt.Sprint(fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", n+1, 1)).Status)
			}
		})
		return strings.Join(hit, " ")
	}
	inOrder := func(page func(int)) {
		for n := range 20 {
			page(n)
		}
	}
	atOnce := func(page func(int)) {
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() { page(n) })
		}
		wg.Wait()
	}
	one := run(1, inOrder)
	if again := run(1, atOnce); again != one {
		t.Errorf("seed 1:\n%s, then\n%s", one, again)
	}
	if one == run(2, inOrder) {
		t.Error("seeds 1 and 2 are the same")
	}
	if n := strings.Count(one, "500"); n < 8 || n > 32 {
		t.Errorf("%d of 40 requests failed by a chance of 0.5", n)
	}
}

func TestSetFaultsRefuses(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.HTMLPage})
	for want, fault := range map[string]fakecloud.Fault{
		"fault 2 (flood): unknown kind of fault":        {Do: "flood"},
		"fault 2 (): unknown kind of fault":             {},
		"(hang): bytes is not a field of this kind":     {Do: fakecloud.Hang, Bytes: 1},
		"(hang_body): wait is not a field of this kind": {Do: fakecloud.HangBody, Wait: 1},
		"(latency): wait or jitter is not set":          {Do: fakecloud.Latency},
		"(trickle): wait or jitter is not set":          {Do: fakecloud.Trickle, Bytes: 1},
		"(page_cap): count is not set":                  {Do: fakecloud.PageCap},
		"(ignore_params): names is not set":             {Do: fakecloud.IgnoreParams},
		"(hang): message is not a field of this kind":   {Do: fakecloud.Hang, Message: "x"},
		"(clock_skew): wait is not set":                 {Do: fakecloud.ClockSkew},
		"(latency): a number is negative":               {Do: fakecloud.Latency, Wait: -1},
		"(page_cap): a number is negative":              {Do: fakecloud.PageCap, Count: -1},
		"(reset): a number is negative":                 {Do: fakecloud.Reset, Times: -1},
		"(reset): chance is not from 0 to 1":            {Do: fakecloud.Reset, Chance: 1.1},
		"(html): status is 99":                          {Do: fakecloud.HTMLPage, Status: 99},
		"(gzip_bomb): a number is negative":             {Do: fakecloud.GzipBomb, Bytes: -1},
		"(insert): count is more than 10000":            {Do: fakecloud.InsertImages, Count: 10_001},
		"(replay): the header Content-length":           {Do: fakecloud.Replay, Header: map[string]string{"Content-length": "9"}},
		`(reset): unknown provider "ec2"`:               {Do: fakecloud.Reset, Provider: "ec2"},
		`(reset): unknown account "nobody"`:             {Do: fakecloud.Reset, Account: "nobody"},
		"(insert): fakecloud: image : field provider":   {Do: fakecloud.InsertImages, Images: make([]fakecloud.Image, 1)},
	} {
		err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Reset}, fault)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if got := fetch(cloud.Transport(), get(t.Context(), "http://cloud.example/", nil)); got.Status != 502 {
		t.Errorf("the faults before are gone: %+v", got)
	}
}

// TestEveryFaultKindIsKnown holds the documented words against the emulator.
func TestEveryFaultKindIsImplemented(t *testing.T) {
	known := []fakecloud.FaultKind{
		"latency", "hang", "reset", "html", "replay", "clock_skew", "throttle", "server_error", "expired_token", "unknown_key",
		"unknown_region", "insert", "delete", "total_missing", "total_zero", "total_add", "total_drift", "total_text",
		"total_number", "page_cap", "page_clamp", "page_short", "page_empty", "page_repeat", "page_first", "ignore_params", "short_body", "duplicate_rows",
		"total_first", "page_extend", "page_filter", "repeat_rows", "unstable_order", "hang_body",
		"reset_body", "truncate", "cut", "garbage", "gzip_bomb", "trickle", "endless",
	}
	cloud := faultCloud(t)
	needs := []fakecloud.FaultKind{"latency", "clock_skew", "total_add", "page_cap", "page_clamp", "page_filter", "trickle", "ignore_params"}
	for _, do := range known {
		err := cloud.SetFaults(fakecloud.Fault{Do: do})
		if slices.Contains(needs, do) != (err != nil) {
			t.Errorf("%s: %v", do, err)
		}
	}
}
