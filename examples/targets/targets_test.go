package targets_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/examples/targets"
)

var environment = map[string]string{"REGION": "cn-hangzhou", "KEY": "the-id", "SECRET": "the-secret", "EMPTY": "", "PROFILE": "p"}

func lookup(name string) (string, bool) {
	value, ok := environment[name]
	return value, ok
}

// around has no cloud: nobody listens at its addresses.
var around = &targets.Options{
	LookupEnv:         lookup,
	Alibaba:           aliyuncreds.Services{STS: nobody, Metadata: nobody},
	QingCloudMetadata: nobody,
}

const nobody = "http://127.0.0.1:1/"

const full = `# a comment
targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    account: main
    endpoint: http://10.0.0.1/
    allow_http: true
    credentials:
      access_key_id: ${KEY}
      access_key_secret: x-${SECRET}-y
      security_token: 0123
  - name: again
    provider: aliyunecs
    regions:
      - ${REGION}
    account: main
  - name: other
    provider: aliyunecs
    regions: [cn-shanghai]
    credentials: {access_key_id: a$b, access_key_secret: "{$}"}
  - name: edge
    provider: aliyunens
    account: main
  - {name: edge-sg, provider: aliyunens, account: main, regions: [ap-southeast-1]}
  - {name: qing, provider: qingcloud, regions: [pek3a], endpoint: "http://127.0.0.1:1/iaas/"}
`

func TestParse(t *testing.T) {
	isolate(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "usual-id")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "usual-secret")
	t.Setenv("QINGCLOUD_ACCESS_KEY_ID", "usual-qing-id")
	t.Setenv("QINGCLOUD_SECRET_ACCESS_KEY", "usual-qing-secret")
	loaded, err := targets.Parse("f.yaml", []byte(full), around)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, target := range loaded {
		line := target.Name + " " + target.Provider + " " + target.Config.Region + " " + target.Config.Endpoint
		got = append(got, line+" "+revealed(t, target))
	}
	want := []string{
		"prod/cn-hangzhou aliyunecs cn-hangzhou http://10.0.0.1/ the-id x-the-secret-y 0123",
		"prod/cn-beijing aliyunecs cn-beijing http://10.0.0.1/ the-id x-the-secret-y 0123",
		"again/cn-hangzhou aliyunecs cn-hangzhou  usual-id usual-secret ",
		"other/cn-shanghai aliyunecs cn-shanghai  a$b {$} ",
		"edge aliyunens   usual-id usual-secret ",
		"edge-sg/ap-southeast-1 aliyunens ap-southeast-1  usual-id usual-secret ",
		"qing/pek3a qingcloud pek3a http://127.0.0.1:1/iaas/ usual-qing-id usual-qing-secret ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a, b, c := loaded[0].Config.Budget, loaded[2].Config.Budget, loaded[3].Config.Budget; a != b || a == c || c == nil {
		t.Error("targets share a budget exactly if they share an account")
	}
	if target, err := loaded[0].Open(); err != nil || target.Client.Info().Region != "cn-hangzhou" {
		t.Errorf("Open: %v", err)
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.yaml")
	if _, err := targets.Load(path, around); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := targets.Load(t.TempDir(), around); err == nil {
		t.Error("a directory is no error")
	}
	if err := os.WriteFile(path, []byte(full), 0o600); err != nil {
		t.Fatal(err)
	}
	if loaded, err := targets.Load(path, around); err != nil || len(loaded) != 7 {
		t.Errorf("%d targets, %v", len(loaded), err)
	}
}

func TestExample(t *testing.T) {
	env := map[string]string{"KEY_ID": "id", "KEY_SECRET": "secret", "KEY_TOKEN": "token"}
	around := &targets.Options{LookupEnv: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}}
	loaded, err := targets.Parse("example", []byte(targets.Example), around)
	if err != nil || len(loaded) != 1 {
		t.Fatalf("%d targets, %v", len(loaded), err)
	}
	if got := loaded[0].Name + " " + revealed(t, loaded[0]); got != "prod/cn-hangzhou id secret token" {
		t.Errorf("%q", got)
	}
}
