package aliyunswas

import (
	"time"

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

var record = wire.NewObject(
	wire.Text("ImageId", func(r *Record) *string { return &r.ImageID }),
	wire.Text("Name", func(r *Record) *string { return &r.Name }),
	wire.Text("Description", func(r *Record) *string { return &r.Description }),
	wire.InternedString("RegionId", func(r *Record) *string { return &r.RegionID }),
	wire.Enum("Status", func(r *Record) *string { return &r.Status }, statuses.Has),
	wire.Enum("OsType", func(r *Record) *string { return &r.OSType }, oses.Has),
	wire.InternedString("SourceImageName", func(r *Record) *string { return &r.SourceImageName }),
	wire.InternedString("SourceImageVersion", func(r *Record) *string { return &r.SourceImageVersion }),
	wire.Text("UserId", func(r *Record) *string { return &r.UserID }),
	wire.InternedString("ResourceGroupId", func(r *Record) *string { return &r.ResourceGroupID }),
	wire.Text("InstanceId", func(r *Record) *string { return &r.InstanceID }),
	wire.Text("SystemSnapshotId", func(r *Record) *string { return &r.SystemSnapshotID }),
	wire.Text("DataSnapshotId", func(r *Record) *string { return &r.DataSnapshotID }),
	wire.Size("RequiredSystemDiskSize", func(r *Record) *int64 { return &r.RequiredSystemDiskSize }),
	wire.Size("RequiredDataDiskSize", func(r *Record) *int64 { return &r.RequiredDataDiskSize }),
	wire.Bool("InShareUser", func(r *Record) *bool { return &r.InShareUser }),
	wire.Time("CreationTime", func(r *Record) *time.Time { return &r.CreationTime }),
	wire.List("Tags", tag, func(r *Record) *[]Tag { return &r.Tags }, "Tag"),

	wire.Text("InstanceName", func(r *Record) *string { return &r.InstanceName }).Detail(),
	wire.Text("SystemSnapshotName", func(r *Record) *string { return &r.SystemSnapshotName }).Detail(),
	wire.Text("DataSnapshotName", func(r *Record) *string { return &r.DataSnapshotName }).Detail(),
	wire.Texts("CreateInstances", func(r *Record) *[]string { return &r.CreateInstances }).Detail(),
	wire.Bool("InShare", func(r *Record) *bool { return &r.InShare }).Detail(),
)

var tag = wire.NewObject(
	wire.Text("Key", func(t *Tag) *string { return &t.Key }).Or("TagKey"),
	wire.Text("Value", func(t *Tag) *string { return &t.Value }).Or("TagValue"),
)
