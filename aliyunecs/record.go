package aliyunecs

import (
	"time"

	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
)

// Record is an image as DescribeImages and DescribeImageFromFamily document it,
// with the names of that page. A field that the provider did not report is zero. Sizes are
// in GiB, times in UTC.
type Record struct {
	ImageID, ImageName, Description, OSName, OSNameEn string
	OSType, Platform, Architecture, BootMode          string
	ImageFamily, ImageVersion, ProductCode            string
	ResourceGroupID, SupplierName, LicenseType        string
	ImageOwnerAlias, ImageOwnerID                     string
	Status, Progress, Usage                           string
	Size                                              int64
	CreationTime                                      time.Time
	IsSelfShared, IsSubscribed, IsCopied, IsPublic    bool
	IsSupportIoOptimized, IsSupportCloudinit          bool
	LoginAsNonRootSupported, Usable                   bool
	DiskDeviceMappings                                []DiskDeviceMapping
	Tags                                              []Tag
	DetectionStatus                                   string
	DetectionItems                                    []DetectionItem
	NvmeSupport, ImdsSupport, SecureBootSupport       string
	CPUOnlineUpgrade, CPUOnlineDowngrade              string
	MemoryOnlineUpgrade, MemoryOnlineDowngrade        string
}

// DiskDeviceMapping is one disk of a [Record]. Size is in GiB, RemainTime in
// seconds.
type DiskDeviceMapping struct {
	Type, Device, SnapshotID, Format, Progress string
	ImportOSSBucket, ImportOSSObject           string
	Size, RemainTime                           int64
	Encrypted                                  bool
}

// Tag is one tag of a [Record].
type Tag struct{ TagKey, TagValue string }

// DetectionItem is one finding of the image check of a [Record].
type DetectionItem struct{ Name, Value, RiskLevel, RiskCode string }

var record = wire.NewObject(
	wire.Text("ImageId", func(r *Record) *string { return &r.ImageID }),
	wire.Text("ImageName", func(r *Record) *string { return &r.ImageName }),
	wire.Text("Description", func(r *Record) *string { return &r.Description }),
	wire.InternedString("OSName", func(r *Record) *string { return &r.OSName }),
	wire.InternedString("OSNameEn", func(r *Record) *string { return &r.OSNameEn }),
	wire.Enum("OSType", func(r *Record) *string { return &r.OSType }, oses.Has),
	wire.InternedString("Platform", func(r *Record) *string { return &r.Platform }),
	wire.Enum("Architecture", func(r *Record) *string { return &r.Architecture }, apispec.IsArch),
	wire.InternedString("BootMode", func(r *Record) *string { return &r.BootMode }),
	wire.Text("ImageFamily", func(r *Record) *string { return &r.ImageFamily }),
	wire.Text("ImageVersion", func(r *Record) *string { return &r.ImageVersion }),
	wire.InternedString("ResourceGroupId", func(r *Record) *string { return &r.ResourceGroupID }),
	wire.Enum("ImageOwnerAlias", func(r *Record) *string { return &r.ImageOwnerAlias }, sources.Has),
	wire.InternedString("ImageOwnerId", func(r *Record) *string { return &r.ImageOwnerID }),
	wire.Enum("Status", func(r *Record) *string { return &r.Status }, statuses.Has),
	wire.Enum("Progress", func(r *Record) *string { return &r.Progress }, apispec.IsPercent),
	wire.Size("Size", func(r *Record) *int64 { return &r.Size }),
	wire.Time("CreationTime", func(r *Record) *time.Time { return &r.CreationTime }),
	wire.Bool("IsSelfShared", func(r *Record) *bool { return &r.IsSelfShared }),
	wire.Bool("IsPublic", func(r *Record) *bool { return &r.IsPublic }),
	wire.Wrapped("DiskDeviceMappings", "DiskDeviceMapping", diskDeviceMapping, func(r *Record) *[]DiskDeviceMapping { return &r.DiskDeviceMappings }),
	wire.Wrapped("Tags", "Tag", tag, func(r *Record) *[]Tag { return &r.Tags }),

	wire.Text("ProductCode", func(r *Record) *string { return &r.ProductCode }).Detail(),
	wire.Text("SupplierName", func(r *Record) *string { return &r.SupplierName }).Detail(),
	wire.Text("LicenseType", func(r *Record) *string { return &r.LicenseType }).Detail(),
	wire.Text("Usage", func(r *Record) *string { return &r.Usage }).Detail(),
	wire.Bool("IsSubscribed", func(r *Record) *bool { return &r.IsSubscribed }).Detail(),
	wire.Bool("IsCopied", func(r *Record) *bool { return &r.IsCopied }).Detail(),
	wire.Bool("IsSupportIoOptimized", func(r *Record) *bool { return &r.IsSupportIoOptimized }).Detail(),
	wire.Bool("IsSupportCloudinit", func(r *Record) *bool { return &r.IsSupportCloudinit }).Detail(),
	wire.Bool("LoginAsNonRootSupported", func(r *Record) *bool { return &r.LoginAsNonRootSupported }).Detail(),
	wire.Bool("Usable", func(r *Record) *bool { return &r.Usable }).Detail(),
	wire.Inside("DetectionOptions",
		wire.Text("Status", func(r *Record) *string { return &r.DetectionStatus }),
		wire.Wrapped("Items", "Item", detectionItem, func(r *Record) *[]DetectionItem { return &r.DetectionItems }),
	).Detail(),
	wire.Inside("Features",
		wire.Text("NvmeSupport", func(r *Record) *string { return &r.NvmeSupport }),
		wire.Text("ImdsSupport", func(r *Record) *string { return &r.ImdsSupport }),
		wire.Text("CpuOnlineUpgrade", func(r *Record) *string { return &r.CPUOnlineUpgrade }),
		wire.Text("CpuOnlineDowngrade", func(r *Record) *string { return &r.CPUOnlineDowngrade }),
		wire.Text("MemoryOnlineUpgrade", func(r *Record) *string { return &r.MemoryOnlineUpgrade }),
		wire.Text("MemoryOnlineDowngrade", func(r *Record) *string { return &r.MemoryOnlineDowngrade }),
	).Detail(),
	wire.Inside("SecureBootOptions",
		wire.Text("SecureBootSupport", func(r *Record) *string { return &r.SecureBootSupport }),
	).Detail(),
)

