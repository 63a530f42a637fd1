package aliyunswas

import (
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
)

// Record is an image as ListCustomImages documents it, with the names of that
// page. A field that the provider did not report is zero. Sizes are in GiB, times in UTC.
type Record struct {
	ImageID, Name, Description, RegionID         string
	Status                                       string // "0" copying, "1" available, "2" unavailable, "3" failed, "4" being created
	OSType, SourceImageName, SourceImageVersion  string
	UserID, ResourceGroupID                      string
	InstanceID, InstanceName                     string
	SystemSnapshotID, SystemSnapshotName         string
	DataSnapshotID, DataSnapshotName             string
	CreateInstances                              []string // servers that were made from the image
	RequiredSystemDiskSize, RequiredDataDiskSize int64
	InShare                                      bool // with ECS
	InShareUser                                  bool // with other accounts
	CreationTime                                 time.Time
	Tags                                         []Tag
}

// Tag is one tag of a [Record].
type Tag struct{ Key, Value string }

// A row is a [Record], and what some of its texts mean.
type row struct {
	Record
	status      image.Status
	os          image.OS
	sourceImage apispec.OSName
}

var record = wire.NewObject(
	wire.Text("ImageId", func(r *row) *string { return &r.ImageID }),
	wire.Text("Name", func(r *row) *string { return &r.Name }),
	wire.Text("Description", func(r *row) *string { return &r.Description }),
	wire.InternedString("RegionId", func(r *row) *string { return &r.RegionID }),
	wire.Parsed("Status", func(r *row) *string { return &r.Status }, func(r *row) *image.Status { return &r.status }, statuses.Parse),
	wire.Parsed("OsType", func(r *row) *string { return &r.OSType }, func(r *row) *image.OS { return &r.os }, oses.Parse),
	wire.Parsed("SourceImageName", func(r *row) *string { return &r.SourceImageName }, func(r *row) *apispec.OSName { return &r.sourceImage }, apispec.ParseOSName),
	wire.InternedString("SourceImageVersion", func(r *row) *string { return &r.SourceImageVersion }),
	wire.Text("UserId", func(r *row) *string { return &r.UserID }),
	wire.InternedString("ResourceGroupId", func(r *row) *string { return &r.ResourceGroupID }),
	wire.Text("InstanceId", func(r *row) *string { return &r.InstanceID }),
	wire.Text("SystemSnapshotId", func(r *row) *string { return &r.SystemSnapshotID }),
	wire.Text("DataSnapshotId", func(r *row) *string { return &r.DataSnapshotID }),
	wire.Size("RequiredSystemDiskSize", func(r *row) *int64 { return &r.RequiredSystemDiskSize }),
	wire.Size("RequiredDataDiskSize", func(r *row) *int64 { return &r.RequiredDataDiskSize }),
	wire.Bool("InShareUser", func(r *row) *bool { return &r.InShareUser }),
	wire.Time("CreationTime", func(r *row) *time.Time { return &r.CreationTime }),
	wire.List("Tags", tag, func(r *row) *[]Tag { return &r.Tags }, "Tag"),

	wire.Text("InstanceName", func(r *row) *string { return &r.InstanceName }).Detail(),
	wire.Text("SystemSnapshotName", func(r *row) *string { return &r.SystemSnapshotName }).Detail(),
	wire.Text("DataSnapshotName", func(r *row) *string { return &r.DataSnapshotName }).Detail(),
	wire.Texts("CreateInstances", func(r *row) *[]string { return &r.CreateInstances }).Detail(),
	wire.Bool("InShare", func(r *row) *bool { return &r.InShare }).Detail(),
)

var tag = wire.NewObject(
	wire.Text("Key", func(t *Tag) *string { return &t.Key }).Or("TagKey"),
	wire.Text("Value", func(t *Tag) *string { return &t.Value }).Or("TagValue"),
)
