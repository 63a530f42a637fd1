package provider_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Three queries that no image matches, each for another cause.
func ExampleWhy() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	client, err := aliyunecs.New(provider.Config{
		Region:      "cn-hangzhou",
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
	})
	if err != nil {
		log.Fatal(err)
	}
	targets := []provider.Target{{Name: "prod/cn-hangzhou", Client: client}}
	for _, query := range []image.Query{
		{Platforms: []string{"ubunut"}},
		{Platforms: []string{"windows"}, Archs: []image.Arch{image.ArchARM64}},
		{NameContains: []string{"no such name"}},
	} {
		diagnosis, err := provider.Why(context.Background(), targets, query, nil)
		if err != nil {
			log.Fatal(err) // a target failed
		}
		fmt.Print(diagnosis)
	}
	// Output:
	// 120 images in the scope of platforms=ubunut; 0 match
	//   platforms: excludes 120, alone 120
	//   cause: platforms: no image in the scope has "ubunut"; the nearest: "ubuntu" is spelled alike (35 images, 35 would match)
	// 120 images in the scope of platforms=windows archs=arm64; 0 match
	//   platforms: excludes 102, alone 30
	//   archs: excludes 90, alone 18
	//   cause: platforms: 30 images fulfil every other predicate, such as aliyunecs/cn-hangzhou/aliyun_3_arm64_20G_sample_20230301.vhd; instead: "aliyun" (6), "kylin" (6), "ubuntu" (18)
	//   cause: archs: 18 images fulfil every other predicate, such as aliyunecs/cn-hangzhou/m-sample-prod-cnhangzhou-04; instead: "x86_64" (18)
	//   cause: no image fulfils platforms, archs together, although some fulfil each
	// 120 images in the scope of name_contains="no such name"; 0 match
	//   name_contains: excludes 120, alone 120
	//   cause: name_contains: no image in the scope has "no such name"
	//   cause: images of other accounts that are not shared with those of the targets, and images in other regions, cannot be seen: add targets for them, or have the images shared
}
