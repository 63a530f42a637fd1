package image_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/image"
)

var (
	created       = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	statusChanged = time.Date(2024, 5, 7, 0, 0, 0, 500_000_000, time.UTC)
)

// fullImage has every field set.
func fullImage() image.Image {
	return image.Image{
		Ref:         image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-1"},
		Name:        "web-2024",
		Description: "web server",
		Family:      "web",
		Version:     "7",
		Source:      image.SourceSelf,
		Owner:       "1234",
		Visibility:  image.VisibilityPrivate,
		Status:      image.StatusAvailable,
		Progress:    100,
		OS:          image.OSLinux,
		Platform:    "ubuntu",
		OSVersion:   "22.04",
		OSName:      "Ubuntu 22.04 64 bit",
		Arch:        image.ArchX86_64,
		BootMode:    "UEFI",
		SizeGiB:     40,
		Disks: []image.Disk{{
			Type: "system", Device: "/dev/xvda", SizeGiB: 40, Format: "qcow2", SnapshotID: "s-1", Encrypted: true,
		}, {
			Type: "data",
		}},
		Created:         created,
		StatusChanged:   statusChanged,
		SourceInstance:  "i-1",
		SourceSnapshots: []string{"s-1", "s-2"},
		ResourceGroup:   "rg-1",
		Tags:            map[string]string{"env": "prod", "empty": ""},
		Native:          []byte(`{"ImageId":"m-1"}`),
	}
}

// fullQuery sets every field, and matches fullImage by a value that is not the
// first of its list.
func fullQuery() image.Query {
	return image.Query{
		IDs:             []string{"m-0", "m-1"},
		Names:           []string{"db", "web-2024"},
		NameGlobs:       []string{"db-*", "web-[0-9]*"},
		NameContains:    []string{"DB", "WEB"},
		Families:        []string{"db", "web"},
		Regions:         []string{"cn-beijing", "cn-hangzhou"},
		Sources:         []image.Source{image.SourceSystem, image.SourceSelf},
		Owners:          []string{"99", "1234"},
		Visibilities:    []image.Visibility{image.VisibilityPublic, image.VisibilityPrivate},
		Statuses:        []image.Status{image.StatusDeprecated, image.StatusAvailable},
		OSes:            []image.OS{image.OSWindows, image.OSLinux},
		Platforms:       []string{"RHEL", "Ubuntu Server"},
		OSVersions:      []string{"20.04", "22"},
		Archs:           []image.Arch{"aarch64", "AMD64"},
		Tags:            map[string]string{"env": "prod", "empty": ""},
		SourceInstances: []string{"i-0", "i-1"},
		SourceSnapshots: []string{"s-0", "s-2"},
		ResourceGroups:  []string{"rg-0", "rg-1"},
		CreatedAfter:    created,
		CreatedBefore:   created.Add(time.Second),
		Limit:           10,
		SkipUnreported:  true,
		Native:          map[string]map[string]string{"aliyunecs": {"InstanceType": "ecs.g7.large"}},
	}
}

func check(t *testing.T, what string, want, got any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
