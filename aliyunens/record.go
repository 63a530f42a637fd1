package aliyunens

import (
	"time"

	"github.com/imagequery/imagequery/image"
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

// A row is a [Record], and what some of its texts mean.
type row struct {
	Record
	source            image.Source
	status            image.Status
	arch, computeArch image.Arch
	platform          apispec.OSName
}

var record = wire.NewObject(
	wire.Text("ImageId", func(r *row) *string { return &r.ImageID }),
	wire.Text("ImageName", func(r *row) *string { return &r.ImageName }),
	wire.Parsed("ImageOwnerAlias", func(r *row) *string { return &r.ImageOwnerAlias }, func(r *row) *image.Source { return &r.source }, sources.Parse),
	wire.Parsed("Status", func(r *row) *string { return &r.Status }, func(r *row) *image.Status { return &r.status }, statuses.Parse),
	wire.InternedString("RegionId", func(r *row) *string { return &r.RegionID }),
	wire.Parsed("Platform", func(r *row) *string { return &r.Platform }, func(r *row) *apispec.OSName { return &r.platform }, apispec.ParseOSName),
	wire.InternedString("OsVersion", func(r *row) *string { return &r.OSVersion }),
	wire.Parsed("Architecture", func(r *row) *string { return &r.Architecture }, func(r *row) *image.Arch { return &r.arch }, apispec.ParseArch),
	wire.Parsed("ComputeType", func(r *row) *string { return &r.ComputeType }, func(r *row) *image.Arch { return &r.computeArch }, computeArchs.Parse),
	wire.Text("InstanceId", func(r *row) *string { return &r.InstanceID }),
	wire.Text("SnapshotId", func(r *row) *string { return &r.SnapshotID }),
	wire.Size("ImageSize", func(r *row) *int64 { return &r.ImageSize }),
	wire.Time("CreationTime", func(r *row) *time.Time { return &r.CreationTime }),
	wire.Wrapped("DiskDeviceMappings", "DiskDeviceMapping", diskDeviceMapping, func(r *row) *[]DiskDeviceMapping { return &r.DiskDeviceMappings }),

	wire.Size("ImageStorageSize", func(r *row) *int64 { return &r.ImageStorageSize }).Detail(),
)

var diskDeviceMapping = wire.NewObject(
	wire.InternedString("Type", func(d *DiskDeviceMapping) *string { return &d.Type }),
	wire.InternedString("Format", func(d *DiskDeviceMapping) *string { return &d.Format }),
	wire.Size("Size", func(d *DiskDeviceMapping) *int64 { return &d.Size }),

	wire.Text("imageId", func(d *DiskDeviceMapping) *string { return &d.ImageID }).Detail(),
)
