package aliyunecs

import (
	"time"

	"github.com/imagequery/imagequery/image"
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

// A row is a [Record], and what some of its texts mean.
type row struct {
	Record
	source                     image.Source
	status                     image.Status
	progress                   int
	os                         image.OS
	arch                       image.Arch
	platform, osName, osNameEn apispec.OSName
}

var record = wire.NewObject(
	wire.Text("ImageId", func(r *row) *string { return &r.ImageID }),
	wire.Text("ImageName", func(r *row) *string { return &r.ImageName }),
	wire.Text("Description", func(r *row) *string { return &r.Description }),
	wire.Parsed("OSName", func(r *row) *string { return &r.OSName }, func(r *row) *apispec.OSName { return &r.osName }, apispec.ParseOSName),
	wire.Parsed("OSNameEn", func(r *row) *string { return &r.OSNameEn }, func(r *row) *apispec.OSName { return &r.osNameEn }, apispec.ParseOSName),
	wire.Parsed("OSType", func(r *row) *string { return &r.OSType }, func(r *row) *image.OS { return &r.os }, oses.Parse),
	wire.Parsed("Platform", func(r *row) *string { return &r.Platform }, func(r *row) *apispec.OSName { return &r.platform }, apispec.ParseOSName),
	wire.Parsed("Architecture", func(r *row) *string { return &r.Architecture }, func(r *row) *image.Arch { return &r.arch }, apispec.ParseArch),
	wire.InternedString("BootMode", func(r *row) *string { return &r.BootMode }),
	wire.Text("ImageFamily", func(r *row) *string { return &r.ImageFamily }),
	wire.Text("ImageVersion", func(r *row) *string { return &r.ImageVersion }),
	wire.InternedString("ResourceGroupId", func(r *row) *string { return &r.ResourceGroupID }),
	wire.Parsed("ImageOwnerAlias", func(r *row) *string { return &r.ImageOwnerAlias }, func(r *row) *image.Source { return &r.source }, sources.Parse),
	wire.InternedString("ImageOwnerId", func(r *row) *string { return &r.ImageOwnerID }),
	wire.Parsed("Status", func(r *row) *string { return &r.Status }, func(r *row) *image.Status { return &r.status }, statuses.Parse),
	wire.Parsed("Progress", func(r *row) *string { return &r.Progress }, func(r *row) *int { return &r.progress }, apispec.ParsePercent),
	wire.Size("Size", func(r *row) *int64 { return &r.Size }),
	wire.Time("CreationTime", func(r *row) *time.Time { return &r.CreationTime }),
	wire.Bool("IsSelfShared", func(r *row) *bool { return &r.IsSelfShared }),
	wire.Bool("IsPublic", func(r *row) *bool { return &r.IsPublic }),
	wire.Wrapped("DiskDeviceMappings", "DiskDeviceMapping", diskDeviceMapping, func(r *row) *[]DiskDeviceMapping { return &r.DiskDeviceMappings }),
	wire.Wrapped("Tags", "Tag", tag, func(r *row) *[]Tag { return &r.Tags }),

	wire.Text("ProductCode", func(r *row) *string { return &r.ProductCode }).Detail(),
	wire.Text("SupplierName", func(r *row) *string { return &r.SupplierName }).Detail(),
	wire.Text("LicenseType", func(r *row) *string { return &r.LicenseType }).Detail(),
	wire.Text("Usage", func(r *row) *string { return &r.Usage }).Detail(),
	wire.Bool("IsSubscribed", func(r *row) *bool { return &r.IsSubscribed }).Detail(),
	wire.Bool("IsCopied", func(r *row) *bool { return &r.IsCopied }).Detail(),
	wire.Bool("IsSupportIoOptimized", func(r *row) *bool { return &r.IsSupportIoOptimized }).Detail(),
	wire.Bool("IsSupportCloudinit", func(r *row) *bool { return &r.IsSupportCloudinit }).Detail(),
	wire.Bool("LoginAsNonRootSupported", func(r *row) *bool { return &r.LoginAsNonRootSupported }).Detail(),
	wire.Bool("Usable", func(r *row) *bool { return &r.Usable }).Detail(),
	wire.Inside("DetectionOptions",
		wire.Text("Status", func(r *row) *string { return &r.DetectionStatus }),
		wire.Wrapped("Items", "Item", detectionItem, func(r *row) *[]DetectionItem { return &r.DetectionItems }),
	).Detail(),
	wire.Inside("Features",
		wire.Text("NvmeSupport", func(r *row) *string { return &r.NvmeSupport }),
		wire.Text("ImdsSupport", func(r *row) *string { return &r.ImdsSupport }),
		wire.Text("CpuOnlineUpgrade", func(r *row) *string { return &r.CPUOnlineUpgrade }),
		wire.Text("CpuOnlineDowngrade", func(r *row) *string { return &r.CPUOnlineDowngrade }),
		wire.Text("MemoryOnlineUpgrade", func(r *row) *string { return &r.MemoryOnlineUpgrade }),
		wire.Text("MemoryOnlineDowngrade", func(r *row) *string { return &r.MemoryOnlineDowngrade }),
	).Detail(),
	wire.Inside("SecureBootOptions",
		wire.Text("SecureBootSupport", func(r *row) *string { return &r.SecureBootSupport }),
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
