package aliyunens_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/imagequery/imagequery/aliyunens"
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
	client, err := aliyunens.New(provider.Config{
		Credentials: provider.Static("sample-edge-key", "sample-edge-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
		Listing:     provider.Listing{KeepNative: true},
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// The images of a region. The operation lists all regions, and the client filters.
func ExampleNew() {
	q := image.Query{Regions: []string{"cn-beijing-11"}, Limit: 3}
	for m, err := range sampleClient().Images(context.Background(), q) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ID, m.Name, m.Platform, m.OSVersion)
	}
	// Output:
	// m-sample-ens-59 edge-debian-59 debian 12
	// m-sample-ens-56 edge-ubuntu-56 ubuntu 22.04
	// m-sample-ens-53 edge-windows-53 windows 2022
}

// A field that only ENS has.
func ExampleDetails() {
	for m, err := range sampleClient().Images(context.Background(), image.Query{Limit: 1}) {
		if err != nil {
			log.Fatal(err)
		}
		record, err := aliyunens.Details(m)
		fmt.Println(record.ComputeType, err)
	}
	// Output:
	// ens_vm <nil>
}
