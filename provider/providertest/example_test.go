package providertest_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// A test of an adapter runs the suite with a Harness. In a package of its own this
// is TestConformance(t *testing.T). The emulator here has no hooks, so Cannot gives the
// reason for each check that needs one.
func ExampleRun() {
	testConformance := func(t *testing.T) {
		providertest.Run(t, providertest.Harness{
			World: worldOf,
			Open: func(t testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
				emulator := newCloud(o.Reading, world)
				o.Config.HTTPClient = &http.Client{Transport: emulator}
				client, err := open(emulator, o.Config, pushesNothing) // the constructor of the adapter
				if err != nil {
					t.Fatal(err)
				}
				return &providertest.Session{Client: client, Requests: emulator.requests}
			},
			Paging: []string{"page", "size"},
			Cannot: map[string]string{"retry/attempts": "the emulator never fails"},
		})
	}
	_ = testConformance // go test calls it
}

// Images leaves out the fields that Info says the API never reports.
func ExampleImages() {
	info := provider.Info{Name: "minimal", Support: map[image.Field]provider.Support{image.FieldTags: provider.None}}
	images := providertest.Images(info, 20)
	fmt.Println(len(images), "images")
	for _, f := range []image.Field{image.FieldNames, image.FieldTags} {
		hasField := func(m image.Image) bool { return providertest.HasField(m, f) }
		fmt.Println(f, slices.ContainsFunc(images, hasField))
	}
	// Output:
	// 20 images
	// names true
	// tags false
}

// Queries takes the values of its predicates from the images.
func ExampleQueries() {
	images := providertest.Images(provider.Info{Name: "minimal"}, 20)
	matching := 0
	for q := range providertest.Queries(1, 100, images, image.AllFields()) {
		if slices.ContainsFunc(images, q.Match) {
			matching++
		}
	}
	fmt.Println("most queries match an image:", matching > 50)
	// Output:
	// most queries match an image: true
}
