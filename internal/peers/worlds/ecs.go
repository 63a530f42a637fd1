package worlds

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// Families is how many families the images of [ECS] belong to.
const Families = 200

// Family is the name of a family of [ECS], from 0.
func Family(i int) string { return fmt.Sprintf("peer:family_%d", i%Families) }

// ECS is a world of n images that a listing without any filter finds: system, self
// and shared.
func ECS(n int) fakecloud.World {
	images := make([]fakecloud.Image, n)
	for i := range images {
		images[i] = ECSImage(i, pick(i, image.SourceSelf, image.SourceSystem, image.SourceSelf, image.SourceShared))
	}
	return world(images)
}

// ECSImage is one image of a source.
func ECSImage(i int, source image.Source) fakecloud.Image {
	m := base("aliyunecs", Region, fmt.Sprintf("m-peer%08d", i), i)
	m.Description, m.Tags = description(i), tags(i)
	m.Family, m.Version, m.ResourceGroup = Family(i), pick(i, "1", "", "2026.1"), pick(i, "rg-a", "", "rg-b")
	m.Status = pick(i, image.StatusAvailable, image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
		image.StatusAvailable, image.StatusUnavailable, image.StatusFailed)
	m.Progress, m.BootMode = pick(i, 100, 0, 37), pick(i, "UEFI", "BIOS", "", "UEFI-Preferred")
	m.OS, m.Platform, m.OSName = image.OSLinux, pick(i, "ubuntu", "aliyun", "redhat", "kylin"), "Distribution 9.2 64 bit"
	if i%5 == 0 {
		m.OS, m.Platform, m.OSName = image.OSWindows, "windows", "Windows Server 2022 Datacenter 64 bit"
	}
	m.Arch = pick(i, image.ArchX86_64, image.ArchARM64, image.ArchX86_64, image.ArchI386)
	out := fakecloud.Image{Image: m}
	belong(&out, source, i)
	out.Extra = ecsDetails(i)
	out.Extra["DiskDeviceMappings"] = ecsDisks(&out, i)
	out.Hidden = pick(i, nil, nil, map[string]string{"ActionType": "CreateEcs"}, nil,
		map[string]string{"InstanceType": "ecs.g7.large"}, nil, map[string]string{"NetworkType": "vpc"})
	return out
}

// belong says whose an image is.
func belong(m *fakecloud.Image, source image.Source, i int) {
	m.Source = source
	switch source {
	case image.SourceSelf:
		m.Visibility = pick(i/2, image.VisibilityPrivate, image.VisibilityShared)
	case image.SourceShared:
		m.Visibility, m.Owner = image.VisibilityShared, strconv.Itoa(2000000000000000+i%3)
	case image.SourceCommunity:
		m.Visibility, m.Owner = image.VisibilityPublic, strconv.Itoa(3000000000000000+i%3)
	default:
		m.Visibility = image.VisibilityPublic
	}
}

// ecsDisks gives an image up to three disks, and returns the record of them.
func ecsDisks(m *fakecloud.Image, i int) map[string]any {
	list := []map[string]any{}
	for n := range i % 4 {
		d := image.Disk{
			Type: pick(n, "system", "data"), Device: "/dev/xvd" + string(rune('a'+n)), SizeGiB: 20 + n,
			Format: pick(i, "qcow2", "raw"), SnapshotID: pick(i+n, fmt.Sprintf("s-%d-%d", i, n), ""), Encrypted: n == 1,
		}
		m.Disks = append(m.Disks, d)
		if d.SnapshotID != "" {
			m.SourceSnapshots = append(m.SourceSnapshots, d.SnapshotID)
		}
		list = append(list, map[string]any{
			"Type": d.Type, "Device": d.Device, "Size": strconv.Itoa(d.SizeGiB), "Format": d.Format, "SnapshotId": d.SnapshotID,
			"Encrypted": d.Encrypted, "Progress": "32%", "RemainTime": 90 + n, "ImportOSSBucket": "bucket", "ImportOSSObject": "object.raw",
		})
	}
	return map[string]any{"DiskDeviceMapping": list}
}

// ecsDetails are the documented fields that the model leaves to the record.
func ecsDetails(i int) map[string]any {
	details := map[string]any{
		"Usage": pick(i, "none", "instance"), "ProductCode": pick(i, "", "cmjj000001"), "SupplierName": pick(i, "", "Supplier"),
		"LicenseType": pick(i, "Auto", "BYOL"), "IsSubscribed": i%3 == 0, "IsCopied": i%3 == 1, "Usable": i%2 == 0,
		"IsSupportIoOptimized": i%4 != 0, "IsSupportCloudinit": i%4 != 1,
		"SecureBootOptions": map[string]any{"SecureBootSupport": "supported"},
	}
	if i%2 == 0 {
		maps.Copy(details, map[string]any{
			"DetectionOptions": map[string]any{"Status": "Finished", "Items": map[string]any{"Item": []map[string]any{
				{"Name": "NVMe", "Value": "False", "RiskLevel": "High", "RiskCode": "NvmeNotSupported"}, {"Name": "CloudInit", "Value": "True"},
			}}},
			"Features": map[string]any{
				"NvmeSupport": "supported", "ImdsSupport": "v2", "CpuOnlineUpgrade": pick(i/2, "supported", "unsupported"),
				"CpuOnlineDowngrade": "unsupported", "MemoryOnlineUpgrade": "supported", "MemoryOnlineDowngrade": "unsupported",
			},
		})
	}
	return details
}
