package qingcloud

import (
	"time"

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

var record = wire.NewObject(
	wire.Text("image_id", func(r *Record) *string { return &r.ImageID }),
	wire.Text("image_name", func(r *Record) *string { return &r.ImageName }),
	wire.Text("description", func(r *Record) *string { return &r.Description }),
	wire.Enum("provider", func(r *Record) *string { return &r.Provider }, sources.Has),
	wire.InternedString("owner", func(r *Record) *string { return &r.Owner }),
	wire.Enum("visibility", func(r *Record) *string { return &r.Visibility }, visibilities.Has),
	wire.Enum("status", func(r *Record) *string { return &r.Status }, statuses.Has),
	wire.Enum("platform", func(r *Record) *string { return &r.Platform }, oses.Has),
	wire.InternedString("os_family", func(r *Record) *string { return &r.OSFamily }),
	wire.Enum("processor_type", func(r *Record) *string { return &r.ProcessorType }, widths.Has),
	wire.Enum("architecture", func(r *Record) *string { return &r.Architecture }, apispec.IsArch),
	wire.Size("size", func(r *Record) *int64 { return &r.Size }),
	wire.Time("create_time", func(r *Record) *time.Time { return &r.CreateTime }),
	wire.Time("status_time", func(r *Record) *time.Time { return &r.StatusTime }),
	wire.List("tags", tag, func(r *Record) *[]Tag { return &r.Tags }, "tag", "Tag"),

	wire.Text[Record]("default_passwd", nil).Secret(),

	wire.Text("transition_status", func(r *Record) *string { return &r.TransitionStatus }).Detail(),
	wire.Text("recommended_type", func(r *Record) *string { return &r.RecommendedType }).Detail(),
	wire.Text("hypervisor", func(r *Record) *string { return &r.Hypervisor }).Detail(),
	wire.Text("default_user", func(r *Record) *string { return &r.DefaultUser }).Detail(),
	wire.Text("ui_type", func(r *Record) *string { return &r.UIType }).Detail(),
	wire.Text("root_id", func(r *Record) *string { return &r.RootID }).Detail(),
	wire.Text("app_billing_id", func(r *Record) *string { return &r.AppBillingID }).Detail(),
	wire.Text("billing_id", func(r *Record) *string { return &r.BillingID }).Detail(),
	wire.Int("sub_code", func(r *Record) *int64 { return &r.SubCode }).Detail(),
	wire.Int("feature", func(r *Record) *int64 { return &r.Feature }).Detail(),
	wire.Int("features", func(r *Record) *int64 { return &r.Features }).Detail(),
	wire.Int("f_resetpwd", func(r *Record) *int64 { return &r.FResetpwd }).Detail(),
	wire.Texts("instance_ids", func(r *Record) *[]string { return &r.InstanceIDs }).Detail(),
)

var tag = wire.NewObject(
	wire.Text("tag_key", func(t *Tag) *string { return &t.TagKey }).Or("TagKey", "Key"),
	wire.Text("tag_name", func(t *Tag) *string { return &t.TagName }),
	wire.Text("tag_value", func(t *Tag) *string { return &t.TagValue }).Or("TagValue", "Value"),

	wire.Text("tag_id", func(t *Tag) *string { return &t.TagID }).Detail(),
	wire.Text("owner", func(t *Tag) *string { return &t.Owner }).Detail(),
	wire.Text("color", func(t *Tag) *string { return &t.Color }).Detail(),
)
