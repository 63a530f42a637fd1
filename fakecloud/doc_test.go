package fakecloud_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
)

// TestJSONOfTheDocumentationIsValid reads the world and the faults in the package
// documentation.
func TestJSONOfTheDocumentationIsValid(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?ms)^//\t\{$.*?^//\t\}$`).FindAllString(string(doc), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of JSON, want 2", len(blocks))
	}
	for i := range blocks {
		blocks[i] = strings.ReplaceAll(blocks[i], "//\t", "")
	}
	world, err := fakecloud.ReadWorld(strings.NewReader(blocks[0]))
	if err != nil {
		t.Fatal(err)
	}
	cloud, err := fakecloud.New(world)
	if err != nil {
		t.Fatal(err)
	}
	faults, err := fakecloud.ReadFaults(strings.NewReader(blocks[1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.SetFaults(faults...); err != nil || len(faults) != 8 {
		t.Errorf("%d faults, %v", len(faults), err)
	}
}
