package wire_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/internal/wire"
)

// The tables of these tests have the shape of ECS DescribeImages.

type envelope struct {
	RequestID string
	Total     int64
}

type image struct {
	ID, Name, Description, OSName, Status, Arch string
	Size                                        int64
	Public                                      bool
	Created                                     time.Time
	Disks                                       []disk
	Tags                                        []tag
	Instances                                   []string
	Nvme                                        string
	Detection                                   detection
}

type disk struct {
	Type, Device, Snapshot string
	Size                   int64
}

type tag struct{ Key, Value string }

type detection struct{ Status string }

var diskTable = wire.NewObject(
	wire.InternedString("Type", func(d *disk) *string { return &d.Type }),
	wire.InternedString("Device", func(d *disk) *string { return &d.Device }),
	wire.Text("SnapshotId", func(d *disk) *string { return &d.Snapshot }),
	wire.Int("Size", func(d *disk) *int64 { return &d.Size }),
)

var tagTable = wire.NewObject(
	wire.InternedString("TagKey", func(t *tag) *string { return &t.Key }).Or("Key"),
	wire.InternedString("TagValue", func(t *tag) *string { return &t.Value }).Or("Value"),
)

var detectionTable = wire.NewObject(
	wire.InternedString("Status", func(d *detection) *string { return &d.Status }),
)

var imageTable = wire.NewObject(
	wire.Text("ImageId", func(i *image) *string { return &i.ID }),
	wire.Text("ImageName", func(i *image) *string { return &i.Name }),
	wire.Text("Description", func(i *image) *string { return &i.Description }),
	wire.InternedString("OSName", func(i *image) *string { return &i.OSName }),
	wire.InternedString("Status", func(i *image) *string { return &i.Status }),
	wire.InternedString("Architecture", func(i *image) *string { return &i.Arch }),
	wire.Int("Size", func(i *image) *int64 { return &i.Size }),
	wire.Bool("IsPublic", func(i *image) *bool { return &i.Public }),
	wire.Time("CreationTime", func(i *image) *time.Time { return &i.Created }),
	wire.Wrapped("DiskDeviceMappings", "DiskDeviceMapping", diskTable, func(i *image) *[]disk { return &i.Disks }),
	wire.Wrapped("Tags", "Tag", tagTable, func(i *image) *[]tag { return &i.Tags }),
	wire.Texts("CreateInstances", func(i *image) *[]string { return &i.Instances }),
	wire.Inside("Features",
		wire.InternedString("NvmeSupport", func(i *image) *string { return &i.Nvme })).Detail(),
	wire.Nested("DetectionOptions", detectionTable, func(i *image) *detection { return &i.Detection }).Detail(),
)

var envelopeTable = wire.NewObject(
	wire.Text("RequestId", func(e *envelope) *string { return &e.RequestID }),
	wire.Int("TotalCount", func(e *envelope) *int64 { return &e.Total }),
)

var (
	ecsPage    = wire.NewPage(envelopeTable, "Images.Image", imageTable)
	familyPage = wire.NewSingle(envelopeTable, "Image", imageTable)
)

// scanned is everything that one scan of a page hands over.
type scanned struct {
	Envelope envelope
	Found    bool
	Rows     []image
	Raw      []string
}

func scan(p *wire.Page[envelope, image], data []byte) (got scanned, err error) {
	result, err := p.Scan(data, &got.Envelope, func(i *image, raw wire.Raw) error {
		row := *i
		row.Disks = append([]disk(nil), i.Disks...)
		row.Tags = append([]tag(nil), i.Tags...)
		got.Rows = append(got.Rows, row)
		got.Raw = append(got.Raw, string(raw.Copy()))
		return nil
	})
	got.Found = result.Found
	return got, err
}

// diff compares values; a nil list and an empty one are the same.
func diff(want, got any) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// corpus returns the bodies in testdata by file name.
func corpus(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		tb.Fatal("no corpus", err)
	}
	bodies := make(map[string][]byte)
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		bodies[filepath.Base(name)] = body
	}
	return bodies
}
