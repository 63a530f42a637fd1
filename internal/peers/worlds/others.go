package worlds

import (
	"fmt"
	"strconv"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// SWAS is a world of n custom images, some of them shared.
func SWAS(n int) fakecloud.World {
	images := make([]fakecloud.Image, n)
	for i := range images {
		images[i] = swasImage(i)
	}
	return world(images)
}

func swasImage(i int) fakecloud.Image {
	m := base("aliyunswas", Region, fmt.Sprintf("m-peer%08d", i), i)
	m.Description, m.Tags, m.ResourceGroup = description(i), tags(i), pick(i, "rg-a", "", "rg-b")
	m.Status = pick(i, image.StatusAvailable, image.StatusPending, image.StatusUnavailable, image.StatusFailed)
	m.OS, m.Platform, m.OSVersion, m.OSName = image.OSLinux, "centos", pick(i, "8.2", "7.6"), ""
	m.OSName = "CentOS " + m.OSVersion
	if i%5 == 0 {
		m.OS, m.Platform, m.OSVersion, m.OSName = image.OSWindows, "windows", "2022", "Windows Server 2022"
	}
	m.SourceInstance = pick(i, fmt.Sprintf("i-%d", i%50), "")
	m.Source, m.Visibility = image.SourceSelf, image.VisibilityPrivate
	if i%3 == 1 {
		m.Source, m.Visibility, m.Owner = "", image.VisibilityShared, strconv.Itoa(2000000000000000+i)
	}
	addSWASDisks(&m, i)
	return fakecloud.Image{Image: m, Extra: map[string]any{
		"InstanceName": pick(i, "", "server"), "CreateInstances": pick(i, []string{}, []string{"i-x", "i-y"}),
		"SystemSnapshotName": pick(i, "system snapshot", ""), "DataSnapshotName": pick(i, "", "data snapshot"), "InShare": i%2 == 0,
	}}
}

func addSWASDisks(m *image.Image, i int) {
	m.Disks = []image.Disk{{Type: "system", SizeGiB: m.SizeGiB, SnapshotID: pick(i, fmt.Sprintf("s-system-%d", i), "")}}
	if i%4 < 2 {
		m.Disks = append(m.Disks, image.Disk{Type: "data", SizeGiB: 100, SnapshotID: fmt.Sprintf("s-data-%d", i)})
	}
	for _, d := range m.Disks {
		if d.SnapshotID != "" {
			m.SourceSnapshots = append(m.SourceSnapshots, d.SnapshotID)
		}
	}
}

// ENS is a world of n images in several regions, and in none that is known.
func ENS(n int) fakecloud.World {
	images := make([]fakecloud.Image, n)
	for i := range images {
		images[i] = ensImage(i)
	}
	return world(images)
}

func ensImage(i int) fakecloud.Image {
	m := base("aliyunens", pick(i, "cn-chengdu-telecom", "", "cn-beijing-cmcc"), fmt.Sprintf("m-peer%08d", i), i)
	m.Source = pick(i, image.SourceSelf, image.SourceSystem, image.SourceShared)
	m.Visibility = pick(i, image.VisibilityPrivate, image.VisibilityPublic, image.VisibilityShared)
	m.Status = pick(i, image.StatusAvailable, image.StatusPending, image.StatusUnavailable, image.StatusFailed)
	m.OS, m.Platform, m.OSVersion, m.OSName = image.OSLinux, "redhat", "9", "rhel 9"
	if i%5 == 0 {
		m.OS, m.Platform, m.OSVersion, m.OSName = image.OSWindows, "windows", "2022", "windows 2022"
	}
	m.Arch = pick(i, image.ArchX86_64, image.ArchARM64, image.ArchI386)
	m.SourceInstance = pick(i, fmt.Sprintf("i-%d", i%50), "")
	if i%2 == 0 {
		m.SourceSnapshots = []string{fmt.Sprintf("s-%d", i)}
	}
	for n := range i % 3 {
		m.Disks = append(m.Disks, image.Disk{Type: pick(n, "system", "data"), SizeGiB: 20 + n, Format: pick(i, "qcow2", "raw")})
	}
	return fakecloud.Image{Image: m, Extra: map[string]any{"ImageStorageSize": strconv.Itoa(i%90 + 1)}}
}

// Qing is a world of n images: what the account owns, and system images.
func Qing(n int) fakecloud.World {
	images := make([]fakecloud.Image, n)
	for i := range images {
		images[i] = qingImage(i)
	}
	return world(images)
}

func qingImage(i int) fakecloud.Image {
	m := base("qingcloud", Zone, fmt.Sprintf("img-%08d", i), i)
	m.Description, m.Tags = description(i), tags(i)
	m.Source, m.Owner = pick(i, image.SourceSelf, image.SourceSystem, image.SourceSelf), pick(i, "usr-peer", "system", "usr-peer")
	m.Visibility = pick(i, image.VisibilityPrivate, image.VisibilityPublic)
	m.Status = pick(i, image.StatusAvailable, image.StatusPending, image.StatusDeprecated,
		image.StatusSuspended, image.StatusDeleted, image.StatusCeased, image.StatusAvailable)
	m.OS, m.Platform = pick(i, image.OSLinux, image.OSLinux, image.OSWindows), pick(i, "ubuntu", "centos", "windows")
	m.Arch = pick(i, image.ArchX86_64, image.ArchARM64, image.ArchX86_64, image.ArchI386)
	m.StatusChanged = m.Created.AddDate(0, 1, 0)
	return fakecloud.Image{Image: m, Extra: map[string]any{
		"transition_status": pick(i, "", "creating"), "sub_code": i % 2, "feature": i % 3, "features": i % 5, "f_resetpwd": 1,
		"hypervisor": "kvm", "default_user": "root", "default_passwd": "p12cHANgepwD", "ui_type": "tui", "root_id": "img-root",
		"app_billing_id": pick(i, "", "app-1"), "billing_id": "bill-1", "instance_ids": pick(i, []string{}, []string{"i-1", "i-2"}),
	}}
}
