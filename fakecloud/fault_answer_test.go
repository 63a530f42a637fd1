package fakecloud_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

// refusal is a fault, and the codes that come of it; ens is alibaba's where empty.
type refusal struct {
	fault              fakecloud.Fault
	alibaba, ens, qing string
}

func (r refusal) want(op operation) string {
	switch {
	case op.qing():
		return r.qing
	case op.name == "ens" && r.ens != "":
		return r.ens
	}
	return r.alibaba
}

// success is the code of a response without a fault.
func (op operation) success() string {
	if op.qing() {
		return "200 0"
	}
	return "200"
}

// Each fault acts on two requests of every operation, over the transport and a socket.
// The third request succeeds.
func TestServiceFaultsReturnVendorErrors(t *testing.T) {
	refusals := []refusal{
		{fakecloud.Fault{Do: fakecloud.Throttle}, "400 Throttling.User", "", "200 2500"},
		{fakecloud.Fault{Do: fakecloud.Throttle, Status: 429, Code: "5100"}, "429 5100", "", "429 5100"},
		{fakecloud.Fault{Do: fakecloud.Throttle, Code: "5100"}, "400 5100", "", "200 5100"},
		{fakecloud.Fault{Do: fakecloud.ServerError}, "500 InternalError", "", "200 5000"},
		{fakecloud.Fault{Do: fakecloud.ServerError, Status: 503}, "503 ServiceUnavailable", "", "503 5000"},
		{fakecloud.Fault{Do: fakecloud.ServerError, Code: "5300"}, "500 5300", "", "200 5300"},
		{fakecloud.Fault{Do: fakecloud.Throttle, Code: "Throttling"}, "400 Throttling", "", "200 2500"},
		{fakecloud.Fault{Do: fakecloud.ExpiredToken}, "400 InvalidSecurityToken.Expired", "", "200 2000"},
		{fakecloud.Fault{Do: fakecloud.UnknownKey}, "404 InvalidAccessKeyId.NotFound", "", "200 1200"},
		{fakecloud.Fault{Do: fakecloud.UnknownRegion}, "404 InvalidRegionId.NotFound", "400 InvalidParameter.RegionId", "200 1100"},
		{fakecloud.Fault{Do: fakecloud.ClockSkew, Wait: time.Hour}, "400 InvalidTimeStamp.Expired", "", "200 1300"},
		{fakecloud.Fault{Do: fakecloud.HTMLPage}, "502", "", "502"},
		{fakecloud.Fault{Do: fakecloud.HTMLPage, Status: 200}, "200", "", "200"},
		{fakecloud.Fault{Do: fakecloud.Replay, Body: `{"Code":"X","Message":""}`, Status: 418}, "418 X", "", "418 X"},
	}
	for _, op := range operations() {
		cloud := op.cloud(t)
		bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
			for _, tt := range refusals {
				tt.fault.Times = 2
				if err := cloud.SetFaults(tt.fault); err != nil {
					t.Fatal(err)
				}
				for n, want := range []string{tt.want(op), tt.want(op), op.success()} {
					if got := fetch(rt, op.request(t.Context(), base, 1, 0)); got.code() != want {
						t.Errorf("%s %s: answer %d is %q, want %q: %s", tt.fault.Do, op.name, n+1, got.code(), want, got.Body)
					}
				}
			}
		})
	}
}

func TestFaultMessageReplacesTheVendors(t *testing.T) {
	for _, op := range operations() {
		for _, do := range []fakecloud.FaultKind{fakecloud.Throttle, fakecloud.ServerError} {
			cloud := op.cloud(t, fakecloud.Fault{Do: do, Message: "come back later"})
			body := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0)).json()
			if got := fmt.Sprint(body["Message"], body["message"]); !strings.Contains(got, "come back later") {
				t.Errorf("%s, %s: message %v", op.name, do, got)
			}
		}
	}
}

func TestThrottleSendsRetryHeaders(t *testing.T) {
	for _, op := range operations() {
		cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.Throttle, RetryAfter: 1500 * time.Millisecond, RateLimit: 2 * time.Second, Times: 1})
		got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0))
		if after := got.Header.Get("Retry-After"); after != "2" {
			t.Errorf("%s: Retry-After is %q, want 2", op.name, after)
		}
		if limit := got.Header.Get("x-ratelimit-user-api"); !strings.HasPrefix(limit, "Limit:1,Remain:0,TimeLeft:2000,Reset:") {
			t.Errorf("%s: x-ratelimit-user-api is %q", op.name, limit)
		}
		got = fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0))
		if hints := got.Header.Get("Retry-After") + got.Header.Get("x-ratelimit-user-api"); hints != "" {
			t.Errorf("%s: hints of a success: %q", op.name, hints)
		}
	}
}

