package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const usualTarget = `targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-beijing]
    endpoint: %[1]s
`

func TestCredentialsOfTheEnvironment(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, usualTarget, url)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "prod-key")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary-secret")
	t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "canary-token")
	got := imagesearch(t.Context(), "--config", file, "--output", "ndjson")
	if want := (result{exitComplete, orderLine + "\n", ""}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Without credentials no cloud is asked, nor is anything written.
func TestMissingCredentials(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+strings.TrimPrefix(strings.Replace(usualTarget, "prod", "usual", 1), "targets:\n"), url)
	report := filepath.Join(t.TempDir(), "report.json")
	for _, mode := range []string{"--output=json", "--newest", "--check"} {
		got := imagesearch(t.Context(), "--config", file, mode, "--report", report)
		if got.status != exitUsage || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v", mode, got)
		}
		for _, want := range []string{"imagesearch: " + file + `:7: target "usual/cn-beijing": no credentials: `, "ALIBABA_CLOUD_ACCESS_KEY_ID", ".aliyun", "instance role"} {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%s: %q is missing in %q", mode, want, got.stderr)
			}
		}
	}
	if _, err := os.Stat(report); !os.IsNotExist(err) {
		t.Errorf("the report is there: %v", err)
	}
	for _, args := range [][]string{{"--explain"}, {"--target", "prod/*"}} {
		if got := imagesearch(t.Context(), append(args, "--config", file)...); got.status != exitComplete || got.stderr != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
	for _, r := range cloud.Requests() {
		if r.Account != "prod" {
			t.Errorf("%s was asked as %q", r.Action, r.Account)
		}
	}
}

// A role that the token service does not give is a failure of its own targets only.
func TestRefusedRole(t *testing.T) {
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"Code": "NoPermission", "Message": "You are not authorized.", "RequestId": "R-1"}`))
	}))
	t.Cleanup(sts.Close)
	shared := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(shared, []byte("[p]\ntype = access_key\naccess_key_id = canary-id\naccess_key_secret = canary-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_FILE", shared)
	_, url := serve(t, testWorld())
	environment := isolatedEnvironment(nil)
	environment.Alibaba.STS = sts.URL
	file := writeConfig(t, prodTarget+roleTarget, url)
	got := imagesearchIn(t.Context(), environment, "--config", file, "--output", "json")
	if got.status != exitFailed || got.stdout != "[\n"+webLine+",\n"+orderLine+"\n]\n" {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.stderr, "imagesearch: role/cn-beijing: ") || strings.Count(got.stderr, "\n") != 1 ||
		!strings.Contains(got.stderr, "NoPermission") || strings.Contains(got.stderr, "canary") {
		t.Errorf("stderr %q", got.stderr)
	}
}

const roleTarget = `  - name: role
    provider: aliyunecs
    regions: [cn-beijing]
    endpoint: %[1]s
    credentials: {assume_role: {arn: "acs:ram::1:role/a", base: p}}
`

// The role of an instance, on a machine that is none.
func TestNoInstance(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, usualTarget+"    credentials: {instance_role: web}\n", url)
	got := imagesearch(t.Context(), "--config", file, "--timeout", "5s")
	if got.status != exitFailed || !strings.Contains(got.stderr, "prod/cn-beijing: ") || !strings.Contains(got.stderr, "metadata service") {
		t.Errorf("%+v", got)
	}
}
