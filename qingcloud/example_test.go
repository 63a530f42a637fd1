package qingcloud_test

import (
	"context"
	"fmt"
	"log"
	"net/http"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// sampleClient returns a client of an emulator. A client of the real service needs
// neither HTTPClient nor made-up credentials.
func sampleClient() *provider.Client {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	client, err := qingcloud.New(provider.Config{
		Region:      "pek3a",
		Credentials: provider.Static("sample-qing-key", "sample-qing-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()},
		Listing:     provider.Listing{KeepNative: true},
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// The system images for 64-bit Linux.
func ExampleNew() {
	q := image.Query{Sources: []image.Source{image.SourceSystem}, OSes: []image.OS{image.OSLinux}, Archs: []image.Arch{image.ArchX86_64}}
	for m, err := range sampleClient().Images(context.Background(), q) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ID, m.Name, m.Platform)
	}
	// Output:
	// jammyx64-sample jammyx64 ubuntu
	// centos79x64-sample centos79x64 centos
}

// A field that only QingCloud has.
func ExampleDetails() {
	m, err := sampleClient().Get(context.Background(), "jammyx64-sample")
	if err != nil {
		log.Fatal(err)
	}
	record, err := qingcloud.Details(m)
	fmt.Println(record.RecommendedType, err)
	// Output:
	// small_b <nil>
}
