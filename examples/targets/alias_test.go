package targets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/targets"
)

func TestAliasesStandForTheirAnchors(t *testing.T) {
	const text = `targets:
  - &first
    name: &n one
    provider: aliyunecs
    regions: &r [&a cn-hangzhou, cn-beijing]
    account: *n
    endpoint: https://ecs.{region}.example/
    credentials: &c {access_key_id: "${KEY}", access_key_secret: &s secret}
  - {name: two, provider: aliyunecs, regions: *r, credentials: *c}
  - {name: three, provider: aliyunecs, regions: [*a], credentials: {access_key_id: id, access_key_secret: *s}}
  - <<: *first
    name: four
  - {<<: [*first], name: five, regions: [cn-shanghai]}
  - {name: six, provider: qingcloud, regions: [pek3a], credentials: {<<: *c, access_key_id: other}}
`
	loaded, err := targets.Parse("f", []byte(text), around)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, target := range loaded {
		got = append(got, target.Name+" "+target.Account+" "+target.Config.Endpoint+" "+revealed(t, target))
	}
	want := []string{
		"one/cn-hangzhou one https://ecs.cn-hangzhou.example/ the-id secret ",
		"one/cn-beijing one https://ecs.cn-beijing.example/ the-id secret ",
		"two/cn-hangzhou two  the-id secret ",
		"two/cn-beijing two  the-id secret ",
		"three/cn-hangzhou three  id secret ",
		"four/cn-hangzhou one https://ecs.cn-hangzhou.example/ the-id secret ",
		"four/cn-beijing one https://ecs.cn-beijing.example/ the-id secret ",
		"five/cn-shanghai one https://ecs.cn-shanghai.example/ the-id secret ",
		"six/pek3a six  other secret ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnchorsThatContainThemselvesAreErrors(t *testing.T) {
	for _, text := range []string{
		"targets: &t [*t]\n",
		"targets:\n  - &t {<<: *t}\n",
		good + "    credentials: &c {assume_role: *c}\n",
		"targets:\n  - {name: a, provider: aliyunecs, regions: &r [*r]}\n",
	} {
		if loaded, err := targets.Parse("f", []byte(text), around); err == nil {
			t.Errorf("%d targets of %q", len(loaded), text)
		}
	}
}
