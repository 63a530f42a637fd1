package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// testWorld has an account with two images in two regions, one without images, and
// one whose key is disabled.
func testWorld() fakecloud.World {
	return fakecloud.World{
		Regions: map[string][]string{"aliyunecs": {"cn-hangzhou", "cn-beijing"}},
		Accounts: []fakecloud.Account{
			{
				Name: "prod", ID: "1001",
				Keys:   []fakecloud.Key{{ID: "prod-key", Secret: "canary-secret", Token: "canary-token"}},
				Images: []fakecloud.Image{{Image: webImage()}, {Image: orderImage()}},
			},
			{Name: "empty", ID: "1002", Keys: []fakecloud.Key{{ID: "empty-key", Secret: "canary-secret"}}},
			{Name: "off", ID: "1003", Keys: []fakecloud.Key{{ID: "off-key", Secret: "canary-secret", Disabled: true}}},
		},
	}
}

func webImage() image.Image {
	return image.Image{
		Ref:  image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-web"},
		Name: "web-2", Description: `say "hi", <you>`, Family: "web", Version: "2",
		Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Progress: 100,
		OS: image.OSLinux, Platform: "ubuntu", OSName: "Ubuntu 22.04 64 bit", Arch: image.ArchX86_64, BootMode: "UEFI",
		SizeGiB: 20, Created: time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC),
		Disks:           []image.Disk{{Type: "system", Device: "/dev/xvda", SizeGiB: 20, SnapshotID: "s-1"}},
		SourceSnapshots: []string{"s-1"}, Tags: map[string]string{"env": "prod", "app": "a,b"},
	}
}

func orderImage() image.Image {
	return image.Image{
		Ref:  image.Ref{Provider: "aliyunecs", Region: "cn-beijing", ID: "m-order"},
		Name: "订单服务", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusDeprecated,
		OS: image.OSLinux, Platform: "centos", Arch: image.ArchARM64, Created: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC),
	}
}

// prodTarget is the configuration of the account prod; its URL is to be filled in.
const prodTarget = `targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    endpoint: %[1]s
    credentials: {access_key_id: prod-key, access_key_secret: canary-secret, security_token: canary-token}
`

// brokenTarget continues prodTarget with the account whose key is disabled.
const brokenTarget = `  - name: off
    provider: aliyunecs
    regions: [cn-hangzhou]
    endpoint: %[1]s
    credentials: {access_key_id: off-key, access_key_secret: canary-secret}
`

// serve starts a fake cloud.
func serve(t *testing.T, w fakecloud.World) (cloud *fakecloud.Cloud, url string) {
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
	return cloud, server.URL()
}

// writeConfig writes a configuration, with the URL of a cloud filled in.
func writeConfig(t *testing.T, text, url string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "%[1]s", url)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type result struct {
	status         int
	stdout, stderr string
}

// imagesearch runs the command without any environment.
func imagesearch(ctx context.Context, args ...string) result {
	return imagesearchIn(ctx, isolatedEnvironment(nil), args...)
}

func imagesearchIn(ctx context.Context, environment *targets.Options, args ...string) result {
	var stdout, stderr bytes.Buffer
	status := run(ctx, args, &stdout, &stderr, environment)
	return result{status, stdout.String(), stderr.String()}
}

// closed is the address of a port that refuses connections. It is reserved: a port
// that was free a moment ago could be the one of another test.
const closed = "http://127.0.0.1:1/"

// isolatedEnvironment returns the environment of a machine that is no instance of any cloud.
func isolatedEnvironment(env map[string]string) *targets.Options {
	return &targets.Options{
		LookupEnv: func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		},
		Alibaba:           aliyuncreds.Services{STS: closed, Metadata: closed},
		QingCloudMetadata: closed,
	}
}

// answeringServer gives every request the same response.
func answeringServer(t *testing.T, status int, body string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
