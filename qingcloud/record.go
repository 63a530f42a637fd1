package qingcloud

import (
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
)

// Record is an image as DescribeImages documents it, with the names of that page.
// A field that the provider did not report is zero. Size is in GB, times are in UTC. The
// default password is left out: it is never stored.
type Record struct {
	ImageID, ImageName, Description string
	Provider, Owner, Visibility     string
	Status, TransitionStatus        string
	Platform, OSFamily              string
	ProcessorType, Architecture     string
	Size                            int64
	CreateTime, StatusTime          time.Time
	RecommendedType, Hypervisor     string
	DefaultUser, UIType, RootID     string
	AppBillingID, BillingID         string
	SubCode, Feature, Features      int64
	FResetpwd                       int64
	InstanceIDs                     []string
	Tags                            []Tag
}

// Tag is one tag of a [Record].
type Tag struct{ TagID, TagKey, TagValue, TagName, Owner, Color string }

// A row is a [Record], and what some of its texts mean.
type row struct {
	Record
	source      image.Source
	visibility  image.Visibility
	status      image.Status
	os          image.OS
	arch, width image.Arch
	osFamily    apispec.OSName
}

var record = wire.NewObject(
	wire.Text("image_id", func(r *row) *string { return &r.ImageID }),
	wire.Text("image_name", func(r *row) *string { return &r.ImageName }),
	wire.Text("description", func(r *row) *string { return &r.Description }),
	wire.Parsed("provider", func(r *row) *string { return &r.Provider }, func(r *row) *image.Source { return &r.source }, sources.Parse),
	wire.InternedString("owner", func(r *row) *string { return &r.Owner }),
	wire.Parsed("visibility", func(r *row) *string { return &r.Visibility }, func(r *row) *image.Visibility { return &r.visibility }, visibilities.Parse),
	wire.Parsed("status", func(r *row) *string { return &r.Status }, func(r *row) *image.Status { return &r.status }, statuses.Parse),
	wire.Parsed("platform", func(r *row) *string { return &r.Platform }, func(r *row) *image.OS { return &r.os }, oses.Parse),
	wire.Parsed("os_family", func(r *row) *string { return &r.OSFamily }, func(r *row) *apispec.OSName { return &r.osFamily }, apispec.ParseOSName),
	wire.Parsed("processor_type", func(r *row) *string { return &r.ProcessorType }, func(r *row) *image.Arch { return &r.width }, widths.Parse),
	wire.Parsed("architecture", func(r *row) *string { return &r.Architecture }, func(r *row) *image.Arch { return &r.arch }, apispec.ParseArch),
	wire.Size("size", func(r *row) *int64 { return &r.Size }),
	wire.Time("create_time", func(r *row) *time.Time { return &r.CreateTime }),
	wire.Time("status_time", func(r *row) *time.Time { return &r.StatusTime }),
	wire.List("tags", tag, func(r *row) *[]Tag { return &r.Tags }, "tag", "Tag"),

	wire.Text[row]("default_passwd", nil).Secret(),

	wire.Text("transition_status", func(r *row) *string { return &r.TransitionStatus }).Detail(),
	wire.Text("recommended_type", func(r *row) *string { return &r.RecommendedType }).Detail(),
	wire.Text("hypervisor", func(r *row) *string { return &r.Hypervisor }).Detail(),
	wire.Text("default_user", func(r *row) *string { return &r.DefaultUser }).Detail(),
	wire.Text("ui_type", func(r *row) *string { return &r.UIType }).Detail(),
	wire.Text("root_id", func(r *row) *string { return &r.RootID }).Detail(),
	wire.Text("app_billing_id", func(r *row) *string { return &r.AppBillingID }).Detail(),
	wire.Text("billing_id", func(r *row) *string { return &r.BillingID }).Detail(),
	wire.Int("sub_code", func(r *row) *int64 { return &r.SubCode }).Detail(),
	wire.Int("feature", func(r *row) *int64 { return &r.Feature }).Detail(),
	wire.Int("features", func(r *row) *int64 { return &r.Features }).Detail(),
	wire.Int("f_resetpwd", func(r *row) *int64 { return &r.FResetpwd }).Detail(),
	wire.Texts("instance_ids", func(r *row) *[]string { return &r.InstanceIDs }).Detail(),
)

var tag = wire.NewObject(
	wire.Text("tag_key", func(t *Tag) *string { return &t.TagKey }).Or("TagKey", "Key"),
	wire.Text("tag_name", func(t *Tag) *string { return &t.TagName }),
	wire.Text("tag_value", func(t *Tag) *string { return &t.TagValue }).Or("TagValue", "Value"),

	wire.Text("tag_id", func(t *Tag) *string { return &t.TagID }).Detail(),
	wire.Text("owner", func(t *Tag) *string { return &t.Owner }).Detail(),
	wire.Text("color", func(t *Tag) *string { return &t.Color }).Detail(),
)