var diskDeviceMapping = wire.NewObject(
	wire.InternedString("Type", func(d *DiskDeviceMapping) *string { return &d.Type }),
	wire.InternedString("Device", func(d *DiskDeviceMapping) *string { return &d.Device }),
	wire.Text("SnapshotId", func(d *DiskDeviceMapping) *string { return &d.SnapshotID }),
	wire.InternedString("Format", func(d *DiskDeviceMapping) *string { return &d.Format }),
	wire.Size("Size", func(d *DiskDeviceMapping) *int64 { return &d.Size }),
	wire.Bool("Encrypted", func(d *DiskDeviceMapping) *bool { return &d.Encrypted }),

	wire.Text("Progress", func(d *DiskDeviceMapping) *string { return &d.Progress }).Detail(),
	wire.Text("ImportOSSBucket", func(d *DiskDeviceMapping) *string { return &d.ImportOSSBucket }).Detail(),
	wire.Text("ImportOSSObject", func(d *DiskDeviceMapping) *string { return &d.ImportOSSObject }).Detail(),
	wire.Int("RemainTime", func(d *DiskDeviceMapping) *int64 { return &d.RemainTime }).Detail(),
)

var tag = wire.NewObject(
	wire.Text("TagKey", func(t *Tag) *string { return &t.TagKey }).Or("Key"),
	wire.Text("TagValue", func(t *Tag) *string { return &t.TagValue }).Or("Value"),
)

var detectionItem = wire.NewObject(
	wire.Text("Name", func(d *DetectionItem) *string { return &d.Name }),
	wire.Text("Value", func(d *DetectionItem) *string { return &d.Value }),
	wire.Text("RiskLevel", func(d *DetectionItem) *string { return &d.RiskLevel }),
	wire.Text("RiskCode", func(d *DetectionItem) *string { return &d.RiskCode }),
)
