package provider_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestKeyOfOneKeyGivesItsValue(t *testing.T) {
	hit := provider.Hit{Target: "prod/r-1", Image: image.Image{
		Ref: image.Ref{Provider: "fake", Region: "r-1", ID: "m-1"}, Platform: "ubuntu", OSVersion: "22.04",
		Arch: image.ArchARM64, Source: image.SourceSelf, Owner: "1001", Family: "web",
	}}
	want := map[provider.GroupKey]string{
		"target": "prod/r-1", "provider": "fake", "region": "r-1", "platform": "ubuntu", "os_version": "22.04",
		"arch": "arm64", "source": "self", "owner": "1001", "family": "web",
	}
	got := map[provider.GroupKey]string{}
	for _, key := range provider.GroupKeys() {
		value, err := provider.KeyOf(key)
		if err != nil {
			t.Fatal(err)
		}
		got[key] = value(hit)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestKeyOfRefusesUnknownAndRepeatedKeys(t *testing.T) {
	for _, test := range []struct {
		keys []provider.GroupKey
		want string
	}{
		{[]provider.GroupKey{"zone"}, `unknown group key "zone"; want target, provider, region, platform, os_version, arch, source, owner, family`},
		{[]provider.GroupKey{"region", "Region"}, `unknown group key "Region"`},
		{[]provider.GroupKey{"region", ""}, `unknown group key ""`},
		{[]provider.GroupKey{"region", "arch", "region"}, `group key "region" is repeated; give it once`},
	} {
		key, err := provider.KeyOf(test.keys...)
		if key != nil || !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: error %v, want invalid argument that contains %q", test.keys, err, test.want)
		}
	}
}

func TestKeyOfWithoutKeysMakesOneGroup(t *testing.T) {
	key, err := provider.KeyOf()
	if err != nil {
		t.Fatal(err)
	}
	if a, b := key(provider.Hit{Target: "a"}), key(provider.Hit{Target: "b"}); a != b {
		t.Errorf("keys %q and %q differ", a, b)
	}
}

// TestKeysHaveTheOrderOfTheirValues compares keys of random values, full of the
// characters that join them, with the values compared one after the other.
func TestKeysHaveTheOrderOfTheirValues(t *testing.T) {
	key, err := provider.KeyOf(provider.GroupTarget, provider.GroupOwner, provider.GroupFamily)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(11, 12))
	value := func() string {
		var b strings.Builder
		for range rng.IntN(4) {
			b.WriteString([]string{"\x00", "\x01", "\xff", "a", "/", ","}[rng.IntN(6)])
		}
		return b.String()
	}
	for range 100_000 {
		a, b := []string{value(), value(), value()}, []string{value(), value(), value()}
		keyA, keyB := key(hitOf(a)), key(hitOf(b))
		if want, got := slices.Compare(a, b), strings.Compare(keyA, keyB); want != got {
			t.Fatalf("%q and %q compare as %d, their keys %q and %q as %d", a, b, want, keyA, keyB, got)
		}
	}
}

func hitOf(values []string) provider.Hit {
	return provider.Hit{Target: values[0], Image: image.Image{Owner: values[1], Family: values[2]}}
}
