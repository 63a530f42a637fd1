package fakecloud

import "strings"

func (e EmptyFamily) known() bool {
	switch e {
	case "", EmptyFamilyMissing, EmptyFamilyNull, EmptyFamilyObject, EmptyFamilyText, EmptyFamilyBlank:
		return true
	}
	return false
}

func (e EmptyFamily) body() map[string]any {
	switch e {
	case EmptyFamilyNull:
		return map[string]any{"Image": nil}
	case EmptyFamilyObject:
		return map[string]any{"Image": record{}}
	case EmptyFamilyText:
		return map[string]any{"Image": ""}
	case EmptyFamilyBlank:
		return map[string]any{"Image": record{"ImageName": "", "ImageFamily": "", "Status": "", "Tags": record{"Tag": []record{}}}}
	}
	return map[string]any{}
}

// singleFields show the first image of a family.
func singleFields(found []*row, empty EmptyFamily) map[string]any {
	if len(found) == 0 {
		return empty.body()
	}
	return map[string]any{"Image": familyRecord(found[0].wire)}
}

// familyRecord is the part of a record that DescribeImageFromFamily shows, with
// the progress as it writes it.
func familyRecord(full record) record {
	part := pick(full,
		"Architecture", "CreationTime", "Description", "ImageFamily", "ImageId", "ImageName", "ImageOwnerAlias", "ImageVersion",
		"IsCopied", "IsSelfShared", "IsSubscribed", "IsSupportCloudinit", "IsSupportIoOptimized", "OSName", "OSType", "Platform",
		"ProductCode", "Size", "Status", "Tags", "Usage")
	part["Progress"] = strings.TrimSuffix(full.text("Progress"), "%")
	disks := []record{}
	for _, d := range full.list("DiskDeviceMappings", "DiskDeviceMapping") {
		disks = append(disks, pick(d, "Device", "Format", "ImportOSSBucket", "ImportOSSObject", "Size", "SnapshotId", "Type"))
	}
	part["DiskDeviceMappings"] = record{"DiskDeviceMapping": disks}
	return part
}

func pick(r record, names ...string) record {
	part := record{}
	for _, name := range names {
		if v, ok := r[name]; ok {
			part[name] = v
		}
	}
	return part
}
