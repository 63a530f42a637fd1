package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
)

// reportJSON has the keys of a report, all of them.
type reportJSON struct {
	Target, Provider, Region                  string
	Complete                                  bool
	Skipped                                   []string
	Images, Matched, Pages, Requests, Retries int
	ThrottledMS                               int `json:"throttled_ms"`
	ElapsedMS                                 int `json:"elapsed_ms"`
	Error                                     *failureJSON
}

type failureJSON struct {
	Kind, Code, Message string
	RequestID           string `json:"request_id"`
	Attempts            int
}

func readReport(t *testing.T, path string) []reportJSON {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	var report struct{ Targets []reportJSON }
	if err := decoder.Decode(&report); err != nil {
		t.Fatal(err)
	}
	return report.Targets
}

// masked replaces what differs from run to run.
func masked(report string, asked []fakecloud.Request) string {
	for _, r := range asked {
		report = strings.ReplaceAll(report, r.ID, "REQUEST")
	}
	return regexp.MustCompile(`"(elapsed|throttled)_ms":\d+`).ReplaceAllString(report, `"${1}_ms":*`)
}

const goldenReport = `{"targets":[` +
	`{"target":"prod/cn-hangzhou","provider":"aliyunecs","region":"cn-hangzhou","complete":true,` +
	`"images":1,"matched":1,"pages":1,"requests":1,"retries":0,"throttled_ms":*,"elapsed_ms":*},` +
	`{"target":"prod/cn-beijing","provider":"aliyunecs","region":"cn-beijing","complete":true,` +
	`"images":1,"matched":0,"pages":1,"requests":1,"retries":0,"throttled_ms":*,"elapsed_ms":*},` +
	`{"target":"off/cn-hangzhou","provider":"aliyunecs","region":"cn-hangzhou","complete":false,` +
	`"images":0,"matched":0,"pages":0,"requests":1,"retries":0,"throttled_ms":*,"elapsed_ms":*,` +
	`"error":{"kind":"unauthenticated","code":"InvalidAccessKeyId.Inactive",` +
	`"message":"Specified access key is disabled.","request_id":"REQUEST","attempts":1}}` +
	"]}\n"

// Each of these runs would destroy one of its files.
func TestFilesThatAreWrittenDiffer(t *testing.T) {
	cloud, url := serve(t, testWorld())
	dir := t.TempDir()
	config := writeConfig(t, prodTarget, url)
	for name, link := range map[string]string{"config.link": config, "out.link": filepath.Join(dir, "out")} {
		if err := os.Symlink(link, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "out"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--report DIR/a --trace DIR/a":                               "--report and --trace name the same file, DIR/a: give each its own",
		"--report DIR/a --trace DIR/../" + filepath.Base(dir) + "/a": "--report and --trace name the same file, ",
		"--report DIR/out --trace DIR/out.link":                      "--report and --trace name the same file, DIR/out.link: give each its own",
		"--newest --lock DIR/a --report DIR/a":                       "--lock and --report name the same file, DIR/a: give each its own",
		"--verify DIR/out --report DIR/out":                          "--verify and --report name the same file, DIR/out: give each its own",
		"--report DIR/config.link":                                   "--config and --report name the same file, DIR/config.link: give each its own",
	} {
		args, want = strings.ReplaceAll(args, "DIR", dir), strings.ReplaceAll(want, "DIR", dir)
		got := imagesearch(t.Context(), append(strings.Fields(args), "--config", config)...)
		if got.status != exitUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, "imagesearch: "+want) {
			t.Errorf("%s: %+v, want %s", args, got, want)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "out")); string(text) != "kept" || len(cloud.Requests()) > 0 {
		t.Errorf("the file has %q, %v; %d requests", text, err, len(cloud.Requests()))
	}
	if got := imagesearch(t.Context(), "--config", config, "--report", os.DevNull, "--trace", os.DevNull); got.status != exitComplete {
		t.Errorf("%+v", got)
	}
}

func TestReport(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget+brokenTarget, url)
	path := filepath.Join(t.TempDir(), "report.json")
	args := []string{"--config", file, "--platform", "ubuntu", "--output", "ndjson", "--report"}
	got := imagesearch(t.Context(), append(args, path)...)
	if got.status != exitFailed || got.stdout != webLine+"\n" {
		t.Errorf("%+v", got)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(goldenReport, masked(string(text), cloud.Requests())); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	got = imagesearch(t.Context(), append(args, "-")...)
	_, line, _ := strings.Cut(got.stderr, "\n")
	if diff := cmp.Diff(goldenReport, masked(line, cloud.Requests())); got.stdout != webLine+"\n" || diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func TestRetriesAreReported(t *testing.T) {
	t.Parallel()
	cloud, url := serve(t, testWorld())
	file, path := writeConfig(t, prodTarget, url), filepath.Join(t.TempDir(), "report.json")
	for _, mode := range []string{"--output=json", "--check"} {
		if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.HTMLPage, Region: "cn-beijing", Times: 2}); err != nil {
			t.Fatal(err)
		}
		got := imagesearch(t.Context(), "--config", file, "--report", path, mode)
		if got.status != exitComplete || got.stderr != "" {
			t.Errorf("%s: %+v", mode, got)
		}
		var counts [][2]int
		for _, r := range readReport(t, path) {
			counts = append(counts, [2]int{r.Requests, r.Retries})
		}
		if diff := cmp.Diff([][2]int{{1, 0}, {3, 2}}, counts); diff != "" {
			t.Errorf("%s: requests and retries (-want +got):\n%s", mode, diff)
		}
	}
}
