package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

func TestWrittenWorldIsTheSample(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.json")
	if status := run(t.Context(), []string{"--write-world", path}, io.Discard, os.Stderr); status != 0 {
		t.Fatalf("status %d", status)
	}
	written := readFile(t, path)
	world, err := fakecloud.ReadWorld(bytes.NewReader(written))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fakecloud.Sample(), world); diff != "" {
		t.Errorf("world differs (-want +got):\n%s", diff)
	}
	if _, err := fakecloud.New(world); err != nil {
		t.Error(err)
	}
	var stdout bytes.Buffer // a world that was read is written as it was
	if status := run(t.Context(), []string{"--world", path, "--write-world", "-"}, &stdout, os.Stderr); status != 0 || stdout.String() != string(written) {
		t.Errorf("status %d, and the world of %d bytes became one of %d", status, len(written), stdout.Len())
	}
}

func TestWriteWorldKeepsAFile(t *testing.T) {
	path := writeFile(t, "edited")
	var stderr strings.Builder
	if status := run(t.Context(), []string{"--write-world", path}, io.Discard, &stderr); status != 2 || !strings.Contains(stderr.String(), "exists: remove it") {
		t.Errorf("status %d, %q", status, stderr.String())
	}
	if text := readFile(t, path); string(text) != "edited" {
		t.Errorf("the file is %q", text)
	}
}

func TestFlagsWithoutEffectAreRefused(t *testing.T) {
	for _, flag := range []string{"--addr=127.0.0.1:0", "--faults=x", "--tls=x", "--log=x", "--env=x"} {
		var stderr strings.Builder
		status := run(t.Context(), []string{"--write-world", "-", flag}, io.Discard, &stderr)
		if name, _, _ := strings.Cut(flag, "="); status != 2 || !strings.Contains(stderr.String(), name+" has no effect") {
			t.Errorf("%s: status %d, %q", flag, status, stderr.String())
		}
	}
}

// Each line is in the file before the client has its response.
func TestLogHasALineForEachRequest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.ndjson")
	for round := range 2 { // the second server appends
		printed(t, []string{"--log", path}, func(text string) {
			for _, target := range parsePrinted(t, text) {
				opened, err := target.Open()
				if err != nil {
					t.Fatal(err)
				}
				if err := opened.Client.Check(t.Context()); err != nil {
					t.Error(err)
				}
				checkLog(t, readFile(t, path))
			}
		})
		if lines := bytes.Count(readFile(t, path), []byte("\n")); lines < 5*(round+1) {
			t.Errorf("%d lines", lines)
		}
	}
}

func parsePrinted(t *testing.T, text string) []targets.Target {
	t.Helper()
	loaded, err := targets.Parse("printed", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// checkLog fails unless each line is a record without secrets.
func checkLog(t *testing.T, text []byte) {
	t.Helper()
	if !bytes.HasSuffix(text, []byte("\n")) {
		t.Errorf("the last line is cut off: %q", text)
	}
	for line := range bytes.Lines(text) {
		var record struct {
			Provider, Action, Time string
			Status                 int
		}
		if err := json.Unmarshal(line, &record); err != nil || record.Provider == "" || record.Action == "" || record.Time == "" || record.Status == 0 {
			t.Errorf("%v in %s", err, line)
		}
		for _, secret := range []string{"-secret", "sample-dev-token", "ignature", "imestamp"} {
			if bytes.Contains(line, []byte(secret)) {
				t.Errorf("%q is in %s", secret, line)
			}
		}
	}
}

// A log that cannot be written ends the command.
func TestFailedLogEndsTheCommand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	failed := make(chan error, 1)
	log, err := openLog(path, func(err error) { failed <- err })
	if err != nil {
		t.Fatal(err)
	}
	if err := log.file.Close(); err != nil {
		t.Fatal(err)
	}
	log.write(fakecloud.Request{})
	if err := <-failed; !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), "the log is incomplete") {
		t.Errorf("error %v", err)
	}
}

func TestTLSWritesTheAuthorityOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "tls")
	env := filepath.Join(t.TempDir(), "env.sh")
	printed(t, []string{"--tls", dir, "--env", env}, func(text string) {
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 || files[0].Name() != "ca.pem" {
			t.Errorf("files %v, %v", files, err)
		}
		ca := readFile(t, filepath.Join(dir, "ca.pem"))
		if !bytes.HasPrefix(ca, []byte("-----BEGIN CERTIFICATE-----\n")) || bytes.Contains(ca, []byte("PRIVATE")) {
			t.Errorf("ca.pem is %s", ca)
		}
		if !strings.Contains(text, "endpoint: https://127.0.0.1:") {
			t.Errorf("no https in\n%s", text)
		}
		if lines := string(readFile(t, env)); !strings.Contains(lines, "export SSL_CERT_FILE="+dir+"/ca.pem\n") {
			t.Errorf("no authority in\n%s", lines)
		}
		// Without the authority the client refuses the server.
		target := parsePrinted(t, text)[0]
		target.Config.Retry.Attempts = 1
		opened, err := target.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := opened.Client.Check(t.Context()); !errors.Is(err, provider.Unavailable) {
			t.Errorf("error %v, want Unavailable", err)
		}
	})
}

