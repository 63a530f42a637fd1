package targets_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/targets"
)

func TestOutlineNeedsNoVariables(t *testing.T) {
	const text = `targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, "${HOME_REGION}", "${UNSET}"]
    endpoint: https://${UNSET}/
    credentials: {access_key_id: "${UNSET}", access_key_secret: "${UNSET}"}
  - {name: edge, provider: aliyunens}
  - {name: "${UNSET}", provider: aliyunens}
  - {name: other, provider: "${UNSET}", regions: [x]}
  - {name: typo, provider: aliyunecz, regions: [x]}
  - {name: no-region, provider: aliyunecs}
  - {name: no-account, provider: qingcloud, regions: [pek3a], account: "${UNSET}", nonsense: 1}
`
	path := filepath.Join(t.TempDir(), "clouds.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	lookUp := func(name string) (string, bool) { return "cn-beijing", name == "HOME_REGION" }
	got := targets.Outline(path, &targets.Options{LookupEnv: lookUp})
	want := []targets.Place{
		{Name: "prod/cn-hangzhou", Provider: "aliyunecs", Region: "cn-hangzhou"},
		{Name: "prod/cn-beijing", Provider: "aliyunecs", Region: "cn-beijing"},
		{Name: "edge", Provider: "aliyunens"},
		{Name: "no-account/pek3a", Provider: "qingcloud", Region: "pek3a"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOutlineOfAnUnreadableFileIsEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clouds.yaml")
	if got := targets.Outline(path, nil); got != nil {
		t.Errorf("no file: %v", got)
	}
	for _, text := range []string{"", "targets: [", "targets:\n", "- a\n", "targets: [*a]\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := targets.Outline(path, nil); got != nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
