package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/internal/fakeconfig"
	"github.com/imagequery/imagequery/fakecloud"
)

// canaryWorld is the sample world with keys that no output may show, and with two
// that are refused.
func canaryWorld() fakecloud.World {
	w := fakecloud.Sample()
	for i := range w.Accounts {
		for j := range w.Accounts[i].Keys {
			key := &w.Accounts[i].Keys[j]
			key.ID, key.Secret = "canary-id-"+key.ID, "canary-secret"
		}
	}
	w.Accounts = append(w.Accounts,
		fakecloud.Account{Name: "off", ID: "1", Keys: []fakecloud.Key{{ID: "canary-id-off", Secret: "canary-secret", Disabled: true}}},
		fakecloud.Account{Name: "denied", ID: "2", Keys: []fakecloud.Key{{ID: "canary-id-denied", Secret: "canary-secret", Denied: true}}},
	)
	return w
}

// fourAndBad picks one target of each provider, and the one called bad.
var fourAndBad = []string{
	"--target", "sample-prod-ecs/cn-beijing", "--target", "sample-prod-swas/*", "--target", "sample-edge-ens", "--target", "*/pek3a",
	"--target", "bad/*",
}

// bad is the entry of the target that fails: its region, endpoint and key are to be
// filled in.
const bad = `- name: bad
  provider: aliyunecs
  regions: [%s]
  endpoint: %s
  credentials: {access_key_id: %s, access_key_secret: canary-secret}
`

func TestOneTargetOfFiveFails(t *testing.T) {
	t.Parallel()
	world := canaryWorld()
	_, url := serve(t, world)
	config, err := fakeconfig.YAML(world, url)
	if err != nil {
		t.Fatal(err)
	}
	goodFile := writeConfig(t, string(config), "")
	good := imagesearch(t.Context(), append(fourAndBad[:8:8], "--config", goodFile, "--output", "json")...)
	if good.status != exitComplete || good.stderr != "" {
		t.Fatalf("without the bad target: %+v", good)
	}
	for _, c := range []struct {
		name, region, endpoint, key string
		args                        []string
		failure                     failureJSON
		answered                    bool // by the server, so that there is a request ID
	}{
		{"disabled key", "cn-hangzhou", url, "canary-id-off", nil, failureJSON{Kind: "unauthenticated", Code: "InvalidAccessKeyId.Inactive", Attempts: 1}, true},
		{"denied key", "cn-hangzhou", url, "canary-id-denied", nil, failureJSON{Kind: "permission_denied", Code: "Forbidden.RAM", Attempts: 1}, true},
		{"wrong region", "cn-nowhere", url, "canary-id-sample-prod-key", nil, failureJSON{Kind: "invalid_argument", Code: "InvalidRegionId.NotFound", Attempts: 1}, true},
		{"hangs", "cn-hangzhou", hangingServer(t), "canary-id-off", []string{"--timeout", "4s"}, failureJSON{Kind: "deadline_exceeded", Attempts: 1}, false},
		{"unreachable", "cn-hangzhou", closed, "canary-id-off", nil, failureJSON{Kind: "unavailable", Attempts: 5}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := writeConfig(t, string(config)+fmt.Sprintf(bad, c.region, c.endpoint, c.key), "")
			report := filepath.Join(t.TempDir(), "report.json")
			args := append(c.args, fourAndBad...)
			got := imagesearch(t.Context(), append(args, "--config", file, "--output", "json", "--report", report)...)
			if got.status != exitFailed {
				t.Errorf("status %d", got.status)
			}
			if diff := cmp.Diff(good.stdout, got.stdout); diff != "" {
				t.Errorf("the other four are not whole (-want +got):\n%s", diff)
			}
			if n := strings.Count(got.stderr, "imagesearch: bad/"+c.region+": "); n != 1 {
				t.Errorf("%d lines about bad/%s in %q", n, c.region, got.stderr)
			}
			checkNoSecret(t, got, report)
			checkFailure(t, readReport(t, report), "bad/"+c.region, c.failure, c.answered)
		})
	}
}

// checkFailure holds the last of five reports to a failure, and the others to none.
func checkFailure(t *testing.T, reports []reportJSON, target string, want failureJSON, answered bool) {
	t.Helper()
	for _, r := range reports[:4] {
		if !r.Complete || r.Error != nil {
			t.Errorf("%+v", r)
		}
	}
	last := reports[4]
	if last.Target != target || last.Complete || last.Error == nil {
		t.Fatalf("%+v", last)
	}
	want.Message, want.RequestID = last.Error.Message, last.Error.RequestID
	if diff := cmp.Diff(want, *last.Error); diff != "" {
		t.Errorf("%s (-want +got):\n%s", target, diff)
	}
	if answered != (want.RequestID != "") || want.Message == "" {
		t.Errorf("%s: %+v", target, last.Error)
	}
}

// checkNoSecret finds keys and signatures in what the command has written.
func checkNoSecret(t *testing.T, got result, report string) {
	t.Helper()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]string{"stdout": got.stdout, "stderr": got.stderr, "report": string(text)} {
		for _, secret := range []string{"canary", "ignature"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s shows %q:\n%s", name, secret, all)
			}
		}
	}
}

// hangingServer takes requests and never answers.
func hangingServer(t *testing.T) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices that a client has gone only after the body
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// surplusServer sends the request again after the end of each response. It never sends the
// image that its total promises, so that it is asked several times.
func surplusServer(t *testing.T) (url string) {
	t.Helper()
	const body = `{"TotalCount": 1, "Images": {"Image": []}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, _ := io.ReadAll(r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(body), body, form)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// net/http writes the bytes after the end of a response to the standard logger. They
// can be those of the request, with its key and signature.
func TestBytesAfterAResponseAreNotPrinted(t *testing.T) {
	command := asProcess(t, "--config", writeConfig(t, prodTarget, surplusServer(t)), "--output", "id")
	var stderr strings.Builder
	command.Stderr = &stderr
	_ = command.Run() // the listing is incomplete
	for _, text := range []string{"canary", "ignature", "nsolicited"} {
		if strings.Contains(stderr.String(), text) {
			t.Errorf("stderr has %q:\n%s", text, stderr.String())
		}
	}
	if command.ProcessState.ExitCode() != exitFailed || !strings.Contains(stderr.String(), "incomplete") {
		t.Errorf("%s, stderr %q", command.ProcessState, stderr.String())
	}
}
