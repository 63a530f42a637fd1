package adaptertest_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// missWorld has an account with a few images at each provider, images that its
// listings leave out, and an account whose images it cannot see.
func missWorld() fakecloud.World {
	may := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	golden := image.Image{
		Ref:  image.Ref{Provider: aliyunecs.Name, Region: "cn-hangzhou", ID: "m-golden"},
		Name: "golden-web", Family: "golden", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Owner: "1001",
		Status: image.StatusAvailable, OS: image.OSLinux, Platform: "ubuntu", OSName: "Ubuntu 22.04 64 bit", Arch: image.ArchX86_64,
		Created: may, ResourceGroup: "rg-1", Disks: []image.Disk{{Type: "system", SnapshotID: "s-1"}}, SourceSnapshots: []string{"s-1"}, Tags: map[string]string{"env": "prod"},
	}
	derived := func(id, name string, change func(*image.Image)) fakecloud.Image {
		m := golden
		m.ID, m.Name, m.Tags = id, name, nil
		change(&m)
		return fakecloud.Image{Image: m}
	}
	old := derived("m-old", "golden-db", func(m *image.Image) { m.Status, m.Created = image.StatusDeprecated, may.AddDate(-1, 0, 0) })
	beijing := derived("m-beijing", "golden-north", func(m *image.Image) { m.Region = "cn-beijing" })
	arm := derived("m-arm", "golden-arm", func(m *image.Image) { m.Arch, m.Family = image.ArchARM64, "" })
	shared := derived("m-shared", "partner-web", func(m *image.Image) {
		m.Source, m.Visibility, m.Owner, m.Platform, m.OSName = image.SourceShared, image.VisibilityShared, "1002", "centos", "CentOS 7.9 64 bit"
	})
	market := derived("m-market", "router", func(m *image.Image) {
		m.Source, m.Visibility, m.Owner, m.Family = image.SourceMarketplace, image.VisibilityPublic, "", ""
	})
	expired := derived("m-expired", "licensed-db", func(*image.Image) {})
	expired.Expired = true
	replacing := derived("m-replacing", "rescue", func(*image.Image) {})
	replacing.Hidden = map[string]string{"ActionType": "ChangeOS"}
	tiny := derived("m-tiny", "tiny", func(*image.Image) {})
	tiny.Hidden = map[string]string{"InstanceType": "ecs.t5-lc2m1.nano"}
	secret := derived("m-secret", "secret-web", func(m *image.Image) { m.Owner = "1003" })
	return fakecloud.World{
		Accounts: []fakecloud.Account{
			{
				Name: "prod", ID: "1001", Keys: []fakecloud.Key{{ID: "prod-key", Secret: "prod-secret"}},
				Images: append([]fakecloud.Image{{Image: golden}, old, beijing, arm, shared, expired, replacing, tiny}, otherImages(may)...),
			},
			{Name: "strangers", ID: "1003", Keys: []fakecloud.Key{{ID: "other-key", Secret: "other-secret"}}, Images: []fakecloud.Image{secret}},
			{Name: "off", ID: "1004", Keys: []fakecloud.Key{{ID: "off-key", Secret: "off-secret", Disabled: true}}},
		},
		Images: []fakecloud.Image{market},
	}
}

// otherImages are the images at the other providers.
func otherImages(created time.Time) []fakecloud.Image {
	made := func(at, region, id, name string, more image.Image) fakecloud.Image {
		more.Ref, more.Name = image.Ref{Provider: at, Region: region, ID: id}, name
		more.Visibility, more.Status, more.Created = image.VisibilityPrivate, image.StatusAvailable, created
		return fakecloud.Image{Image: more}
	}
	debian := image.Image{Source: image.SourceSelf, Owner: "1001", OS: image.OSLinux, Platform: "debian", Arch: image.ArchX86_64}
	lent := debian
	lent.Source, lent.Owner = image.SourceShared, "usr-other"
	return []fakecloud.Image{
		made(qingcloud.Name, "pek3a", "img-lent", "lent", lent),
		made(qingcloud.Name, "pek3a", "img-mine", "mine", debian),
		made(aliyunswas.Name, "cn-hangzhou", "swas-1", "simple", image.Image{
			Source: image.SourceSelf, OS: image.OSLinux, SourceInstance: "i-1", Disks: []image.Disk{{Type: "system"}},
		}),
		made(aliyunens.Name, "", "ens-1", "edge", image.Image{Source: image.SourceSelf}),
	}
}

