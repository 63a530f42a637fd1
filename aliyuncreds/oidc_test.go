package aliyuncreds_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

const (
	oidcToken    = "oidc" + canary
	oidcProvider = "acs:ram::123456789012:oidc-provider/cluster"
)

// cluster sets up the environment of a program in a cluster, and returns the home
// directory.
func cluster(t *testing.T) string {
	home := isolate(t)
	write(t, home, "token", oidcToken+"\n")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", home+"/token")
	t.Setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", oidcProvider)
	t.Setenv("ALIBABA_CLOUD_ROLE_ARN", roleARN)
	return home
}

func TestOIDCTokenIsExchangedForASession(t *testing.T) {
	cluster(t)
	server := &sts{}
	creds := over(server).Default()
	c, err := creds.Credentials(t.Context())
	if diff := cmp.Diff(sessionKeys(1), revealed(c)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if left := time.Until(c.Expires); left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires in %s, want about an hour", left)
	}
	sent := server.queries[0]
	sent.Del("Timestamp")
	want := url.Values{
		"Action": {"AssumeRoleWithOIDC"}, "Version": {"2015-04-01"}, "Format": {"JSON"}, "RoleArn": {roleARN},
		"OIDCProviderArn": {oidcProvider}, "OIDCToken": {oidcToken}, "RoleSessionName": {"imagequery"}, "DurationSeconds": {"3600"},
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	showsNoSecret(t, creds, c)
}

func TestOIDCTokenTravelsInTheBody(t *testing.T) {
	cluster(t)
	services := over(roundTrip(func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		if form, _ := url.ParseQuery(string(body)); r.URL.RawQuery != "" || r.Method != http.MethodPost || form.Get("OIDCToken") != oidcToken {
			t.Errorf("%s with query %q, want a POST with the token in its body only", r.Method, r.URL.RawQuery)
		}
		return answer(http.StatusOK, session(1, time.Hour)), nil
	}))
	ask(t, services.Default())
}

func TestOIDCProfileIsRead(t *testing.T) {
	home := isolate(t)
	write(t, home, "token", oidcToken)
	write(t, home, cliFile, cli(`"mode":"OIDC","oidc_provider_arn":"`+oidcProvider+`","oidc_token_file":"`+home+`/token","ram_role_arn":"`+roleARN+`"`))
	if diff := cmp.Diff(sessionKeys(1), ask(t, over(&sts{}).Profile("p"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The responses echo the token, which the errors must not show.
func TestOIDCRefusalsHaveKinds(t *testing.T) {
	for name, test := range map[string]struct {
		status   int
		body     string
		kind     provider.Kind
		requests int
		word     string
	}{
		"refused":    {400, `{"Code":"AuthenticationFail.OIDCToken.Invalid","Message":"` + oidcToken + `"}`, provider.Unauthenticated, 1, "AuthenticationFail.OIDCToken.Invalid"},
		"forbidden":  {403, `{"Code":"NoPermission","Message":"` + oidcToken + `"}`, provider.PermissionDenied, 1, "NoPermission"},
		"throttled":  {400, `{"Code":"Throttling.User"}`, provider.Throttled, 5, "Throttling.User"},
		"down":       {503, `<html>` + canary, provider.Unavailable, 5, "503"},
		"no JSON":    {200, canary, provider.BadResponse, 5, "JSON"},
		"no session": {200, `{}`, provider.BadResponse, 5, "no credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			cluster(t)
			synctest.Test(t, func(t *testing.T) {
				server := &sts{reply: func(int, url.Values) (int, string) { return test.status, test.body }}
				checkError(t, over(server).Default(), test.kind, "OIDC", roleARN, test.word)
				if server.count() != test.requests {
					t.Errorf("%d requests, want %d", server.count(), test.requests)
				}
			})
		})
	}
}

func TestOIDCMistakesAreReported(t *testing.T) {
	home := cluster(t)
	server := &sts{}
	plain := over(server)
	plain.STS = "http://sts.example.com/"
	checkError(t, plain.Default(), provider.InvalidArgument, "plain http")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token")
	checkError(t, over(server).Default(), provider.Unauthenticated, "/nowhere/token")
	write(t, home, "empty", "\n")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", home+"/empty")
	checkError(t, over(server).Default(), provider.Unauthenticated, home+"/empty is empty")
	if server.count() != 0 {
		t.Errorf("%d requests, want none", server.count())
	}
}

// A cluster may renew the file between two attempts.
func TestOIDCFailuresAreRetriedWithTheTokenOfTheFile(t *testing.T) {
	home := cluster(t)
	synctest.Test(t, func(t *testing.T) {
		server := &sts{}
		server.reply = func(n int, q url.Values) (int, string) {
			if n == 1 {
				write(t, home, "token", "renewed"+canary)
				return http.StatusServiceUnavailable, ""
			}
			if q.Get("OIDCToken") != "renewed"+canary {
				t.Error("the second attempt does not send the renewed token")
			}
			return http.StatusOK, session(n, time.Hour)
		}
		if diff := cmp.Diff(sessionKeys(2), ask(t, over(server).Default())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestOIDCEndsWithItsCaller(t *testing.T) {
	cluster(t)
	ctx, cancel := context.WithCancel(t.Context())
	services := over(roundTrip(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	if _, err := services.Default().Credentials(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func TestOldNamesOfOIDCVariablesAreRead(t *testing.T) {
	cluster(t)
	for _, name := range []string{"OIDC_TOKEN_FILE", "OIDC_PROVIDER_ARN", "ROLE_ARN"} {
		t.Setenv("ALIBABACLOUD_"+name, os.Getenv("ALIBABA_CLOUD_"+name))
		t.Setenv("ALIBABA_CLOUD_"+name, "")
	}
	if diff := cmp.Diff(sessionKeys(1), ask(t, over(&sts{}).Default())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	t.Setenv("ALIBABA_CLOUD_ROLE_ARN", roleARN+"2")
	checkError(t, aliyuncreds.Default(), provider.InvalidArgument, "ALIBABA_CLOUD_ROLE_ARN and ALIBABACLOUD_ROLE_ARN")
}
