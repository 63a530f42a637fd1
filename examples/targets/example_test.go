package targets_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func Example() {
	cloud, err := fakecloud.New(fakecloud.Sample()) // stands in for the real one
	if err != nil {
		log.Fatal(err)
	}
	server, err := cloud.Listen("")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	env := map[string]string{"PROD_SECRET": "sample-prod-key-secret", "ADDRESS": server.URL()}
	lookup := func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
	loaded, err := targets.Parse("clouds.yaml", []byte(`
targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    endpoint: ${ADDRESS}
    credentials:
      access_key_id: sample-prod-key
      access_key_secret: ${PROD_SECRET}
`), &targets.Options{LookupEnv: lookup}) // or targets.Load("clouds.yaml", nil)
	if err != nil {
		log.Fatal(err)
	}
	searchable, err := targets.Open(loaded)
	if err != nil {
		log.Fatal(err)
	}
	query := image.Query{Platforms: []string{"ubuntu"}, Archs: []image.Arch{image.ArchARM64}}
	newest, err := provider.Newest(context.Background(), searchable, query, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(newest.Target, newest.Image.Name)
	// Output:
	// prod/cn-hangzhou ubuntu_22_04_arm64_20G_sample_20240524.vhd
}

func ExampleOutline() {
	dir, err := os.MkdirTemp("", "outline")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "clouds.yaml")
	err = os.WriteFile(file, []byte(`targets:
  - name: prod
    provider: aliyunecs
    regions: [cn-hangzhou, cn-beijing]
    credentials: {access_key_id: "${PROD_KEY}", access_key_secret: "${PROD_SECRET}"}
`), 0o600)
	if err != nil {
		log.Fatal(err)
	}
	for _, place := range targets.Outline(file, nil) { // no variable needs to be set
		fmt.Println(place.Name, place.Region)
	}
	// Output:
	// prod/cn-hangzhou cn-hangzhou
	// prod/cn-beijing cn-beijing
}

func ExampleNew() {
	loaded, err := targets.New([]targets.Entry{{
		Name:     "prod",
		Provider: "aliyunecs",
		Regions:  []string{"cn-hangzhou", "cn-beijing"},
		Credentials: &targets.EntryCredentials{
			AccessKeyID:     provider.NewSecret(os.Getenv("PROD_KEY")),
			AccessKeySecret: provider.NewSecret("sample-prod-key-secret"),
		},
	}}, nil)
	fmt.Println(len(loaded), err)
	// Output:
	// 0 targets[0].credentials: credentials: missing key "access_key_id"
}
