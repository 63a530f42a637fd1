package browser_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// command is the built imagesearch.
var command string

func TestMain(m *testing.M) {
	flag.Parse()
	status, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

// runTests builds the command and starts the browser for the tests.
func runTests(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "imagesearch")
	if err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	command = filepath.Join(dir, "imagesearch")
	build := exec.Command("go", "build", "-o", command, ".")
	build.Dir = "../imagesearch"
	build.Env = append(os.Environ(), "GOWORK=") // the command belongs to the workspace, this module does not
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("%w: %s", err, out)
	}
	stop, err := startChromium(filepath.Join(dir, "profile"))
	if err != nil {
		return 1, err
	}
	defer stop()
	return m.Run(), nil
}

// generated is the time of every page.
var generated = time.Date(2026, 2, 10, 0, 0, 0, 0, time.UTC)

// search runs the command, which must exit with a status.
func search(t *testing.T, status int, args ...string) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), command, args...)
	run.Env = []string{"HOME=" + t.TempDir(), "SOURCE_DATE_EPOCH=" + strconv.FormatInt(generated.Unix(), 10)}
	var stderr strings.Builder
	run.Stderr = &stderr
	out, _ := run.Output() // the status is checked
	if got := run.ProcessState.ExitCode(); got != status {
		t.Fatalf("%q: status %d: %s", args, got, stderr.String())
	}
	return string(out)
}

// results returns the page of a search and the same images from its JSON output.
func results(t *testing.T, status int, args ...string) (page string, hits []provider.Hit) {
	t.Helper()
	if err := json.Unmarshal([]byte(search(t, status, append(args, "--output", "json")...)), &hits); err != nil {
		t.Fatal(err)
	}
	return search(t, status, append(args, "--output", "html")...), hits
}

// serve starts a fake cloud and returns a configuration of its one account.
func serve(t *testing.T, w fakecloud.World) (config string) {
	t.Helper()
	cloud, err := fakecloud.New(w)
	if err != nil {
		t.Fatal(err)
	}
	server, err := cloud.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	config = filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(configuration, "URL", server.URL())), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

const configuration = `targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    endpoint: URL
    credentials: {access_key_id: prod-key, access_key_secret: secret}
  - name: off
    provider: aliyunecs
    regions: [cn-hangzhou]
    endpoint: URL
    credentials: {access_key_id: off-key, access_key_secret: secret}
`

// world has the account prod with some images, and the account off whose key is
// disabled.
func world(images []fakecloud.Image) fakecloud.World {
	return fakecloud.World{
		Regions: map[string][]string{"aliyunecs": {"cn-hangzhou", "cn-beijing"}},
		Accounts: []fakecloud.Account{
			{Name: "prod", ID: "1001", Keys: []fakecloud.Key{{ID: "prod-key", Secret: "secret"}}, Images: images},
			{Name: "off", ID: "1002", Keys: []fakecloud.Key{{ID: "off-key", Secret: "secret", Disabled: true}}},
		},
	}
}