func TestHTMLPageFaultReturnsHTML(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.HTMLPage})
	bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
		got := fetch(rt, get(t.Context(), base+"/", nil)) // a gateway asks for no signature
		if got.Header.Get("Content-Type") != "text/html" || !strings.Contains(got.Body, "<h1>502 Bad Gateway</h1>") {
			t.Errorf("got %+v", got)
		}
	})
}

// A form does not count.
func TestLongURLFaultActsAboveItsLimit(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.LongURL})
	limited := faultCloud(t, fakecloud.Fault{Do: fakecloud.LongURL, Bytes: 100})
	for _, test := range []struct {
		cloud  *fakecloud.Cloud
		length int // of the query
		form   bool
		want   int
	}{
		{cloud, 8192 - len("/?"), false, 400},
		{cloud, 8192 - len("/?") + 1, false, 414},
		{cloud, 20000, true, 400},
		{limited, 98, false, 400},
		{limited, 99, false, 414},
	} {
		bothWays(t, test.cloud, func(t *testing.T, rt http.RoundTripper, base string) {
			text := "a=" + strings.Repeat("x", test.length-len("a="))
			request := get(t.Context(), base+"/", url.Values{"a": {strings.Repeat("x", test.length-len("a="))}})
			if test.form {
				request, _ = http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/", strings.NewReader(text))
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if got := fetch(rt, request); fmt.Sprint(got.Status) != fmt.Sprint(test.want) {
				t.Errorf("%d bytes, form %t: status %v, want %d", test.length, test.form, got.Status, test.want)
			}
		})
	}
}

// Replay also responds to operations that the emulator does not have.
func TestReplaySendsItsBodyUnchanged(t *testing.T) {
	cloud := faultCloud(t)
	bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
		if err := cloud.SetFaults(
			fakecloud.Fault{Do: fakecloud.Replay, Action: "DescribeRegions", Times: 1, Status: 302, Header: map[string]string{"location": "http://elsewhere.example"}},
			fakecloud.Fault{Do: fakecloud.Replay, Action: "DescribeRegions", Times: 1, Body: " not JSON\n", Header: map[string]string{"Content-Type": "text/plain"}},
			fakecloud.Fault{Do: fakecloud.Replay, Action: "DescribeRegions", Body: "{}"},
		); err != nil {
			t.Fatal(err)
		}
		type seen struct {
			Status               int
			Type, Location, Body string
		}
		want := []seen{{302, "", "http://elsewhere.example", ""}, {200, "text/plain", "", " not JSON\n"}, {200, "", "", "{}"}, {200, "", "", "{}"}}
		var got []seen
		for range want {
			o := fetch(rt, get(t.Context(), base+"/", url.Values{"Action": {"DescribeRegions"}}))
			got = append(got, seen{o.Status, o.Header.Get("Content-Type"), o.Header.Get("Location"), o.Body})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answers differ (-want +got):\n%s", diff)
		}
	})
}

func TestClockSkewChangesTheDate(t *testing.T) {
	for _, op := range operations() {
		cloud := op.cloud(t, fakecloud.Fault{Do: fakecloud.ClockSkew, Wait: -10 * time.Second})
		got := fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 0))
		date, err := http.ParseTime(got.Header.Get("Date"))
		if err != nil || clock.Sub(date) != 10*time.Second || got.Status != 200 {
			t.Errorf("%s: Date is %v, %v; status %d", op.name, date, err, got.Status)
		}
	}
}

// A retry after a fault of the service still needs a new nonce.
func TestFaultsDoNotHideReusedNonces(t *testing.T) {
	op := operations()[0]
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.ServerError, Times: 1})
	r := op.request(t.Context(), "http://cloud.example", 1, 0)
	for _, want := range []string{"500 InternalError", "400 SignatureNonceUsed"} {
		if got := fetch(cloud.Transport(), r).code(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := cloud.Requests()[0]; got.Account != "prod" || len(got.Faults) != 1 || got.Faults[0] != fakecloud.ServerError {
		t.Errorf("logged %+v", got)
	}
}

func TestKeyFaultsAffectOneKey(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.ExpiredToken, Key: "key"})
	for key, want := range map[string]string{"key": "400 InvalidSecurityToken.Expired", "dev": "404 InvalidRegionId.NotFound"} {
		query := signRPC("GET", "secret", add(common(key, "2014-05-26", "DescribeImages"), "RegionId=nowhere"))
		if got := fetch(cloud.Transport(), get(t.Context(), ecsHost, query)).code(); got != want {
			t.Errorf("%s: got %s, want %s", key, got, want)
		}
	}
}
