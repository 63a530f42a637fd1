package aliyunswas_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/imagequery/imagequery/aliyunswas"
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
	client, err := aliyunswas.New(provider.Config{
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

// The first available Linux images.
func ExampleNew() {
	q := image.Query{OSes: []image.OS{image.OSLinux}, Statuses: []image.Status{image.StatusAvailable}, Limit: 3}
	for m, err := range sampleClient().Images(context.Background(), q) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ID, m.Name, m.Platform, m.OSVersion)
	}
	// Output:
	// m-sample-swas-11 轻量-ubuntu-11 ubuntu 22.04
	// m-sample-swas-10 轻量-centos-10 centos 7.9
	// m-sample-swas-06 轻量-ubuntu-6 ubuntu 22.04
}

// A field that only SWAS has.
func ExampleDetails() {
	for m, err := range sampleClient().Images(context.Background(), image.Query{Limit: 1}) {
		if err != nil {
			log.Fatal(err)
		}
		record, err := aliyunswas.Details(m)
		fmt.Println(record.RequiredSystemDiskSize, err)
	}
	// Output:
	// 40 <nil>
}
