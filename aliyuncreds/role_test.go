package aliyuncreds_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// over asks an STS without a network.
func over(s http.RoundTripper) aliyuncreds.Services {
	return aliyuncreds.Services{HTTPClient: &http.Client{Transport: s}}
}

// longestName is a session name of 64 characters.
var longestName = "me@here." + strings.Repeat("-", 56)

func TestAssumeRoleReturnsASession(t *testing.T) {
	isolate(t)
	for name, test := range map[string]struct {
		base  provider.CredentialsProvider
		role  aliyuncreds.Role
		extra url.Values
	}{
		"only an ARN": {base(), aliyuncreds.Role{ARN: roleARN}, url.Values{
			"RoleSessionName": {"imagequery"}, "DurationSeconds": {"3600"},
		}},
		"everything": {provider.Static(baseID, baseSecret, baseToken), aliyuncreds.Role{
			ARN: roleARN, SessionName: longestName, Duration: 15 * time.Minute, ExternalID: "ext&1", Policy: `{"Version":"1"}`,
		}, url.Values{
			"RoleSessionName": {longestName}, "DurationSeconds": {"900"}, "ExternalId": {"ext&1"}, "Policy": {`{"Version":"1"}`},
			"SecurityToken": {baseToken},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server := &sts{}
			creds := aliyuncreds.Services{STS: server.listen(t)}.AssumeRole(test.base, test.role)
			c, err := creds.Credentials(t.Context())
			if diff := cmp.Diff(sessionKeys(1), revealed(c)); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if left := time.Until(c.Expires); left < 59*time.Minute || left > time.Hour {
				t.Errorf("expires in %s, want about an hour", left)
			}
			q := server.queries[0]
			if !isSigned(q, baseSecret) {
				t.Error("the signature is not that of the base")
			}
			for _, key := range []string{"Signature", "SignatureNonce", "Timestamp", "SignatureMethod", "SignatureVersion", "Format"} {
				q.Del(key)
			}
			want := url.Values{"Action": {"AssumeRole"}, "Version": {"2015-04-01"}, "AccessKeyId": {baseID}, "RoleArn": {roleARN}}
			for key, values := range test.extra {
				want[key] = values
			}
			if diff := cmp.Diff(want, q); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			showsNoSecret(t, creds, c)
		})
	}
}

func TestAssumeRoleMistakesAreReported(t *testing.T) {
	isolate(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "other"+canary)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "other"+canary)
	good := aliyuncreds.Role{ARN: roleARN}
	for name, test := range map[string]struct {
		services aliyuncreds.Services
		base     provider.CredentialsProvider
		role     aliyuncreds.Role
		kind     provider.Kind
		word     string
	}{
		"no base":      {base: nil, role: good, kind: provider.InvalidArgument, word: "no base"},
		"no ARN":       {base: base(), kind: provider.InvalidArgument, word: "ARN is empty"},
		"session name": {base: base(), role: aliyuncreds.Role{ARN: roleARN, SessionName: "a b"}, kind: provider.InvalidArgument, word: "a b"},
		"short name":   {base: base(), role: aliyuncreds.Role{ARN: roleARN, SessionName: "a"}, kind: provider.InvalidArgument, word: "2 to 64"},
		"long name":    {base: base(), role: aliyuncreds.Role{ARN: roleARN, SessionName: strings.Repeat("a", 65)}, kind: provider.InvalidArgument, word: "2 to 64"},
		"duration":     {base: base(), role: aliyuncreds.Role{ARN: roleARN, Duration: time.Minute}, kind: provider.InvalidArgument, word: "15 minutes"},
		"empty secret": {base: provider.Static(baseID, "", ""), role: good, kind: provider.Unauthenticated, word: "empty"},
		"plain http": {services: aliyuncreds.Services{STS: "http://sts.example.com/"}, base: base(), role: good,
			kind: provider.InvalidArgument, word: "plain http"},
	} {
		t.Run(name, func(t *testing.T) {
			server := &sts{}
			test.services.HTTPClient = &http.Client{Transport: server}
			checkError(t, test.services.AssumeRole(test.base, test.role), test.kind, test.word)
			if server.count() != 0 {
				t.Errorf("%d requests, want none", server.count())
			}
		})
	}
}

// The responses echo the request, whose secrets the errors must not show.
func TestAssumeRoleRefusalsHaveKinds(t *testing.T) {
	isolate(t)
	for name, test := range map[string]struct {
		status   int
		body     string
		kind     provider.Kind
		requests int
		words    []string
	}{
		"no permission": {403, `{"Code":"NoPermission","Message":"You are not authorized","RequestId":"r1"}`, provider.PermissionDenied, 1,
			[]string{roleARN, "NoPermission", "You are not authorized", "r1"}},
		"unknown key":   {404, `{"Code":"InvalidAccessKeyId.NotFound","Message":"no key ` + baseID + `"}`, provider.Unauthenticated, 1, []string{"NotFound"}},
		"bad signature": {400, `{"Code":"SignatureDoesNotMatch","Message":"server string to sign is:` + baseID + `"}`, provider.Unauthenticated, 1, nil},
		"unknown role":  {404, `{"Code":"EntityNotExist.Role","Message":"The role not exists: images."}`, provider.InvalidArgument, 1, []string{"EntityNotExist.Role"}},
		"throttled":     {400, `{"Code":"Throttling.User","Message":"slow down"}`, provider.Throttled, 5, nil},
		"unavailable":   {503, `<html>` + canary, provider.Unavailable, 5, nil},
		"cut off":       {200, `{"Credentials":{"AccessKeySecret":"` + canary, provider.Unavailable, 5, nil},
		"HTML":          {200, `<html>` + canary, provider.BadResponse, 5, nil},
		"empty":         {200, ``, provider.BadResponse, 5, nil},
		"no session":    {200, `{"RequestId":"r1"}`, provider.BadResponse, 5, []string{"no credentials"}},
		"half a session": {200, `{"Credentials":{"AccessKeyId":"` + canary + `","SecurityToken":"` + canary + `"}}`,
			provider.BadResponse, 5, []string{"no credentials"}},
		"numbers": {200, `{"Credentials":{"AccessKeyId":1,"AccessKeySecret":2,"SecurityToken":3}}`, provider.BadResponse, 5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &sts{reply: func(int, url.Values) (int, string) { return test.status, test.body }}
				checkError(t, over(server).AssumeRole(base(), aliyuncreds.Role{ARN: roleARN}), test.kind, test.words...)
				if server.count() != test.requests {
					t.Errorf("%d requests, want %d", server.count(), test.requests)
				}
			})
		})
	}
}