// A shell reads the lines, and the variables are those that the vendors document.
func TestEnvironmentIsReadByAShell(t *testing.T) {
	env := filepath.Join(t.TempDir(), "env.sh")
	printed(t, []string{"--env", env}, func(text string) {
		command := exec.CommandContext(t.Context(), "sh", "-c", `. "$1"
for v in ALIBABA_CLOUD_ACCESS_KEY_ID ALIBABA_CLOUD_ACCESS_KEY_SECRET ALIBABA_CLOUD_REGION_ID ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_REGION; do eval "echo \$$v"; done
[ "$ALIBABA_CLOUD_ENDPOINT" = "$ALIBABA_CLOUD_ENDPOINT_ECS" ] && [ "$ECS_ENDPOINT" = "$STS_ENDPOINT" ] && echo "http://$LOCATION_ENDPOINT"`, "sh", env)
		command.Env = []string{"PATH=" + os.Getenv("PATH")}
		out, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		values := strings.Fields(string(out))
		want := []string{"sample-prod-key", "sample-prod-key-secret", "cn-hangzhou", "sample-prod-key", "sample-prod-key-secret", "cn-hangzhou"}
		if diff := cmp.Diff(want, values[:len(values)-1]); diff != "" {
			t.Errorf("values differ (-want +got):\n%s", diff)
		}
		if endpoint := values[len(values)-1]; !strings.Contains(text, "at "+endpoint+"/ and") {
			t.Errorf("endpoint %s is not in\n%s", endpoint, text)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(readFile(t, env))), "\n") {
			if !strings.Contains(text, "\n# "+strings.TrimPrefix(line, "# ")+"\n") {
				t.Errorf("%q is not printed", line)
			}
		}
		if !strings.Contains(text, "#   qy_access_key_id: 'sample-qing-key'\n") {
			t.Errorf("no lines for QingCloud in\n%s", text)
		}
	})
}

// Names and keys of a world reach a shell as text.
func TestEnvironmentQuotesValues(t *testing.T) {
	world := fmt.Sprintf(`{"regions":{"aliyunecs":["cn-a"]},"accounts":[
		{"name":"odd","keys":[{"id":"line\nexport X=1","secret":"s"}]},
		{"name":"mine","keys":[{"id":"k","secret":%q}]}]}`, `a'b $(touch x) "c"`)
	env := filepath.Join(t.TempDir(), "env.sh")
	printed(t, []string{"--world", writeFile(t, world), "--env", env}, func(string) {
		command := exec.CommandContext(t.Context(), "sh", "-c", `. "$1"; printf %s "$ALIBABA_CLOUD_ACCESS_KEY_SECRET/$X"`, "sh", env)
		out, err := command.Output()
		if want := `a'b $(touch x) "c"/`; err != nil || string(out) != want {
			t.Errorf("secret %q, %v; want %q", out, err, want)
		}
	})
}

func TestFilesThatCannotBeWrittenAreRefused(t *testing.T) {
	file := writeFile(t, "text")
	for _, args := range [][]string{
		{"--tls", filepath.Join(file, "dir")},
		{"--log", filepath.Join(file, "log")},
		{"--env", filepath.Join(file, "env")},
		{"--write-world", filepath.Join(file, "world")},
	} {
		var stderr strings.Builder
		if status := run(t.Context(), args, io.Discard, &stderr); status != 2 || !strings.Contains(stderr.String(), file) {
			t.Errorf("%q: status %d, %q", args, status, stderr.String())
		}
	}
}

func TestLogHasUnsignedRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	log, err := openLog(path, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := fakecloud.New(fakecloud.World{})
	if err != nil {
		t.Fatal(err)
	}
	cloud.OnResponse = log.write
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, "http://x/?Version=2014-05-26&Action=DescribeImages&SecurityToken=canary&Format=JSON", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := cloud.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if err := log.file.Close(); err != nil {
		t.Fatal(err)
	}
	if line := string(readFile(t, path)); strings.Contains(line, "canary") || !strings.Contains(line, `"code":"MissingAccessKeyId"`) {
		t.Errorf("logged %s", line)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