// missTargets are targets of the account at every provider, named by provider.
func missTargets(t *testing.T, world fakecloud.World, key string) map[string]provider.Target {
	t.Helper()
	cloud := newCloud(t, world)
	targets := map[string]provider.Target{}
	for _, o := range listings() {
		client := adaptertest.New(t, o.open, provider.Config{
			Region: o.region, Credentials: provider.Static(key+"-key", key+"-secret", ""), HTTPClient: &http.Client{Transport: cloud.Transport()},
		})
		targets[o.provider] = provider.Target{Name: key + "-" + o.provider, Client: client}
	}
	return targets
}

// newestQuery is a query as Newest runs it.
func newestQuery(q image.Query) image.Query {
	q, err := provider.NewestQuery(q)
	if err != nil {
		panic(err)
	}
	return q
}

// misses are queries that no image matches, each with the beginning of its true cause.
var misses = map[string]struct {
	at    string // provider; empty: aliyunecs
	query image.Query
	want  string
}{
	"name in the wrong case": {"", image.Query{Names: []string{"Golden-Web"}},
		`names: no image in the scope has "Golden-Web"; the nearest: "golden-web" differs in case (1 image, 1 would match)`},
	"name with a trailing space": {"", image.Query{Names: []string{"golden-web "}, Statuses: []image.Status{"available"}},
		`names: no image in the scope has "golden-web "; the nearest: "golden-web" differs in white space (1 image, 1 would match)`},
	"name with a typo": {"", image.Query{Names: []string{"goldne-web"}},
		`names: no image in the scope has "goldne-web"; the nearest: "golden-web" is spelled alike (1 image, 1 would match)`},
	"name without its end": {"", image.Query{Names: []string{"golden-w"}},
		`names: no image in the scope has "golden-w"; the nearest: "golden-web" is spelled alike`},
	"wrong owner": {"", image.Query{Names: []string{"golden-web"}, Owners: []string{"9009"}},
		`owners: no image in the scope has "9009"; 1 image fulfils every other predicate, such as aliyunecs/cn-hangzhou/m-golden; instead: "1001" (1)`},
	"deprecated only": {"", newestQuery(image.Query{Names: []string{"golden-db"}}),
		`statuses: 1 image fulfils every other predicate, such as aliyunecs/cn-hangzhou/m-old; instead: "deprecated" (1)`},
	"region without a target": {"", image.Query{Regions: []string{"cn-beijing"}, Names: []string{"golden-north"}},
		`regions: no target is in "cn-beijing": images there cannot be seen without one`},
	"image of a region without a target": {"", image.Query{IDs: []string{"m-beijing"}},
		`images of other accounts that are not shared with those of the targets, and images in other regions, cannot be seen`},
	"wrong architecture": {"", image.Query{Names: []string{"golden-arm"}, Archs: []image.Arch{"amd64"}},
		`archs: 1 image fulfils every other predicate, such as aliyunecs/cn-hangzhou/m-arm; instead: "arm64" (1)`},
	"architecture that does not occur": {"", image.Query{Families: []string{"golden"}, Archs: []image.Arch{"i386"}},
		`archs: no image in the scope has "i386"; `},
	"version typo": {"", image.Query{Platforms: []string{"ubuntu"}, OSVersions: []string{"22.4"}},
		`os_versions: no image in the scope has "22.4"; the nearest: "22.04" is spelled alike (`},
	"platform typo": {"", image.Query{Platforms: []string{"ubunut"}},
		`platforms: no image in the scope has "ubunut"; the nearest: "ubuntu" is spelled alike (`},
	"expired": {"", image.Query{Names: []string{"licensed-db"}},
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-expired: a default of the provider, ShowExpired, leaves them out`},
	"only to replace a disk": {"", image.Query{IDs: []string{"m-replacing"}},
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-replacing: a default of the provider, ActionType, leaves them out`},
	"native parameter": {"", image.Query{Names: []string{"tiny"}, Native: map[string]map[string]string{aliyunecs.Name: {"InstanceType": "ecs.g7.large"}}},
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-tiny: the Native parameters of the query leave them out`},
	"marketplace by default": {"", image.Query{Names: []string{"router"}},
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-market: their source is marketplace, which the query does not request`},
	"source that is not requested": {"", image.Query{Names: []string{"partner-web"}, Sources: []image.Source{"self"}},
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-shared: their source is shared, which the query does not request`},
	"shared image and the newest": {"", newestQuery(image.Query{Platforms: []string{"centos"}}),
		`outside the scope 1 image matches, such as aliyunecs/cn-hangzhou/m-shared: their source is shared`},
	"shared image by default": {qingcloud.Name, image.Query{Names: []string{"lent"}},
		`outside the scope 1 image matches, such as qingcloud/pek3a/img-lent: their source is shared, which the query does not request`},
	"not visible to this account": {"", image.Query{Names: []string{"secret-web"}},
		`images of other accounts that are not shared with those of the targets, and images in other regions, cannot be seen`},
	"predicates that exclude each other": {"", image.Query{Names: []string{"golden-web"}, Archs: []image.Arch{"arm64"}},
		`no image fulfils names, archs together, although some fulfil each`},
	"predicates of which no one alone is the cause": {"", image.Query{Names: []string{"golden-web"}, Archs: []image.Arch{"arm64"}, Statuses: []image.Status{"deprecated"}},
		`no predicate alone is the cause: the closest image, aliyunecs/cn-hangzhou/m-arm, fails names, statuses`},
	"wrong tag value": {"", image.Query{Tags: map[string]string{"env": "production"}},
		`tags: no image in the scope has "env=production"; the nearest: "env=prod" has the same key (1 image, 1 would match)`},
	"wrong tag key": {"", image.Query{Tags: map[string]string{"enw": "prod"}},
		`tags: no image in the scope has "enw=prod"; the nearest: "env=prod" is spelled alike`},
	"tag key in the wrong case": {"", image.Query{Tags: map[string]string{"Env": "prod"}},
		`tags: no image in the scope has "Env=prod"; the nearest: "env=prod" differs in case`},
	"created too late": {"", image.Query{CreatedAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		`created_after: no image in the scope was created then or later; the nearest: "2026-05-01T08:00:00Z" is the nearest time (`},
	"created too early": {"", image.Query{CreatedBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)},
		`created_before: no image in the scope was created before; the nearest: "2025-05-01T08:00:00Z" is the nearest time (1 image, 1 would match)`},
	"glob without a star": {"", image.Query{NameGlobs: []string{"golden"}},
		`name_globs: no image in the scope has "golden"; the nearest: "golden-db" is spelled alike (1 image, 1 would match), "golden-arm" has a part in common`},
	"glob in the wrong case": {"", image.Query{NameGlobs: []string{"Golden-w*"}},
		`name_globs: no image in the scope has "Golden-w*"; the nearest: "golden-web" differs in case (1 image, 1 would match)`},
	"glob with a typo": {"", image.Query{NameGlobs: []string{"goldne-*"}},
		`name_globs: no image in the scope has "goldne-*"; the nearest: "golden-arm" is spelled alike`},
	"part of a name with a typo": {"", image.Query{NameContains: []string{"gloden"}},
		`name_contains: no image in the scope has "gloden"; the nearest: "golden-arm" is spelled alike`},
	"part of a name with a space": {"", image.Query{NameContains: []string{" web"}},
		`name_contains: no image in the scope has " web"; the nearest: "golden-web" differs in white space`},
	"resource group": {"", image.Query{Names: []string{"golden-web"}, ResourceGroups: []string{"rg-l"}},
		`resource_groups: no image in the scope has "rg-l"; the nearest: "rg-1" is spelled alike`},
	"source snapshot": {"", image.Query{Names: []string{"golden-web"}, SourceSnapshots: []string{"snap-77"}},
		`source_snapshots: no image in the scope has "snap-77"; 1 image fulfils every other predicate, such as aliyunecs/cn-hangzhou/m-golden; instead: "s-1" (1)`},
	"family that is not set": {"", image.Query{Names: []string{"golden-arm"}, Families: []string{"golden"}},
		`families: 1 image fulfils every other predicate, such as aliyunecs/cn-hangzhou/m-arm, for which it is not reported`},
	"source instance": {"", image.Query{SourceInstances: []string{"i-1"}},
		`aliyunecs never reports source_instances, so no image of these targets can match: prod-aliyunecs`},
	"source instance of another name": {aliyunswas.Name, image.Query{SourceInstances: []string{"I-1"}},
		`source_instances: no image in the scope has "I-1"; the nearest: "i-1" differs in case (1 image, 1 would match)`},
	"status that the API does not have": {"", image.Query{Statuses: []image.Status{"suspended"}},
		`statuses suspended is not requested: no image of aliyunecs can have it`},
	"architecture that is not reported": {aliyunswas.Name, image.Query{Archs: []image.Arch{"x86_64"}},
		`aliyunswas never reports archs, so no image of these targets can match: prod-aliyunswas`},
	"limit": {"", image.Query{Names: []string{"GOLDEN-WEB"}, Limit: 1},
		`names: no image in the scope has "GOLDEN-WEB"; the nearest: "golden-web" differs in case (1 image, 1 would match)`},
	"source of a provider without any": {aliyunens.Name, image.Query{Sources: []image.Source{"community"}},
		`the scope holds no images`},
}

func TestWhyNamesTheCauseOfEachMiss(t *testing.T) {
	targets := missTargets(t, missWorld(), "prod")
	for name, miss := range misses {
		t.Run(name, func(t *testing.T) {
			at := miss.at
			if at == "" {
				at = aliyunecs.Name
			}
			d, err := provider.Why(t.Context(), []provider.Target{targets[at]}, miss.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			isWanted := func(c provider.Cause) bool { return strings.HasPrefix(c.String(), miss.want) }
			if d.Matched != 0 || !d.Complete || !slices.ContainsFunc(d.Causes, isWanted) {
				t.Errorf("want %s\nin %s", miss.want, d)
			}
			if strings.Count(d.String(), "\n") != 1+len(d.Predicates)+len(d.Causes) {
				t.Errorf("not one line for each cause: %s", d)
			}
		})
	}
}

func TestWhyOverEveryProvider(t *testing.T) {
	byName := missTargets(t, missWorld(), "prod")
	targets := []provider.Target{byName[aliyunecs.Name], byName[aliyunens.Name], byName[aliyunswas.Name], byName[qingcloud.Name]}
	d, err := provider.Why(t.Context(), targets, image.Query{Families: []string{"Golden"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// m-golden, m-old, m-arm, m-shared and m-tiny; ens-1; swas-1; img-mine.
	if d.Images != 8 || d.Matched != 0 || d.Widened || d.Predicates[0].Missing[0].Nearest[0].Images != 4 {
		t.Errorf("%+v", d)
	}
	var unreported []string
	for _, scope := range d.Targets {
		if len(scope.Unreported) > 0 {
			unreported = append(unreported, scope.Provider)
		}
	}
	if want := []string{aliyunens.Name, aliyunswas.Name, qingcloud.Name}; !slices.Equal(unreported, want) {
		t.Errorf("unreported at %q, want %q", unreported, want)
	}
	if defaults := d.Targets[0].Defaults; len(defaults) != 2 || !d.Targets[0].DefaultSources || len(d.Targets[0].Sources) != 3 {
		t.Errorf("%+v", d.Targets[0])
	}
}

func TestWhyLooksUpIDsInEverySource(t *testing.T) {
	targets := missTargets(t, missWorld(), "prod")
	d, err := provider.Why(t.Context(), []provider.Target{targets[aliyunecs.Name]}, image.Query{IDs: []string{"m-Market"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// All but m-beijing, m-replacing and m-secret.
	if d.Images != 7 || len(d.Targets[0].Sources) != 5 || len(d.Targets[0].Defaults) != 1 || d.Targets[0].DefaultSources || d.Widened {
		t.Errorf("%s%+v", d, d.Targets)
	}
	if near := d.Predicates[0].Missing[0].Nearest[0]; near.Value != "m-market" || near.How != "case" {
		t.Errorf("%+v", near)
	}
}

func TestWhyDiagnosesTargetsBesideFailedOnes(t *testing.T) {
	world := missWorld()
	good, off := missTargets(t, world, "prod")[aliyunecs.Name], missTargets(t, world, "off")[aliyunecs.Name]
	d, err := provider.Why(t.Context(), []provider.Target{off, good}, image.Query{Names: []string{"Golden-Web"}}, nil)
	var failed *provider.TargetError
	if !errors.As(err, &failed) || failed.Target != off.Name || !errors.Is(err, provider.Unauthenticated) {
		t.Errorf("error %v", err)
	}
	if d.Complete || d.Targets[0].Complete || d.Targets[0].Error == "" || !d.Targets[1].Complete || d.Images != 5 ||
		d.Causes[0].Kind != provider.CauseFailed || d.Causes[1].Kind != provider.CauseValue {
		t.Errorf("%s%+v", d, d.Targets)
	}
}

func TestWhyRefusesWhatSearchRefuses(t *testing.T) {
	target := missTargets(t, missWorld(), "prod")[aliyunecs.Name]
	may := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for name, q := range map[string]image.Query{
		"inverted period":           {CreatedAfter: may, CreatedBefore: may.AddDate(0, -1, 0)},
		"unknown architecture":      {Archs: []image.Arch{"vax"}},
		"native of another":         {Native: map[string]map[string]string{"other": {"a": "b"}}},
		"native that says the same": {Names: []string{"a"}, Native: map[string]map[string]string{aliyunecs.Name: {"ImageName": "b"}}},
	} {
		d, err := provider.Why(t.Context(), []provider.Target{target}, q, nil)
		if !errors.Is(err, provider.InvalidArgument) || d.Complete {
			t.Errorf("%s: %v, %+v", name, err, d)
		}
	}
	_, whyErr := provider.Why(t.Context(), nil, image.Query{}, nil)
	_, newestErr := provider.Newest(t.Context(), nil, image.Query{}, nil)
	if !errors.Is(whyErr, provider.InvalidArgument) || !errors.Is(newestErr, provider.InvalidArgument) {
		t.Errorf("no targets: %v, %v", whyErr, newestErr)
	}
}
