package image_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
)

func ExampleQuery_Match() {
	query := image.Query{
		Platforms: []string{"Ubuntu", "RHEL"},
		Archs:     []image.Arch{"amd64"},
		Statuses:  []image.Status{image.StatusAvailable},
		NameGlobs: []string{"web-[0-9]*"},
	}
	web := image.Image{
		Name:     "web-2024",
		Platform: "ubuntu",
		Arch:     image.ArchX86_64,
		Status:   image.StatusAvailable,
	}
	fmt.Println(query.Match(web))

	web.Status = "" // the provider did not say
	fmt.Println(query.Match(web))
	// Output:
	// true
	// false
}

func ExampleQuery_Validate() {
	query := image.Query{
		Statuses:  []image.Status{"ready"},
		NameGlobs: []string{"web-["},
		Limit:     -1,
	}
	err := query.Validate()
	fmt.Println(err)

	var bad *image.QueryError
	if errors.As(err, &bad) {
		fmt.Println("first:", bad.Field)
	}
	// Output:
	// query field name_globs: value "web-[": bad pattern: a class needs at least one character and a closing "]"; write "\[" for the character itself
	// query field statuses: value "ready": unknown status; want pending, available, deprecated, unavailable, failed, suspended, deleted, ceased
	// query field limit: value "-1": negative; leave it 0 for every image
	// first: name_globs
}

func ExampleQuery_String() {
	fmt.Println(image.Query{})
	fmt.Println(image.Query{
		Statuses:  []image.Status{image.StatusAvailable, image.StatusDeprecated},
		Platforms: []string{"ubuntu"},
		Limit:     10,
	})
	// Output:
	// every image
	// statuses=available,deprecated platforms=ubuntu limit=10
}

func ExampleQuery_Normalized() {
	fmt.Println(image.Query{Platforms: []string{"RHEL", "Red Hat"}, Archs: []image.Arch{"AMD64"}}.Normalized())
	// Output: platforms=redhat archs=x86_64
}

func ExampleCompareNewest() {
	day := time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)
	images := []image.Image{
		{Name: "web-11", Status: image.StatusDeprecated, Created: day.AddDate(0, 0, 1)},
		{Name: "web-9", Status: image.StatusAvailable, Created: day},
		{Name: "web-10", Status: image.StatusAvailable, Created: day},
	}
	slices.SortFunc(images, image.CompareNewest)
	for _, m := range images {
		fmt.Println(m.Name, m.Status)
	}
	// Output:
	// web-10 available
	// web-9 available
	// web-11 deprecated
}

func ExampleParsePlatform() {
	for _, text := range []string{"Windows Server 2016", "RHEL", "openSUSE Leap", "Others Linux"} {
		fmt.Println(image.ParsePlatform(text))
	}
	// Output:
	// windows
	// redhat
	// opensuse
	// others linux
}

func ExampleParseArch() {
	arch, err := image.ParseArch("aarch64")
	fmt.Println(arch, err)

	_, err = image.ParseArch("sparc")
	fmt.Println(err)
	// Output:
	// arm64 <nil>
	// unknown arch "sparc": want x86_64, i386, arm64
}
