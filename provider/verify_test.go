package provider_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// cloudOf makes a target for each list of images.
func cloudOf(images map[string][]image.Image) (targets []provider.Target, servers map[string]*server) {
	servers = map[string]*server{}
	for _, name := range []string{"a", "b"} {
		servers[name] = &server{images: images[name]}
		targets = append(targets, provider.Target{Name: name, Client: provider.New(servers[name], provider.Config{})})
	}
	return targets, servers
}

func recordOf(t *testing.T, images map[string][]image.Image, keys ...provider.GroupKey) provider.Resolution {
	t.Helper()
	targets, _ := cloudOf(images)
	record, err := provider.Resolve(t.Context(), targets, image.Query{}, keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func withStatus(m image.Image, s image.Status) image.Image {
	m.Status = s
	return m
}

func named(m image.Image, name string) image.Image {
	m.Name = name
	return m
}

// TestVerifySaysHowAnEntryStands records image 1 of target a and image 5 of target b,
// and changes what a lists.
func TestVerifySaysHowAnEntryStands(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	older := newestOf("0", image.SourceSelf, image.StatusAvailable, june.Add(-time.Hour))
	newer := newestOf("2", image.SourceSelf, image.StatusAvailable, june.Add(time.Hour))
	five := newestOf("5", image.SourceSelf, image.StatusAvailable, june)
	record := recordOf(t, map[string][]image.Image{"a": {older, one}, "b": {five}}, provider.GroupTarget)
	for name, test := range map[string]struct {
		now     []image.Image
		want    provider.Standing
		by      string
		changed bool
	}{
		"the same":                         {[]image.Image{one, older}, provider.StandingCurrent, "", false},
		"another name":                     {[]image.Image{named(one, "renamed")}, provider.StandingCurrent, "", true},
		"a newer image":                    {[]image.Image{one, newer}, provider.StandingSuperseded, "2", false},
		"a newer image and a new name":     {[]image.Image{named(one, "renamed"), newer}, provider.StandingSuperseded, "2", true},
		"deprecated":                       {[]image.Image{withStatus(one, image.StatusDeprecated)}, provider.StandingDeprecated, "", true},
		"deprecated, an older one left":    {[]image.Image{withStatus(one, image.StatusDeprecated), older}, provider.StandingDeprecated, "0", true},
		"deprecated and a newer image":     {[]image.Image{withStatus(one, image.StatusDeprecated), newer}, provider.StandingDeprecated, "2", true},
		"suspended":                        {[]image.Image{withStatus(one, image.StatusSuspended)}, provider.StandingGone, "", true},
		"no status":                        {[]image.Image{withStatus(one, "")}, provider.StandingGone, "", true},
		"deleted":                          {nil, provider.StandingGone, "", false},
		"deleted, an older one left":       {[]image.Image{older}, provider.StandingGone, "0", false},
		"of another source":                {[]image.Image{newestOf("1", image.SourceShared, image.StatusAvailable, june)}, provider.StandingGone, "", true},
		"of another source, an older left": {[]image.Image{newestOf("1", image.SourceShared, image.StatusAvailable, june), older}, provider.StandingSuperseded, "0", true},
	} {
		t.Run(name, func(t *testing.T) {
			targets, servers := cloudOf(map[string][]image.Image{"a": test.now, "b": {five}})
			verdicts, err := provider.Verify(t.Context(), targets, record, nil)
			if err != nil || len(verdicts) != 2 {
				t.Fatalf("%d verdicts, error %v", len(verdicts), err)
			}
			got := verdicts[0]
			if got.Entry.Ref.ID != "1" || got.Standing != test.want || byID(got) != test.by || got.Changed != test.changed || got.Err != nil {
				t.Errorf("%s by %q, changed %t, error %v; want %s by %q, changed %t", got.Standing, byID(got), got.Changed, got.Err, test.want, test.by, test.changed)
			}
			if verdicts[1].Standing != provider.StandingCurrent {
				t.Errorf("the entry of b is %s", verdicts[1].Standing)
			}
			wantRequests := 2
			if test.want == provider.StandingCurrent {
				wantRequests = 1 // the entry was among the search's hits
			}
			if got := servers["a"].requests(); got > wantRequests {
				t.Errorf("%d requests at a, want at most %d", got, wantRequests)
			}
			if got := servers["b"].requests(); got != 1 {
				t.Errorf("%d requests at b, want 1", got)
			}
		})
	}
}

func byID(v provider.Verdict) string {
	if v.By == nil {
		return ""
	}
	return v.By.Image.ID
}

func TestVerifyAfterAFailure(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	two := newestOf("2", image.SourceSystem, image.StatusAvailable, june)
	newer := newestOf("3", image.SourceSelf, image.StatusAvailable, june.Add(time.Hour))
	images := map[string][]image.Image{"a": {one}, "b": {two}}
	for name, test := range map[string]struct {
		keys []provider.GroupKey
		a    []image.Image
		want []provider.Standing
	}{
		"b can have no image of a's group":    {[]provider.GroupKey{"target"}, []image.Image{one}, []provider.Standing{"current", "unknown"}},
		"b can have newer images of a source": {[]provider.GroupKey{"source"}, []image.Image{one}, []provider.Standing{"unknown", "unknown"}},
		"of a provider":                       {[]provider.GroupKey{"provider", "source"}, []image.Image{one}, []provider.Standing{"unknown", "unknown"}},
		"superseded all the same":             {[]provider.GroupKey{"source"}, []image.Image{one, newer}, []provider.Standing{"superseded", "unknown"}},
		"gone all the same":                   {[]provider.GroupKey{"source"}, nil, []provider.Standing{"gone", "unknown"}},
	} {
		t.Run(name, func(t *testing.T) {
			record := recordOf(t, images, test.keys...)
			targets, servers := cloudOf(map[string][]image.Image{"a": test.a, "b": {two}})
			servers["b"].page = func(int) error { return provider.Throttled }
			verdicts, err := provider.Verify(t.Context(), targets, record, &provider.SearchOptions{FailFast: true})
			if !errors.Is(err, provider.Throttled) {
				t.Errorf("error %v, want that of b", err)
			}
			var got []provider.Standing
			for _, v := range verdicts {
				got = append(got, v.Standing)
				if (v.Standing == provider.StandingUnknown) != errors.Is(v.Err, provider.Throttled) {
					t.Errorf("%s: error %v", v.Standing, v.Err)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("standings (-want +got):\n%s", diff)
			}
			if n := servers["b"].requests(); n != 1 {
				t.Errorf("%d requests at b, which fails; want 1", n)
			}
		})
	}
}

func TestVerifyReportsAFailedLookUp(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	record := recordOf(t, map[string][]image.Image{"a": {one}})
	targets, servers := cloudOf(nil)
	servers["a"].page = func(page int) error {
		if page > 1 {
			return provider.PermissionDenied
		}
		return nil
	}
	verdicts, err := provider.Verify(t.Context(), targets, record, nil)
	if !errors.Is(err, provider.PermissionDenied) || len(verdicts) != 1 || verdicts[0].Standing != provider.StandingUnknown || !errors.Is(verdicts[0].Err, provider.PermissionDenied) {
		t.Errorf("%+v, error %v; want unknown because of a denied look-up", verdicts, err)
	}
}

func TestVerifyNamesATargetThatIsMissing(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	record := recordOf(t, map[string][]image.Image{"a": {one}})
	targets, _ := cloudOf(nil)
	verdicts, err := provider.Verify(t.Context(), targets[1:], record, nil)
	if err == nil || !strings.Contains(err.Error(), "a: invalid argument: resolution record: no target has this name") {
		t.Errorf("error %v, want one that names the target", err)
	}
	if len(verdicts) != 1 || verdicts[0].Standing != provider.StandingUnknown || verdicts[0].Err == nil {
		t.Errorf("%+v, want unknown", verdicts)
	}
}

func TestVerifyRefusesBadRecordsAndSearches(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	good := recordOf(t, map[string][]image.Image{"a": {one}})
	limited, native := good, good
	limited.Query.Limit = 1
	native.Query.Native = map[string]map[string]string{"other": {"A": "b"}}
	targets, servers := cloudOf(nil)
	for name, test := range map[string]struct {
		targets []provider.Target
		record  provider.Resolution
	}{
		"the zero record":       {targets, provider.Resolution{}},
		"a limit":               {targets, limited},
		"a section of no use":   {targets, native},
		"no targets":            {nil, good},
		"a target without name": {[]provider.Target{{Client: targets[0].Client}}, good},
	} {
		if verdicts, err := provider.Verify(t.Context(), test.targets, test.record, nil); !errors.Is(err, provider.InvalidArgument) || verdicts != nil {
			t.Errorf("%s: %d verdicts, error %v; want invalid argument", name, len(verdicts), err)
		}
	}
	if n := servers["a"].requests() + servers["b"].requests(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestVerifyRaisesAPanicOfALookUpOnItsCaller(t *testing.T) {
	one := newestOf("1", image.SourceSelf, image.StatusAvailable, june)
	record := recordOf(t, map[string][]image.Image{"a": {one}})
	targets, servers := cloudOf(nil)
	servers["a"].page = func(page int) error {
		if page > 1 {
			panic("look-up")
		}
		return nil
	}
	defer func() {
		if e, ok := recover().(*provider.PanicError); !ok || e.Value != "look-up" {
			t.Errorf("recovered %v, want the panic of the adapter", e)
		}
	}()
	_, _ = provider.Verify(t.Context(), targets, record, nil)
}
