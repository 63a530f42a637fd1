package aliyunecs_test

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

// sampleClient returns a client of an emulator. A client of the real service needs
// neither HTTPClient nor made-up credentials.
func sampleClient() *provider.Client {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	client, err := aliyunecs.New(provider.Config{
		Region:      "cn-hangzhou",
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
		Listing:     provider.Listing{KeepNative: true},
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// The first available Ubuntu images that the account owns.
func ExampleNew() {
	client := sampleClient()
	q := image.Query{
		Sources:   []image.Source{image.SourceSelf},
		Platforms: []string{"ubuntu"},
		Statuses:  []image.Status{image.StatusAvailable},
		Limit:     3,
	}
	for m, err := range client.Images(context.Background(), q) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ID, m.Name, m.Created.Format("2006-01-02"))
	}
	// Output:
	// m-sample-prod-cnhangzhou-52 edge-11 2023-04-11
	// m-sample-prod-cnhangzhou-50 web-11 2023-04-09
	// m-sample-prod-cnhangzhou-47 edge-10 2023-04-07
}

// The image that the provider chooses for a family.
func ExampleFromFamily() {
	m, err := aliyunecs.FromFamily(context.Background(), sampleClient(), "acs:ubuntu_22_04_x64")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Name)
	// Output:
	// ubuntu_22_04_x64_20G_sample_20240524.vhd
}

// A field that only ECS has.
func ExampleDetails() {
	q := image.Query{Families: []string{"acs:ubuntu_22_04_x64"}, Limit: 1}
	for m, err := range sampleClient().Images(context.Background(), q) {
		if err != nil {
			log.Fatal(err)
		}
		record, err := aliyunecs.Details(m)
		fmt.Println(record.OSNameEn, record.IsSupportCloudinit, err)
	}
	// Output:
	// Ubuntu  22.04 64 bit true <nil>
}
