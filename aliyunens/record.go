package aliyunens

import (
	"time"

	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
)

// Record is an image as DescribeSelfImages documents it, with the names of that
// page. A field that the provider did not report is zero. Sizes are in GiB, times in UTC.
type Record struct {
	ImageID, ImageName, ImageOwnerAlias string
	Status, RegionID                    string
	Platform, OSVersion                 string
	Architecture, ComputeType           string
	InstanceID, SnapshotID              string
	ImageSize                           int64
	ImageStorageSize                    int64 // the vendor names no unit
	CreationTime                        time.Time
	DiskDeviceMappings                  []DiskDeviceMapping
}

// DiskDeviceMapping is one disk of a [Record]. Size is in GiB.
type DiskDeviceMapping struct {
	Type, Format, ImageID string
	Size                  int64
}

var record = wire.NewObject(
	wire.Text("ImageId", func(r *Record) *string { return &r.ImageID }),
	wire.Text("ImageName", func(r *Record) *string { return &r.ImageName }),
	wire.Enum("ImageOwnerAlias", func(r *Record) *string { return &r.ImageOwnerAlias }, sources.Has),
	wire.Enum("Status", func(r *Record) *string { return &r.Status }, statuses.Has),
	wire.InternedString("RegionId", func(r *Record) *string { return &r.RegionID }),
	wire.InternedString("Platform", func(r *Record) *string { return &r.Platform }),
	wire.InternedString("OsVersion", func(r *Record) *string { return &r.OSVersion }),
	wire.Enum("Architecture", func(r *Record) *string { return &r.Architecture }, apispec.IsArch),
	wire.Enum("ComputeType", func(r *Record) *string { return &r.ComputeType }, computeArchs.Has),
	wire.Text("InstanceId", func(r *Record) *string { return &r.InstanceID }),
	wire.Text("SnapshotId", func(r *Record) *string { return &r.SnapshotID }),
	wire.Size("ImageSize", func(r *Record) *int64 { return &r.ImageSize }),
	wire.Time("CreationTime", func(r *Record) *time.Time { return &r.CreationTime }),
	wire.Wrapped("DiskDeviceMappings", "DiskDeviceMapping", diskDeviceMapping, func(r *Record) *[]DiskDeviceMapping { return &r.DiskDeviceMappings }),

	wire.Size("ImageStorageSize", func(r *Record) *int64 { return &r.ImageStorageSize }).Detail(),
)

var diskDeviceMapping = wire.NewObject(
	wire.InternedString("Type", func(d *DiskDeviceMapping) *string { return &d.Type }),
	wire.InternedString("Format", func(d *DiskDeviceMapping) *string { return &d.Format }),
	wire.Size("Size", func(d *DiskDeviceMapping) *int64 { return &d.Size }),

	wire.Text("imageId", func(d *DiskDeviceMapping) *string { return &d.ImageID }).Detail(),
)
