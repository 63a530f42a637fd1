package aliyuncreds_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

const (
	oidcToken    = "oidc" + canary
	oidcProvider = "acs:ram::123456789012:oidc-provider/cluster"
)

// secure starts an STS that the SDK trusts, and sets up the environment of a
// cluster.
func secure(t *testing.T, handle http.HandlerFunc) aliyuncreds.Services {
	home := isolate(t)
	write(t, home, "token", oidcToken)
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", home+"/token")
	t.Setenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", oidcProvider)
	t.Setenv("ALIBABA_CLOUD_ROLE_ARN", roleARN)
	server := httptest.NewUnstartedServer(handle)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	shared := http.DefaultTransport.(*http.Transport)
	before := shared.TLSClientConfig
	shared.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig
	t.Cleanup(func() { shared.TLSClientConfig = before })
	return aliyuncreds.Services{STS: server.URL + "/"}
}

func TestOIDC(t *testing.T) {
	var sent url.Values
	services := secure(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		sent = r.Form
		_, _ = io.WriteString(w, session(1, time.Hour))
	})
	creds := services.Default()
	c, err := creds.Credentials(t.Context())
	if diff := cmp.Diff(sessionKeys(1), revealed(c)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	if left := time.Until(c.Expires); left < 59*time.Minute || left > time.Hour {
		t.Errorf("expires in %s, want about an hour", left)
	}
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

func TestOIDCProfile(t *testing.T) {
	services := secure(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, session(1, time.Hour)) })
	home := os.Getenv("HOME")
	write(t, home, cliFile, cli(`"mode":"OIDC","oidc_provider_arn":"`+oidcProvider+`","oidc_token_file":"`+home+`/token","ram_role_arn":"`+roleARN+`"`))
	if diff := cmp.Diff(sessionKeys(1), ask(t, services.Profile("p"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOIDCRefused has answers that the SDK quotes, or panics about.
func TestOIDCRefused(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   provider.Kind
		word   string
	}{
		"refused":     {400, `{"Code":"AuthenticationFail.OIDCToken.Invalid","Message":"` + canary + `"}`, provider.Unauthenticated, "AuthenticationFail.OIDCToken.Invalid"},
		"forbidden":   {403, `{"Code":"NoPermission","Message":"` + canary + `"}`, provider.PermissionDenied, "NoPermission"},
		"throttled":   {400, `{"Code":"Throttling.User"}`, provider.Throttled, "Throttling.User"},
		"down":        {503, `<html>` + canary, provider.Unavailable, "503"},
		"odd code":    {400, `{"Code":"` + canary + ` and more"}`, provider.Unauthenticated, "400"},
		"no JSON":     {200, canary, provider.BadResponse, "cannot be understood"},
		"no session":  {200, `{}`, provider.BadResponse, "cannot be understood"},
		"no expiry":   {200, `{"Credentials":{"AccessKeyId":"a","AccessKeySecret":"` + canary + `","SecurityToken":"c"}}`, provider.BadResponse, "panicked"},
		"number code": {400, `{"Code":12}`, provider.BadResponse, "panicked"},
		"empty keys":  {200, `{"Credentials":{"AccessKeyId":"","AccessKeySecret":"","SecurityToken":"","Expiration":"2030-01-01T00:00:00Z"}}`, provider.Unauthenticated, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			services := secure(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Echo", canary)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			checkError(t, services.Default(), test.kind, "OIDC", test.word)
		})
	}
}

func TestOIDCMistakes(t *testing.T) {
	services := secure(t, func(w http.ResponseWriter, r *http.Request) { t.Error("a request was sent") })
	plain := aliyuncreds.Services{STS: "http://127.0.0.1:1/"}
	checkError(t, plain.Default(), provider.InvalidArgument, "https only")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nowhere/token")
	checkError(t, services.Default(), provider.Unauthenticated, "/nowhere/token")
	t.Setenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", os.Getenv("HOME")+"/token")
	checkError(t, aliyuncreds.Services{STS: "https://127.0.0.1:1/"}.Default(), provider.Unavailable, "no answer")
}

// TestOIDCHangs lets the caller go, though the SDK cannot be interrupted.
func TestOIDCHangs(t *testing.T) {
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	services := secure(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-release
	})
	t.Cleanup(func() { close(release) })
	if _, err := services.Default().Credentials(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}
