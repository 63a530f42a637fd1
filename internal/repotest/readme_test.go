package repotest_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

func Example() {
	cloud, err := fakecloud.New(fakecloud.Sample()) // stands in for the real one
	if err != nil {
		log.Fatal(err)
	}
	client, err := aliyunecs.New(provider.Config{
		Region:      "cn-hangzhou",
		Credentials: provider.Static("sample-prod-key", "sample-prod-key-secret", ""),
		HTTPClient:  &http.Client{Transport: cloud.Transport()}, // leave it out to ask Alibaba Cloud
	})
	if err != nil {
		log.Fatal(err)
	}
	query := image.Query{Platforms: []string{"ubuntu"}, Archs: []image.Arch{image.ArchARM64}, Limit: 3}
	for m, err := range client.Images(context.Background(), query) {
		if err != nil {
			log.Fatal(err) // what is missing is an error, never a shorter list
		}
		fmt.Println(m.Name, m.Status, m.Created.Format(time.DateOnly))
	}
	// Output:
	// ubuntu_22_04_arm64_20G_sample_20240524.vhd available 2024-05-24
	// ubuntu_22_04_arm64_20G_sample_20240224.vhd available 2024-02-24
	// ubuntu_22_04_arm64_20G_sample_20231126.vhd available 2023-11-26
}

// TestReadmeExample keeps the example of the README the one that is run here.
func TestReadmeExample(t *testing.T) {
	code := readFile(t, "internal/repotest/readme_test.go")
	_, code, _ = strings.Cut(code, "func Example() {\n")
	code, _, _ = strings.Cut(code, "\t// Output:")
	var want strings.Builder
	for line := range strings.Lines(code) {
		want.WriteString(strings.TrimPrefix(line, "\t"))
	}
	if !strings.Contains(readFile(t, "README.md"), want.String()) {
		t.Errorf("the example in README.md is not this:\n%s", want.String())
	}
}

// TestReadmeMatrix keeps the support matrix of the README what the adapters say.
func TestReadmeMatrix(t *testing.T) {
	if want := matrix(t); !strings.Contains(readFile(t, "README.md"), want) {
		t.Errorf("the support matrix in README.md is not this:\n%s", want)
	}
}

func matrix(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| predicate | aliyunecs | aliyunswas | aliyunens | qingcloud |\n|---|---|---|---|---|\n")
	var clients []*provider.Client
	for _, make := range []func(provider.Config) (*provider.Client, error){
		aliyunecs.New, aliyunswas.New, aliyunens.New, qingcloud.New,
	} {
		client, err := make(provider.Config{Region: "r-1", Credentials: provider.Static("id", "secret", "")})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}
	for _, field := range image.AllFields() {
		fmt.Fprintf(&b, "| `%s` |", field)
		for _, client := range clients {
			fmt.Fprintf(&b, " %s |", client.Info().Support[field])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
