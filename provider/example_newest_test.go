package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// everySampleAccount returns the targets of all accounts of the sample world.
func everySampleAccount() []provider.Target {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	var all []provider.Target
	for _, account := range []struct {
		name, key string
		open      func(provider.Config) (*provider.Client, error)
		regions   []string
	}{
		{"prod-ecs", "sample-prod-key", aliyunecs.New, []string{"cn-hangzhou", "cn-beijing", "ap-southeast-1"}},
		{"prod-swas", "sample-prod-key", aliyunswas.New, []string{"cn-hangzhou"}},
		{"dev-ecs", "sample-dev-key", aliyunecs.New, []string{"cn-hangzhou", "ap-southeast-1"}},
		{"edge-ens", "sample-edge-key", aliyunens.New, nil},
		{"qing", "sample-qing-key", qingcloud.New, []string{"pek3a", "sh1a"}},
	} {
		targets, err := provider.Across(account.name, account.open, provider.Config{
			Credentials: provider.Static(account.key, account.key+"-secret", ""),
			HTTPClient:  &http.Client{Transport: cloud.Transport()},
		}, account.regions...)
		if err != nil {
			log.Fatal(err)
		}
		all = append(all, targets...)
	}
	return all
}

// The newest Ubuntu 22.04 for arm64 in each region, over all accounts of four
// providers. The API of SWAS reports no architecture: SkipUnreported lets its target
// return no images instead of failing. The image "jammyarm64" of QingCloud has no
// version in its record, so it does not match.
func ExampleNewestBy() {
	byRegion, err := provider.KeyOf(provider.GroupProvider, provider.GroupRegion)
	if err != nil {
		log.Fatal(err)
	}
	query := image.Query{
		Platforms: []string{"ubuntu"}, OSVersions: []string{"22.04"}, Archs: []image.Arch{image.ArchARM64},
		SkipUnreported: true,
	}
	hits, err := provider.NewestBy(context.Background(), everySampleAccount(), query, byRegion, nil)
	if err != nil {
		log.Fatal(err) // a target failed, and hits lack what it has
	}
	for _, hit := range hits {
		fmt.Println(hit.Image.Provider, hit.Image.Region, hit.Image.ID, hit.Image.Created.Format("2006-01-02"))
	}
	// Output:
	// aliyunecs ap-southeast-1 ubuntu_22_04_arm64_20G_sample_20230530.vhd 2023-05-30
	// aliyunecs cn-beijing ubuntu_22_04_arm64_20G_sample_20230530.vhd 2023-05-30
	// aliyunecs cn-hangzhou ubuntu_22_04_arm64_20G_sample_20240524.vhd 2024-05-24
}

func ExampleKeyOf() {
	key, err := provider.KeyOf(provider.GroupPlatform, provider.GroupArch)
	if err != nil {
		log.Fatal(err)
	}
	hits, err := provider.NewestBy(context.Background(), sampleTargets()[:1], image.Query{Platforms: []string{"ubuntu", "debian"}}, key, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range hits {
		fmt.Printf("%s %s: %s\n", hit.Image.Platform, hit.Image.Arch, hit.Image.ID)
	}
	_, err = provider.KeyOf("zone")
	fmt.Println(err)
	// Output:
	// debian x86_64: debian_12_x64_20G_sample_20230530.vhd
	// ubuntu arm64: ubuntu_22_04_arm64_20G_sample_20230530.vhd
	// ubuntu x86_64: ubuntu_22_04_x64_20G_sample_20230530.vhd
	// invalid argument: unknown group key "zone"; want target, provider, region, platform, os_version, arch, source, owner, family
}

// A service keeps its choice of images as a file, and later asks whether it stands.
// Meanwhile one of the images was deleted.
func ExampleResolve() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	targets, err := provider.Across("prod", aliyunecs.New, provider.Config{
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
	}, "cn-beijing", "ap-southeast-1")
	if err != nil {
		log.Fatal(err)
	}
	query := image.Query{Platforms: []string{"ubuntu"}, Archs: []image.Arch{image.ArchARM64}}
	chosen, err := provider.Resolve(context.Background(), targets, query, []provider.GroupKey{provider.GroupRegion}, nil)
	if err != nil {
		log.Fatal(err) // chosen lacks the images of the targets in chosen.Failed
	}
	file, err := json.MarshalIndent(chosen, "", "  ")
	if err != nil {
		log.Fatal(err)
	}

	if err := cloud.Delete(chosen.Entries[0].Ref); err != nil {
		log.Fatal(err)
	}

	var record provider.Resolution
	if err := json.Unmarshal(file, &record); err != nil {
		log.Fatal(err)
	}
	verdicts, err := provider.Verify(context.Background(), targets, record, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range verdicts {
		fmt.Println(v.Entry.Group["region"], v.Entry.Ref.ID, v.Standing)
	}
	// Output:
	// ap-southeast-1 ubuntu_22_04_arm64_20G_sample_20230530.vhd gone
	// cn-beijing ubuntu_22_04_arm64_20G_sample_20230530.vhd current
}

func ExampleVerify() {
	targets := sampleTargets() // the key of the last one is wrong
	byTarget := []provider.GroupKey{provider.GroupTarget}
	record, err := provider.Resolve(context.Background(), targets[:2], image.Query{Platforms: []string{"debian"}}, byTarget, nil)
	if err != nil {
		log.Fatal(err)
	}
	verdicts, err := provider.Verify(context.Background(), targets, record, nil)
	fmt.Println("every target answered:", err == nil)
	for _, v := range verdicts {
		fmt.Println(v.Entry.Target, v.Entry.Name, v)
	}
	// Output:
	// every target answered: false
	// prod/ap-southeast-1 debian_12_x64_20G_sample_20230530.vhd current
	// prod/cn-beijing debian_12_x64_20G_sample_20230530.vhd current
}
