package providertest_test

import (
	"encoding/json"
	"hash/maphash"
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
	pages  memo[uint64, decoded] // by the hash of the response body
	seed   = maphash.MakeSeed()
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
		m.Ref, m.Status = image.Ref{ID: m.ID}, image.Status(r.state)
		r.record, _ = json.Marshal(m)
		return r
	})
}

var states = map[string]image.Status{
	"creating": image.StatusPending, "queued": image.StatusPending,
	"active": image.StatusAvailable, "old": image.StatusDeprecated, "broken": image.StatusFailed,
}

// record is an image as the cloud words it: with a state of its own in place of a status.
type record struct {
	ID, Name, Description, Source, Owner, Visibility, Status, Progress, OS, Platform, Arch, Created lenient.Text

	OSVersion       lenient.Text `json:"os_version"`
	SizeGiB         lenient.Text `json:"size_gib"`
	StatusChanged   lenient.Text `json:"status_changed"`
	SourceInstance  lenient.Text `json:"source_instance"`
	Disks           lenient.List[disk]
	SourceSnapshots lenient.List[lenient.Text] `json:"source_snapshots"`
	Tags            map[string]lenient.Text
}

type disk struct {
	Type, Device, Format, Encrypted lenient.Text

	SnapshotID lenient.Text `json:"snapshot_id"`
	SizeGiB    lenient.Text `json:"size_gib"`
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
		Name: string(r.Name), Description: string(r.Description), Owner: string(r.Owner), Platform: image.ParsePlatform(string(r.Platform)),
		OSVersion: string(r.OSVersion), SourceInstance: string(r.SourceInstance),
		Source: lenient.Enum(c, "source", r.Source, sources), Visibility: lenient.Enum(c, "visibility", r.Visibility, visibilities),
		Status: lenient.Enum(c, "status", r.Status, states), OS: lenient.Enum(c, "os", r.OS, oses), Arch: lenient.Enum(c, "arch", r.Arch, archs),
		Progress: c.Int("progress", r.Progress), SizeGiB: c.Int("size_gib", r.SizeGiB),
		Created: c.Time("created", r.Created), StatusChanged: c.Time("status_changed", r.StatusChanged),
	}
	for _, d := range r.Disks {
		m.Disks = append(m.Disks, image.Disk{
			Type: string(d.Type), Device: string(d.Device), Format: string(d.Format), SnapshotID: string(d.SnapshotID),
			SizeGiB: c.Int("disks.size_gib", d.SizeGiB), Encrypted: c.Bool("disks.encrypted", d.Encrypted),
		})
	}
	for _, s := range r.SourceSnapshots {
		m.SourceSnapshots = append(m.SourceSnapshots, string(s))
	}
	for key, value := range r.Tags {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		m.Tags[key] = string(value)
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
		out.page.Images, out.states = append(out.page.Images, r.image(&c)), append(out.states, r.Status)
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
