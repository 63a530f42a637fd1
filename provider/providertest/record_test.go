package providertest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
	"github.com/imagequery/imagequery/provider/providertest"
)

// memo keeps what the sessions of all models would work out again and again.
type memo[K comparable, V any] struct{ values sync.Map }

func (m *memo[K, V]) get(key K, find func() V) V {
	if known, ok := m.values.Load(key); ok {
		return known.(V)
	}
	known, _ := m.values.LoadOrStore(key, find())
	return known.(V)
}

var (
	worlds memo[int, []image.Image]
	rows   memo[rowKey, *row]
	pages  memo[string, decoded] // by the body of the response
)

// worldOf is what the cloud can express.
func worldOf(n int) []image.Image {
	return worlds.get(n, func() []image.Image {
		out := providertest.Images((&model{}).Info(), n)
		for i := range out {
			m := &out[i]
			if m.Source == "" {
				m.Source = image.SourceSelf
			}
			m.Version, m.OSName, m.BootMode = "", "", ""
		}
		return out
	})
}

// row is an image with its state and its record.
type row struct {
	image.Image
	state  string
	record []byte
}

type rowKey struct {
	id      string
	created time.Time
}

func rowOf(m image.Image) *row {
	return rows.get(rowKey{m.ID, m.Created}, func() *row {
		r := &row{Image: m, state: "frozen"}
		if words := lenient.Words(states, []image.Status{m.Status}); len(words) > 0 {
			r.state = words[len(m.ID)%len(words)]
		}
		r.record, _ = json.Marshal(r.members())
		return r
	})
}

var states = map[string]image.Status{
	"creating": image.StatusPending, "queued": image.StatusPending,
	"active": image.StatusAvailable, "old": image.StatusDeprecated, "broken": image.StatusFailed,
}

// members are those of the record.
func (r *row) members() map[string]any {
	disks, tags := []map[string]any{}, []map[string]string{}
	for _, d := range r.Disks {
		disks = append(disks, map[string]any{
			"Type": d.Type, "Device": d.Device, "Format": d.Format, "Snapshot": d.SnapshotID, "Size": d.SizeGiB, "Encrypted": d.Encrypted,
		})
	}
	for _, key := range slices.Sorted(maps.Keys(r.Tags)) {
		tags = append(tags, map[string]string{"Key": key, "Value": r.Tags[key]})
	}
	return map[string]any{
		"ID": r.ID, "Name": r.Name, "Text": r.Description, "From": r.Source, "Owner": r.Owner, "Visibility": r.Visibility,
		"State": r.state, "Progress": r.Progress, "OS": r.OS, "Platform": r.Platform, "OSVersion": r.OSVersion, "Arch": r.Arch,
		"Size": r.SizeGiB, "Created": moment(r.Created), "Changed": moment(r.StatusChanged), "Instance": r.SourceInstance,
		"Disks": disks, "Snapshots": r.SourceSnapshots, "Tags": tags,
	}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// record is an image as the cloud words it.
type record struct {
	ID, Name, Text, From, Owner, Visibility, State, Progress        lenient.Text
	OS, Platform, OSVersion, Arch, Size, Created, Changed, Instance lenient.Text

	Disks     lenient.List[struct{ Type, Device, Format, Snapshot, Size, Encrypted lenient.Text }]
	Snapshots lenient.List[lenient.Text]
	Tags      lenient.List[struct{ Key, Value lenient.Text }]
}

// named maps the words of a vocabulary to its values.
func named[E ~string](values []E) map[string]E {
	out := map[string]E{}
	for _, v := range values {
		out[string(v)] = v
	}
	return out
}

var (
	sources      = named(image.Sources())
	visibilities = named(image.Visibilities())
	oses         = named(image.OSes())
	archs        = named(image.Archs())
)

func (r record) image(c *lenient.Converter) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: "model", Region: "here", ID: string(r.ID)},
		Name: string(r.Name), Description: string(r.Text), Owner: string(r.Owner), Platform: image.ParsePlatform(string(r.Platform)),
		OSVersion: string(r.OSVersion), SourceInstance: string(r.Instance),
		Source: lenient.Enum(c, "From", r.From, sources), Visibility: lenient.Enum(c, "Visibility", r.Visibility, visibilities),
		Status: lenient.Enum(c, "State", r.State, states), OS: lenient.Enum(c, "OS", r.OS, oses), Arch: lenient.Enum(c, "Arch", r.Arch, archs),
		Progress: c.Int("Progress", r.Progress), SizeGiB: c.Int("Size", r.Size),
		Created: c.Time("Created", r.Created), StatusChanged: c.Time("Changed", r.Changed),
	}
	for _, d := range r.Disks {
		m.Disks = append(m.Disks, image.Disk{
			Type: string(d.Type), Device: string(d.Device), Format: string(d.Format), SnapshotID: string(d.Snapshot),
			SizeGiB: c.Int("Disks.Size", d.Size), Encrypted: c.Bool("Disks.Encrypted", d.Encrypted),
		})
	}
	for _, s := range r.Snapshots {
		m.SourceSnapshots = append(m.SourceSnapshots, string(s))
	}
	for _, t := range r.Tags {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		m.Tags[string(t.Key)] = string(t.Value)
	}
	return m
}

// decoded is a response as a right adapter decodes it.
type decoded struct {
	page   provider.Page
	status httpapi.Status
	states []lenient.Text // of the images
	isList bool           // there is a list of images
	err    error
}

func decode(body []byte) (out decoded) {
	var content struct {
		Total, Code, Message lenient.Text
		Images               lenient.List[record]
	}
	if out.err = lenient.Unmarshal(body, &content); out.err != nil {
		return out
	}
	var c lenient.Converter
	out.status = httpapi.Status{Code: string(content.Code), Message: string(content.Message)}
	out.page.Total, out.isList = c.Int("Total", content.Total), content.Images != nil
	for _, r := range content.Images {
		out.page.Images, out.states = append(out.page.Images, r.image(&c)), append(out.states, r.State)
	}
	out.page.Unreadable = c.Unreadable
	return out
}

// copies returns images that share no memory with others.
func copies(images []image.Image) []image.Image {
	out := slices.Clone(images)
	for i := range out {
		m := &out[i]
		m.Name, m.Tags, m.Disks = strings.Clone(m.Name), maps.Clone(m.Tags), slices.Clone(m.Disks)
		m.SourceSnapshots, m.Native = slices.Clone(m.SourceSnapshots), slices.Clone(m.Native)
	}
	return out
}
