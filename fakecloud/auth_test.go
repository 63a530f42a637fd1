package fakecloud_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
)

func authWorld() fakecloud.World {
	return fakecloud.World{
		Regions: map[string][]string{"aliyunecs": {"cn-hangzhou"}},
		Accounts: []fakecloud.Account{
			{Name: "prod", ID: "100", Keys: []fakecloud.Key{
				{ID: "plain", Secret: "s"},
				{ID: "disabled", Secret: "s", Disabled: true},
				{ID: "denied", Secret: "s", Denied: true},
				{ID: "sts", Secret: "s", Token: "token"},
				{ID: "other-sts", Secret: "s", Token: "other-token"},
				{ID: "expired", Secret: "s", Token: "expired-token", Expired: true},
			}},
		},
	}
}

func TestRPCRefusesInvalidRequests(t *testing.T) {
	stamp := func(d time.Duration) string { return "Timestamp=" + clock.Add(d).Format("2006-01-02T15:04:05Z") }
	for _, tt := range []struct {
		name, key string
		pairs     []string
		status    int
		code      string
	}{
		{"plain", "plain", nil, 200, ""},
		{"empty token", "plain", []string{"SecurityToken="}, 200, ""},
		{"STS", "sts", []string{"SecurityToken=token"}, 200, ""},
		{"booleans of Python", "plain", []string{"ShowExpired=True", "IsPublic=False"}, 200, ""},
		{"unknown parameter", "plain", []string{"Colour=red"}, 200, ""},
		{"fourteen minutes late", "plain", []string{stamp(-14 * time.Minute)}, 200, ""},
		{"fourteen minutes early", "plain", []string{stamp(14 * time.Minute)}, 200, ""},
		{"sixteen minutes late", "plain", []string{stamp(-16 * time.Minute)}, 400, "InvalidTimeStamp.Expired"},
		{"sixteen minutes early", "plain", []string{stamp(16 * time.Minute)}, 400, "InvalidTimeStamp.Expired"},
		{"fractional seconds", "plain", []string{"Timestamp=2026-11-22T14:45:05+08:00"}, 400, "InvalidTimeStamp.Format"},
		{"unknown key", "nobody", nil, 404, "InvalidAccessKeyId.NotFound"},
		{"disabled key", "disabled", nil, 400, "InvalidAccessKeyId.Inactive"},
		{"no permission", "denied", nil, 403, "Forbidden.RAM"},
		{"no permission, others' images", "denied", []string{"ImageOwnerAlias=others"}, 200, ""},
		{"no permission, family", "denied", []string{"Action=DescribeImageFromFamily"}, 403, "InvalidUser.Unauthorized"},
		{"no token", "sts", nil, 400, "MissingSecurityToken"},
		{"token of another key", "sts", []string{"SecurityToken=other-token"}, 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		{"token with a plain key", "plain", []string{"SecurityToken=token"}, 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		{"token of nobody", "sts", []string{"SecurityToken=nonsense"}, 400, "InvalidSecurityToken.Malformed"},
		{"expired token", "expired", []string{"SecurityToken=expired-token"}, 400, "InvalidSecurityToken.Expired"},
		{"no action", "plain", []string{"Action="}, 400, "MissingAction"},
		{"no version", "plain", []string{"Version="}, 400, "MissingVersion"},
		{"unknown action", "plain", []string{"Action=DescribeInstances"}, 404, "InvalidAction.NotFound"},
		{"unknown version", "plain", []string{"Version=2000-01-01"}, 404, "InvalidVersion"},
		{"no nonce", "plain", []string{"SignatureNonce="}, 400, "MissingSignatureNonce"},
		{"no timestamp", "plain", []string{"Timestamp="}, 400, "MissingTimestamp"},
		{"no key", "", nil, 400, "MissingAccessKeyId"},
		{"another method of signing", "plain", []string{"SignatureMethod=HMAC-SHA256"}, 400, "InvalidSignatureMethod"},
		{"another version of signing", "plain", []string{"SignatureVersion=2.0"}, 400, "IncompleteSignature"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values := add(common(tt.key, "2014-05-26", "DescribeImages"), append([]string{"RegionId=cn-hangzhou"}, tt.pairs...)...)
			got := send(t, newCloud(t, authWorld()).Transport(), get(t.Context(), ecsHost, signRPC("GET", "s", values)))
			if got.status != tt.status || got.code != tt.code {
				t.Errorf("got %d %s, want %d %s: %v", got.status, got.code, tt.status, tt.code, got.body)
			}
		})
	}
}

func TestErrorsHaveTheDocumentedEnvelope(t *testing.T) {
	cloud := newCloud(t, authWorld())
	got := ecs(t, cloud, fakecloud.Key{ID: "denied", Secret: "s"}, "DescribeImages", "RegionId=cn-hangzhou")
	id := got.header.Get("x-acs-request-id")
	if len(id) != 36 || got.body["RequestId"] != id || cloud.Requests()[0].ID != id {
		t.Errorf("request ids: header %q, body %q, log %q", id, got.body["RequestId"], cloud.Requests()[0].ID)
	}
	if host := got.body["HostId"]; host != "ecs.cn-hangzhou.aliyuncs.com" {
		t.Errorf("HostId is %q", host)
	}
	if text, _ := got.body["Recommend"].(string); !strings.Contains(text, "q=Forbidden.RAM&requestId="+id) && !strings.Contains(text, "product=Ecs") {
		t.Errorf("Recommend is %q", text)
	}
	if owner := at(got.body, "AccessDeniedDetail", "AuthPrincipalOwnerId"); owner != "100" {
		t.Errorf("AuthPrincipalOwnerId is %v", owner)
	}
}

func TestParametersAreReadFromQueryAndForm(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		inForm       func(name string) bool
	}{
		{"GET", "GET", func(string) bool { return false }},
		{"POST, all in the query", "POST", func(string) bool { return false }},
		{"POST, all in the form", "POST", func(string) bool { return true }},
		{"POST, mixed", "POST", func(name string) bool { return name == "RegionId" || name == "ImageId" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			query, form := url.Values{}, url.Values{}
			all := signRPC(tt.method, "s", add(common("plain", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou", "ImageId=a b"))
			for name, values := range all {
				if tt.inForm(name) {
					form[name] = values
				} else {
					query[name] = values
				}
			}
			r, err := http.NewRequestWithContext(t.Context(), tt.method, ecsHost+"?"+query.Encode(), strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			if len(form) > 0 {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
			}
			if got := send(t, newCloud(t, authWorld()).Transport(), r); got.status != 200 {
				t.Errorf("status %d: %v", got.status, got.body)
			}
		})
	}
}

func TestNonceIsAcceptedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud, err := fakecloud.New(authWorld())
		if err != nil {
			t.Fatal(err)
		}
		values := common("plain", "2014-05-26", "DescribeImages")
		ask := func(pairs ...string) string {
			query := signRPC("GET", "s", add(values, append(pairs, "RegionId=cn-hangzhou")...))
			return send(t, cloud.Transport(), get(t.Context(), ecsHost, query)).code
		}
		now := func() string { return "Timestamp=" + time.Now().UTC().Format("2006-01-02T15:04:05Z") }
		sent := now()
		for _, step := range []struct {
			wait  time.Duration
			stamp string
			want  string
		}{
			{0, sent, ""},
			{0, sent, "SignatureNonceUsed"},
			{14 * time.Minute, sent, "SignatureNonceUsed"},
			{2 * time.Minute, sent, "InvalidTimeStamp.Expired"},
		} {
			time.Sleep(step.wait)
			if got := ask(step.stamp); got != step.want {
				t.Errorf("after another %v: %q, want %q", step.wait, got, step.want)
			}
		}
		if got := ask(now()); got != "" {
			t.Errorf("the nonce outlived its window: %s", got)
		}
	})
}

func TestWrongSignatureLeavesNonceUnused(t *testing.T) {
	cloud := newCloud(t, authWorld())
	values := add(common("plain", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou")
	if got := send(t, cloud.Transport(), get(t.Context(), ecsHost, signRPC("GET", "wrong", values))); got.code != "SignatureDoesNotMatch" {
		t.Errorf("wrong secret: %v", got.body)
	}
	if got := send(t, cloud.Transport(), get(t.Context(), ecsHost, signRPC("GET", "s", values))); got.status != 200 {
		t.Errorf("same nonce, right secret: %v", got.body)
	}
}

func TestMethodsOtherThanGETAndPOSTAreRefused(t *testing.T) {
	r := get(t.Context(), ecsHost, signRPC("PUT", "s", common("plain", "2014-05-26", "DescribeImages")))
	r.Method = http.MethodPut
	if got := send(t, newCloud(t, authWorld()).Transport(), r); got.status != 403 || got.code != "UnsupportedHTTPMethod" {
		t.Errorf("PUT: %d %s", got.status, got.code)
	}
}

func TestHugeRequestsAreRefused(t *testing.T) {
	cloud := newCloud(t, authWorld())
	for name, query := range map[string]string{
		"long": "?Version=" + strings.Repeat("x", 2<<20),
		"many": "?" + strings.Repeat("a=b&", 2000),
		"bad":  "?Action=%zz",
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", ecsHost, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = query[1:]
		got := fetch(cloud.Transport(), r)
		if got.Status != 400 || !strings.Contains(got.Body, "InvalidParameter") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
