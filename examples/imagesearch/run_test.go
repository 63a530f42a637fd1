package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

func TestOneFailingTarget(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+brokenTarget, url)
	got := imagesearch(t.Context(), "--config", file, "--output", "json")
	if got.status != exitFailed || got.stdout != "[\n"+webLine+",\n"+orderLine+"\n]\n" {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.stderr, "imagesearch: off/cn-hangzhou: ") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("stderr %q: want one line about off/cn-hangzhou", got.stderr)
	}
}

func TestTargetsAreSelected(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+brokenTarget, url)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--target", "*/cn-beijing"}, orderLine + "\n"},
		{[]string{"--target", "prod/cn-b*", "--target", "prod/cn-b*g"}, orderLine + "\n"},
		{[]string{"--exclude", "*/cn-hangzhou", "--exclude", "off/*"}, orderLine + "\n"},
		{[]string{"--target", "prod/*", "--provider", "aliyunecs", "--arch", "arm64"}, orderLine + "\n"},
	} {
		cloud.Reset()
		got := imagesearch(t.Context(), append(c.args, "--config", file, "--output", "ndjson")...)
		if got.status != exitComplete || got.stdout != c.want || got.stderr != "" {
			t.Errorf("%q: %+v", c.args, got)
		}
		for _, r := range cloud.Requests() {
			if r.Account != "prod" {
				t.Errorf("%q: account %q was asked", c.args, r.Account)
			}
		}
	}
}

func TestUnsupported(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	got := imagesearch(t.Context(), "--config", file, "--source-instance", "i-1", "--output", "json")
	if got.status != exitFailed || got.stdout != "[]\n" || strings.Count(got.stderr, "--source-instance") != 2 {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.stderr, "--skip-unreported") {
		t.Errorf("no remedy in %q", got.stderr)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	got = imagesearch(t.Context(), "--config", file, "--source-instance", "i-1", "--output", "json", "--skip-unreported", "--report", report)
	if want := (result{exitComplete, "[]\n", ""}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, r := range readReport(t, report) {
		if !r.Complete || !slices.Equal(r.Skipped, []string{"source_instances"}) {
			t.Errorf("%+v", r)
		}
	}
}

func TestExplain(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+brokenTarget, url)
	got := imagesearch(t.Context(), "--config", file, "--explain", "--platform", "Ubuntu", "--arch", "amd64", "--native", "aliyunecs.Usage=instance")
	if got.status != exitComplete || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{
		"prod/cn-hangzhou\n  aliyunecs cn-hangzhou: 1 call\n", "\nprod/cn-beijing\n", "\noff/cn-hangzhou\n",
		"Architecture=x86_64", "Usage=instance", "applied locally: --platform", "--native aliyunecs.ShowExpired=true",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%q is missing in:\n%s", want, got.stdout)
		}
	}
	got = imagesearch(t.Context(), "--config", file, "--explain", "--source-instance", "i-1")
	if got.status != exitComplete || strings.Count(got.stdout, "never reported: --source-instance") != 3 || !strings.Contains(got.stdout, "give --skip-unreported") {
		t.Errorf("%+v", got)
	}
	if sent := cloud.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

func TestCheck(t *testing.T) {
	_, url := serve(t, testWorld())
	got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), "--check")
	if want := (result{exitComplete, "prod/cn-hangzhou: ok\nprod/cn-beijing: ok\n", ""}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	got = imagesearch(t.Context(), "--config", writeConfig(t, prodTarget+brokenTarget, url), "--check", "--concurrency", "1")
	if got.status != exitFailed || got.stdout != "prod/cn-hangzhou: ok\nprod/cn-beijing: ok\noff/cn-hangzhou: failed\n" {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.stderr, "imagesearch: off/cn-hangzhou: ") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("stderr %q: want one line about off/cn-hangzhou", got.stderr)
	}
}

// regionOf reads the region of a request, and leaves its body as it is.
func regionOf(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, _ := url.ParseQuery(string(body))
	return form.Get("RegionId")
}

// hangingCloud answers about cn-hangzhou, and about other regions not at all. It
// calls asked when such a request has come.
func hangingCloud(t *testing.T, asked func()) (url string) {
	t.Helper()
	cloud, err := fakecloud.New(testWorld())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if regionOf(r) == "cn-hangzhou" {
			cloud.ServeHTTP(w, r)
			return
		}
		asked()
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	file := writeConfig(t, prodTarget, hangingCloud(t, func() {}))
	for _, c := range []struct{ mode, stdout string }{
		{"--output=json", "[\n" + webLine + "\n]\n"},
		{"--check", "prod/cn-hangzhou: ok\nprod/cn-beijing: failed\n"},
		{"--newest", ""},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			got := imagesearch(t.Context(), "--config", file, c.mode, "--timeout", "2s") // the other target answers within it
			if got.status != exitFailed || got.stdout != c.stdout || strings.Count(got.stderr, "\n") != 1 || !strings.HasPrefix(got.stderr, "imagesearch: prod/cn-beijing: ") {
				t.Errorf("%+v", got)
			}
			if !strings.Contains(got.stderr, "the --timeout of 2s is over") {
				t.Errorf("stderr %q does not say why", got.stderr)
			}
		})
	}
}

func TestExplainNamesFlags(t *testing.T) {
	got := imagesearch(t.Context(), "--explain", "--arch", "arm64", "--family", "web", "--os-version", "22", "--status", "suspended", "--status", "available")
	for _, want := range []string{
		"    applied locally: --os-version\n", "    pushed exactly: --family, --arch\n", "    note: --status suspended is not requested: ", "    never reported: --family\n",
	} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("%s: want %q", got.stdout, want)
		}
	}
	for _, field := range image.AllFields() {
		if strings.Contains(got.stdout, ": "+string(field)) {
			t.Errorf("%s: names the field %s", got.stdout, field)
		}
	}
}
