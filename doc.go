// Package imagequery searches machine images across cloud accounts and regions with
// one query type. The root package is empty; import the packages below it:
//
//   - image: the provider-neutral model, [image.Image] and [image.Query]. Every
//     program needs it.
//   - provider: [provider.Search] over many targets, [provider.Newest], clients,
//     errors, configuration. Every program needs it.
//   - aliyunecs, aliyunswas, aliyunens, qingcloud: one adapter per API. Import the
//     adapters of the clouds that you use.
//   - aliyuncreds: profiles, roles and other credentials sources of Alibaba Cloud.
//   - fakecloud: an emulator of the APIs, for your own tests.
//   - provider/httpapi and provider/providertest: for adapters of other providers.
//
// This program searches two accounts for an arm64 image by name. It runs against
// the emulator; without HTTPClient it searches the real cloud:
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//		"net/http"
//
//		"github.com/imagequery/imagequery/aliyunecs"
//		"github.com/imagequery/imagequery/fakecloud"
//		"github.com/imagequery/imagequery/image"
//		"github.com/imagequery/imagequery/provider"
//	)
//
//	func main() {
//		cloud, err := fakecloud.New(fakecloud.Sample())
//		if err != nil {
//			log.Fatal(err)
//		}
//		var targets []provider.Target
//		for _, account := range []string{"prod", "dev"} {
//			key := "sample-" + account + "-key"
//			regions, err := provider.Across(account, aliyunecs.New, provider.Config{
//				Credentials: provider.Static(key, key+"-secret", ""),
//				HTTPClient:  &http.Client{Transport: cloud.Transport()},
//			}, "cn-hangzhou")
//			if err != nil {
//				log.Fatal(err)
//			}
//			targets = append(targets, regions...)
//		}
//		query := image.Query{Names: []string{"edge-1"}, Archs: []image.Arch{image.ArchARM64}}
//		for hit, err := range provider.Search(context.Background(), targets, query, nil) {
//			if err != nil {
//				log.Print(err) // this target is incomplete; the others continue
//				continue
//			}
//			fmt.Println(hit.Target, hit.Image.Name)
//		}
//	}
package imagequery