// A throttled renewal is retried.
func TestAssumeRoleIsRenewed(t *testing.T) {
	isolate(t)
	synctest.Test(t, func(t *testing.T) {
		server := &sts{reply: func(n int, _ url.Values) (int, string) {
			if n == 1 {
				return http.StatusBadRequest, `{"Code":"Throttling","Message":"slow down"}`
			}
			return http.StatusOK, session(n, time.Hour)
		}}
		creds := over(server).AssumeRole(base(), aliyuncreds.Role{ARN: roleARN})
		for _, step := range []struct {
			later time.Duration
			want  int
		}{{0, 2}, {56 * time.Minute, 2}, {2 * time.Minute, 3}, {56 * time.Minute, 3}} {
			time.Sleep(step.later)
			if diff := cmp.Diff(sessionKeys(step.want), ask(t, creds)); diff != "" {
				t.Errorf("after %s more (-want +got):\n%s", step.later, diff)
			}
		}
	})
}

func TestAssumeRoleIsCalledOnceForAllCallers(t *testing.T) {
	isolate(t)
	server := &sts{}
	creds := aliyuncreds.Services{STS: server.listen(t)}.AssumeRole(base(), aliyuncreds.Role{ARN: roleARN})
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { ask(t, creds) })
	}
	all.Wait()
	if server.count() != 1 {
		t.Errorf("%d requests for 64 callers, want 1", server.count())
	}
}

func TestAssumeRoleEndsWithItsCaller(t *testing.T) {
	isolate(t)
	synctest.Test(t, func(t *testing.T) {
		var attempts atomic.Int64
		creds := over(roundTrip(func(r *http.Request) (*http.Response, error) {
			n := attempts.Add(1)
			if n == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return answer(http.StatusOK, session(int(n), time.Hour)), nil
		})).AssumeRole(base(), aliyuncreds.Role{ARN: roleARN})
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		patient := make(chan [3]string)
		go func() { patient <- ask(t, creds) }()
		if _, err := creds.Credentials(hasty); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the caller's deadline", err)
		}
		if diff := cmp.Diff(sessionKeys(2), <-patient); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Only the expired session of the two is renewed.
func TestAssumeRoleCanUseAnotherRole(t *testing.T) {
	isolate(t)
	server := &sts{}
	services := over(server)
	inner := services.AssumeRole(base(), aliyuncreds.Role{ARN: roleARN})
	outer := services.AssumeRole(inner, aliyuncreds.Role{ARN: roleARN + "2"})
	if diff := cmp.Diff(sessionKeys(2), ask(t, outer)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if q := server.queries[1]; !isSigned(q, sessionKeys(1)[1]) || q.Get("SecurityToken") != sessionKeys(1)[2] {
		t.Error("the second role is not assumed by the first")
	}
}

// The API refuses the session before its time.
func TestExpiredSessionIsRenewed(t *testing.T) {
	isolate(t)
	server := &sts{}
	creds := over(server).AssumeRole(base(), aliyuncreds.Role{ARN: roleARN})
	var tokens []string
	client, err := aliyun.New(
		aliyun.Product{Name: "test", Host: func(string) string { return "ecs.example.com" }, NoRegions: true},
		provider.Config{Credentials: creds, HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			_ = r.ParseForm()
			tokens = append(tokens, r.Form.Get("SecurityToken"))
			return answer(http.StatusBadRequest, "expired"), nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Send(t.Context(), "List", nil, func([]byte) (*provider.Page, httpapi.Status, error) {
		return nil, httpapi.Status{Code: "InvalidSecurityToken.Expired"}, nil
	})
	if !errors.Is(err, provider.Unauthenticated) {
		t.Errorf("error %v, want unauthenticated", err)
	}
	if diff := cmp.Diff([]string{sessionKeys(1)[2], sessionKeys(2)[2]}, tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestSTSAddressDependsOnTheRegion(t *testing.T) {
	for name, test := range map[string]struct{ region, private, want string }{
		"no region":         {"", "", "sts.aliyuncs.com"},
		"region":            {"cn-beijing", "", "sts.cn-beijing.aliyuncs.com"},
		"private network":   {"cn-beijing", "true", "sts-vpc.cn-beijing.aliyuncs.com"},
		"private, but none": {"", "true", "sts.aliyuncs.com"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t)
			t.Setenv("ALIBABA_CLOUD_STS_REGION", test.region)
			t.Setenv("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", test.private)
			server := &sts{}
			ask(t, over(server).AssumeRole(base(), aliyuncreds.Role{ARN: roleARN}))
			if diff := cmp.Diff([]string{test.want}, server.hosts); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
