package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestFlagsMakeTheQuery(t *testing.T) {
	for _, c := range []struct {
		args string
		want image.Query
	}{
		{"--id a --id b,c", image.Query{IDs: []string{"a", "b,c"}}},
		{"--name a --name-glob b* --name-contains c --family d", image.Query{
			Names: []string{"a"}, NameGlobs: []string{"b*"}, NameContains: []string{"c"}, Families: []string{"d"},
		}},
		{"--source SELF --source system --owner 1", image.Query{Sources: []image.Source{"self", "system"}, Owners: []string{"1"}}},
		{"--visibility public --status Available", image.Query{
			Visibilities: []image.Visibility{"public"}, Statuses: []image.Status{"available"},
		}},
		{"--os linux --platform RHEL --arch amd64 --arch aarch64", image.Query{
			OSes: []image.OS{"linux"}, Platforms: []string{"RHEL"}, Archs: []image.Arch{"x86_64", "arm64"},
		}},
		{"--region r --resource-group g --source-instance i --source-snapshot s", image.Query{
			Regions: []string{"r"}, ResourceGroups: []string{"g"}, SourceInstances: []string{"i"}, SourceSnapshots: []string{"s"},
		}},
		{"--tag a=b=c --tag d= --tag d=", image.Query{Tags: map[string]string{"a": "b=c", "d": ""}}},
		{"--created-after 2026-01-31 --created-before 2026-02-01T08:00:00+08:00", image.Query{
			CreatedAfter: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), CreatedBefore: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		}},
		{"--limit 3 --skip-unreported", image.Query{Limit: 3, SkipUnreported: true}},
		{"--native p.Filter.X=a=b --native p.y= --native q.z=1", image.Query{
			Native: map[string]map[string]string{"p": {"Filter.X": "a=b", "y": ""}, "q": {"z": "1"}},
		}},
	} {
		r := &runner{environment: isolatedEnvironment(nil)}
		if err := newCommand(r).ParseFlags(strings.Fields(c.args)); err != nil {
			t.Errorf("%s: %v", c.args, err)
		}
		if diff := cmp.Diff(c.want, r.options.query); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.args, diff)
		}
	}
}

func TestFlagsConfigureTheRun(t *testing.T) {
	r := &runner{environment: isolatedEnvironment(nil)}
	args := []string{"--prefetch", "3", "--native-record", "--concurrency", "5", "--distinct"}
	if err := newCommand(r).ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	var config provider.Config
	r.options.configure(&config)
	if diff := cmp.Diff(provider.Config{UserAgent: "imagesearch", Listing: provider.Listing{Prefetch: 3, KeepNative: true}}, config); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&provider.SearchOptions{InFlight: 5, Distinct: true}, r.options.search()); diff != "" {
		t.Errorf("search (-want +got):\n%s", diff)
	}
}

func TestEveryPredicateHasAFlag(t *testing.T) {
	var o options
	o.groups()
	for _, field := range image.AllFields() {
		if o.flagOf[field] == "" {
			t.Errorf("%s has no flag", field)
		}
	}
}

