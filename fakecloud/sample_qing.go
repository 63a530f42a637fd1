package fakecloud

import (
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// sampleSystemQing publishes five distributions in both zones, each with a
// password that no client may keep.
func sampleSystemQing() []Image {
	var images []Image
	for _, zone := range []string{"pek3a", "sh1a"} {
		for i, name := range []string{"centos79x64", "jammyx64", "jammyarm64", "debian12x86", "win2022x64"} {
			platform := []string{"centos", "ubuntu", "ubuntu", "debian", "windows"}[i]
			m := sampleQingImage(zone, name+"-sample", i)
			m.Name, m.Source, m.Visibility, m.Owner = name, image.SourceSystem, image.VisibilityPublic, "system"
			m.setPlatform(platform)
			m.Extra = map[string]any{"default_user": "root", "default_passwd": "sample-password", "ui_type": "tui"}
			switch {
			case strings.HasSuffix(name, "arm64"):
				m.Arch = image.ArchARM64
			case strings.HasSuffix(name, "x86"):
				m.Arch = image.ArchI386
			}
			images = append(images, m)
		}
	}
	return images
}

// sampleQing is 35 images in pek3a and 4 in sh1a, the last of each shared with
// the account.
func sampleQing() []Image {
	statuses := []image.Status{
		image.StatusAvailable, image.StatusAvailable, image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
		image.StatusSuspended, image.StatusDeleted, image.StatusCeased,
	}
	var images []Image
	for _, place := range []struct {
		zone  string
		count int
	}{{"pek3a", 35}, {"sh1a", 4}} {
		for i := range place.count {
			m := sampleQingImage(place.zone, fmt.Sprintf("img-sample%s%02d", place.zone, i), i)
			m.Status = statuses[i%len(statuses)]
			m.setPlatform([]string{"centos", "ubuntu", "debian", "windows"}[i%4])
			if i == place.count-1 {
				m.Source, m.Owner = image.SourceShared, "usr-sample99"
			}
			images = append(images, m)
		}
	}
	return images
}

func (m *Image) setPlatform(platform string) {
	m.Platform, m.OS = platform, image.OSLinux
	if platform == "windows" {
		m.OS = image.OSWindows
	}
}

// sampleQingImage is an image of the account's own; some have no name or no
// description, some are public, some have tags.
func sampleQingImage(zone, id string, i int) Image {
	m := Image{Image: image.Image{
		Ref:    image.Ref{Provider: providerQing, Region: zone, ID: id},
		Source: image.SourceSelf, Owner: sampleQingID, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
		Arch: image.ArchX86_64, SizeGiB: 20, Created: sampleTime(i * 17), StatusChanged: sampleTime(i*17 + 240),
	}}
	if i%5 != 0 {
		m.Name, m.Description = fmt.Sprintf("青云-%d", i), "sample image"
	}
	if i%6 == 1 {
		m.Visibility = image.VisibilityPublic
	}
	if i%3 == 0 {
		m.Tags = map[string]string{"team": "data", "环境": "test"}
	}
	return m
}
