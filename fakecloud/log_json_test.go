package fakecloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestOnResponseGetsEachRequest(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	var lines []string
	cloud.OnResponse = func(r fakecloud.Request) {
		r.ID, r.Host = "", ""
		text, err := json.Marshal(r)
		if err != nil {
			t.Error(err)
		}
		lines = append(lines, string(text))
	}
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Reset, Region: "cn-reset"}, fakecloud.Fault{Do: fakecloud.Throttle, From: 2}); err != nil {
		t.Fatal(err)
	}
	ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou", "ImageName=a<b", "Colour=red")
	ecs(t, cloud, ecsKey, "DescribeImages", "RegionId=cn-hangzhou")
	if resp, err := cloud.Transport().RoundTrip(get(t.Context(), ecsHost, url.Values{"RegionId": {"cn-reset"}})); err == nil {
		_ = resp.Body.Close()
		t.Error("the connection was not reset")
	}
	const base = `{"time":"2026-11-22T14:45:05Z",`
	want := []string{
		base + `"account":"prod","provider":"aliyunecs","region":"cn-hangzhou","action":"DescribeImages","method":"GET","path":"/","params":{"Colour":"red","ImageName":"a<b"},"unknown":["Colour"],"status":200}`,
		base + `"account":"prod","provider":"aliyunecs","region":"cn-hangzhou","action":"DescribeImages","method":"GET","path":"/","faults":["throttle"],"status":400,"code":"Throttling.User"}`,
		base + `"region":"cn-reset","method":"GET","path":"/","faults":["reset"],"status":0}`,
	}
	for i := range lines { // json.Marshal escapes what MarshalJSON does not
		lines[i] = strings.ReplaceAll(lines[i], `\u003c`, "<")
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// Each request carries the word "canary" wherever a client sends a secret.
func TestRequestsInJSONHaveNoSecrets(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	var mu sync.Mutex
	var text []byte
	cloud.OnResponse = func(r fakecloud.Request) {
		line, err := json.Marshal(struct{ Request fakecloud.Request }{r})
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		text = append(text, line...)
	}
	values := url.Values{"Format": {"JSON"}}
	for _, name := range []string{
		"AccessKeyId", "access_key_id", "Signature", "signature", "SecurityToken", "token", "SignatureNonce", "AccessKeySecret", "access_key_secret",
		"secret", "Password", "login_passwd", "Authorization", "X-Acs-Security-Token", "ClientToken", "Credentials",
	} {
		values.Set(name, "canary-"+name)
	}
	for _, path := range []string{"", "iaas/", "elsewhere"} {
		for _, version := range []string{"2014-05-26", ""} {
			values.Set("Version", version)
			values.Set("Action", "DescribeImages")
			r := get(t.Context(), ecsHost+path, values)
			r.Header.Set("x-acs-security-token", "canary-header")
			r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=canary,SignedHeaders=host,Signature=canary")
			send(t, cloud.Transport(), r)
			r = get(t.Context(), ecsHost+path, values)
			r.Method = http.MethodPost
			send(t, cloud.Transport(), r)
		}
	}
	if n := cloud.Count(""); n != 12 || len(text) == 0 || strings.Contains(string(text), "canary") {
		t.Errorf("%d requests are logged as %s", n, text)
	}
	if !strings.Contains(fmt.Sprint(cloud.Requests()[0].Params), "canary") {
		t.Error("the requests hold no canary")
	}
}