func TestBadFlags(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	const see = "; see --help"
	for _, c := range []struct{ args, want string }{
		{"--newset", "unknown flag: --newset; did you mean --newest?" + see},
		{"extra", `unexpected argument "extra": every value belongs to a flag` + see},
		{"--status", "flag needs an argument: --status" + see},
		{"--status gone", `invalid argument "gone" for "--status" flag: unknown status "gone": want ` +
			`pending, available, deprecated, unavailable, failed, suspended, deleted, ceased` + see},
		{"--source own", `invalid argument "own" for "--source" flag: unknown source "own": want system, self, shared, community, marketplace` + see},
		{"--os dos", `invalid argument "dos" for "--os" flag: unknown os "dos": want linux, windows` + see},
		{"--arch vax", `invalid argument "vax" for "--arch" flag: unknown arch "vax": want x86_64, i386, arm64` + see},
		{"--visibility none", `invalid argument "none" for "--visibility" flag: unknown visibility "none": want private, shared, public` + see},
		{"--name=", `invalid argument "" for "--name" flag: empty; give a value, or leave the flag out` + see},
		{"--name-glob [", `--name-glob "[": bad pattern: a class needs at least one character and a closing "]"; write "\[" for the character itself`},
		{"--status avialable", `invalid argument "avialable" for "--status" flag: unknown status "avialable": want ` +
			`pending, available, deprecated, unavailable, failed, suspended, deleted, ceased; did you mean available?` + see},
		{"--arch amd46", `invalid argument "amd46" for "--arch" flag: unknown arch "amd46": want x86_64, i386, arm64; did you mean amd64?` + see},
		{"--native aliyunecs.InstanceTyp=x", `aliyunecs cn-hangzhou: invalid argument: --native aliyunecs.InstanceTyp="x": DescribeImages has no such parameter; did you mean InstanceType?; want one of ActionType, `},
		{`--native aliyunecs.Tag.Key=a"b`, `aliyunecs cn-hangzhou: invalid argument: --native aliyunecs.Tag.Key="a\"b": DescribeImages has no such parameter; did you mean Tag.1.Key?; want one of ActionType, `},
		{"--output jsn", `invalid argument "jsn" for "--output" flag: want ` + words(formats()) + `; did you mean json?` + see},
		{"--target prod/cn-hangzou", `--target "prod/cn-hangzou" matches no target; did you mean prod/cn-hangzhou?; there are `},
		{"--provider aliyunesc", `--provider "aliyunesc" matches no target; did you mean aliyunecs?; there are `},
		{"--exclude dev*", `--exclude "dev*" matches no target; there are prod/cn-hangzhou (aliyunecs), prod/cn-beijing (aliyunecs)`},
		{"--exclude *", "--target, --provider and --exclude together leave no target: drop one of them"},
		{"--created-after 3x", `invalid argument "3x" for "--created-after" flag: want a time like`},
		{"--created-after 99999999w", `invalid argument "99999999w" for "--created-after" flag: want a time like`},
		{"--created-after -3d", `invalid argument "-3d" for "--created-after" flag: want a time like`},
		{"--native-record", "--native-record has no effect on --output table: give --output json, ndjson or csv"},
		{"--native-record --output html", "--native-record has no effect on --output html: give --output json, ndjson or csv"},
		{"--check --arch arm64", "--arch has no effect with --check: drop one of them"},
		{"--check --limit 3", "--limit has no effect with --check: drop one of them"},
		{"--check --tag a=b", "--tag has no effect with --check: drop one of them"},
		{"--explain --timeout 3s", "--timeout has no effect with --explain: drop one of them"},
		{"--explain --report r.json", "--report has no effect with --explain: drop one of them"},
		{"--newest --distinct", "--distinct has no effect with --newest: drop one of them"},
		{"--limit 1 --limit 1", `invalid argument "1" for "--limit" flag: given twice; give it once` + see},
		{"--limit -1", `invalid argument "-1" for "--limit" flag: want a whole number, 0 or more` + see},
		{"--limit ten", `invalid argument "ten" for "--limit" flag: want a whole number, 0 or more` + see},
		{"--explain --explain", `invalid argument "true" for "--explain" flag: given twice; give it once` + see},
		{"--explain=yes", `invalid argument "yes" for "--explain" flag: want true or false, or no value` + see},
		{"--explain --check", "--explain and --check exclude each other: give one of them"},
		{"--newest --check", "--newest and --newest-per exclude --check: give one of them"},
		{"--newest --limit 0", "--newest and --newest-per exclude --limit: each group has one newest image"},
		{"--newest --limit 1", "--newest and --newest-per exclude --limit: each group has one newest image"},
		{"--allow-partial", "--allow-partial is for --newest and --newest-per: other searches always print the images of the targets that succeed"},
		{"--report /dev/null/x", "--report: open /dev/null/x: not a directory; want a file that can be written"},
		{"--report a --report b", `invalid argument "b" for "--report" flag: given twice; give it once` + see},
		{"--progress on", `invalid argument "on" for "--progress" flag: want auto, always, never` + see},
		{"--prefetch many", `invalid argument "many" for "--prefetch" flag: want a whole number, 0 or more` + see},
		{"--tag a=1 --tag a=2", `invalid argument "a=2" for "--tag" flag: a has the value "1" already; give one value` + see},
		{"--tag a", `invalid argument "a" for "--tag" flag: want KEY=VALUE; the value may be empty` + see},
		{"--tag =a", `invalid argument "=a" for "--tag" flag: want KEY=VALUE; the value may be empty` + see},
		{"--created-after 31.1.2026", `invalid argument "31.1.2026" for "--created-after" flag: want a time like 2026-01-31T08:00:00Z, ` +
			`a day like 2026-01-31 (UTC), or an age like 36h, 30d or 8w` + see},
		{"--created-after 2026-01-02 --created-before 2026-01-01", `--created-after "2026-01-02T00:00:00Z": ` +
			`not before --created-before (2026-01-01T00:00:00Z), so no image can match; swap or widen them`},
		{"--output xml", `invalid argument "xml" for "--output" flag: want ` + words(formats()) + see},
		{"--timeout 5", `invalid argument "5" for "--timeout" flag: want a duration above zero, such as 30s or 2m` + see},
		{"--concurrency -2", `invalid argument "-2" for "--concurrency" flag: want a whole number, 0 or more` + see},
		{"--native Usage=x", `invalid argument "Usage=x" for "--native" flag: want PROVIDER.PARAM=VALUE, such as aliyunecs.Usage=instance` + see},
		{"--native qingcloud.verbose=1", `--native qingcloud.…: no target has the provider "qingcloud"; drop it, or choose targets that do`},
		{"--native aliyunesc.Usage=instance", `--native aliyunesc.…: no target has the provider "aliyunesc"; drop it, or choose targets that do; did you mean aliyunecs?`},
		{"--native aliyunecs.Status=Available --status available", `aliyunecs cn-hangzhou: invalid argument: --native aliyunecs.Status="Available": --status sets the same parameter; set only one of them`},
		{"--native aliyunecs.PageSize=1", "aliyunecs cn-hangzhou: invalid argument: --native aliyunecs.PageSize=\"1\": paging belongs to the engine; use --limit\n"},
		{"--native aliyunecs.Nonsense=1", "aliyunecs cn-hangzhou: invalid argument: --native aliyunecs.Nonsense=\"1\": "},
		{"--shard 0/10001", `invalid argument "0/10001" for "--shard" flag: want INDEX/COUNT with an index from 0 to COUNT-1 and a COUNT of at most 10000, such as 0/16` + see},
		{"--trace -", `invalid argument "-" for "--trace" flag: want the path of a file; ./- is a file of that name` + see},
		{"--newest --lock -", `invalid argument "-" for "--lock" flag: want the path of a file; ./- is a file of that name` + see},
		{"--target dev*", `--target "dev*" matches no target; there are prod/cn-hangzhou (aliyunecs), prod/cn-beijing (aliyunecs)`},
		{"--target prod/* --target x", `--target "x" matches no target; there are prod/cn-hangzhou (aliyunecs), prod/cn-beijing (aliyunecs)`},
		{"--provider qingcloud", `--provider "qingcloud" matches no target; there are prod/cn-hangzhou (aliyunecs), prod/cn-beijing (aliyunecs)`},
	} {
		got := imagesearch(t.Context(), append([]string{"--config", file}, strings.Fields(c.args)...)...)
		if got.status != exitUsage || got.stdout != "" || !strings.HasPrefix(got.stderr, "imagesearch: "+c.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: want status 2 and %q, got %+v", c.args, c.want, got)
		}
	}
	if sent := cloud.Requests(); len(sent) > 0 {
		t.Errorf("%d requests were sent", len(sent))
	}
}

func TestModesWithoutImagesRefuseOutputsOfImages(t *testing.T) {
	for _, mode := range []string{"explain", "check", "why"} {
		for _, f := range formats() {
			if f == formatTable || f == formatJSON {
				continue
			}
			want := result{exitUsage, "", fmt.Sprintf("imagesearch: --output %s has no effect with --%s: give --output table or json\n", f, mode)}
			if got := imagesearch(t.Context(), "--"+mode, "--output", string(f)); got != want {
				t.Errorf("--%s --output %s: %+v, want %+v", mode, f, got, want)
			}
		}
	}
}

func TestPageRefusesColumnsAndTemplates(t *testing.T) {
	for args, want := range map[string]string{
		"--output html --columns id":        "--columns has no effect on --output html: give --output table or csv",
		"--output html --template {{.ID}}":  "--output has no effect with --template: drop one of them",
		"--output html --count-by platform": "--count-by has no effect on --output html: give --output table, json, ndjson or csv",
	} {
		want := result{exitUsage, "", "imagesearch: " + want + "\n"}
		if got := imagesearch(t.Context(), strings.Fields(args)...); got != want {
			t.Errorf("%s: %+v, want %+v", args, got, want)
		}
	}
}

func TestEveryBadValueHasALine(t *testing.T) {
	got := imagesearch(t.Context(), "--name-glob", "[", "--platform", " ")
	if got.status != exitUsage || strings.Count(got.stderr, "imagesearch: --") != 2 {
		t.Errorf("%+v", got)
	}
}
