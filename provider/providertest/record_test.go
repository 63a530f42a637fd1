package providertest_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// record is an image as the cloud words it.
type record struct {
	ID         word
	Name       word
	Text       word
	From       word
	Owner      word
	Visibility word
	State      word
	Progress   number
	OS         word
	Platform   word
	OSVersion  word
	Arch       word
	Size       number
	Disks      []disk
	Created    word
	Changed    word
	Instance   word
	Snapshots  []word
	Tags       []tag
}

type disk struct {
	Type, Device, Format, Snapshot word
	Size                           number
	Encrypted                      bool
}

type tag struct{ Key, Value word }

// word is a text that may also come as a number, or not at all.
type word string

func (w *word) UnmarshalJSON(data []byte) error {
	*w = word(strings.Trim(string(data), `"`))
	switch data[0] {
	case '"':
		var text string
		err := json.Unmarshal(data, &text)
		*w = word(text)
		return err
	case 'n', '{', '[':
		*w = ""
	}
	return nil
}

// number is a number that may also come as a text, or not at all.
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	v, _ := strconv.Atoi(strings.Trim(string(data), `"`))
	*n = number(v)
	return nil
}

var states = map[word]image.Status{
	"creating": image.StatusPending, "queued": image.StatusPending,
	"active": image.StatusAvailable, "old": image.StatusDeprecated, "broken": image.StatusFailed,
}

// statesOf are the words that stand for a status, in their order.
func statesOf(s image.Status) []string {
	var out []string
	for _, w := range slices.Sorted(maps.Keys(states)) {
		if states[w] == s {
			out = append(out, string(w))
		}
	}
	return out
}

func render(m image.Image) record {
	r := record{
		ID: word(m.ID), Name: word(m.Name), Text: word(m.Description), From: word(m.Source), Owner: word(m.Owner),
		Visibility: word(m.Visibility), State: "frozen", Progress: number(m.Progress), OS: word(m.OS), Platform: word(m.Platform), OSVersion: word(m.OSVersion),
		Arch: word(m.Arch), Size: number(m.SizeGiB), Created: moment(m.Created), Changed: moment(m.StatusChanged), Instance: word(m.SourceInstance),
	}
	if words := statesOf(m.Status); len(words) > 0 {
		r.State = word(words[len(m.ID)%len(words)])
	}
	for _, d := range m.Disks {
		r.Disks = append(r.Disks, disk{word(d.Type), word(d.Device), word(d.Format), word(d.SnapshotID), number(d.SizeGiB), d.Encrypted})
	}
	for _, s := range m.SourceSnapshots {
		r.Snapshots = append(r.Snapshots, word(s))
	}
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		r.Tags = append(r.Tags, tag{word(key), word(m.Tags[key])})
	}
	return r
}

func moment(t time.Time) word {
	if t.IsZero() {
		return ""
	}
	return word(t.Format(time.RFC3339))
}

func (r record) image() image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: "model", Region: "here", ID: string(r.ID)},
		Name: string(r.Name), Description: string(r.Text), Owner: string(r.Owner), Status: states[r.State],
		Source: oneOf(r.From, image.Sources()), Visibility: oneOf(r.Visibility, image.Visibilities()),
		Progress: int(r.Progress), OS: oneOf(r.OS, image.OSes()), Platform: image.ParsePlatform(string(r.Platform)), OSVersion: string(r.OSVersion),
		Arch: oneOf(r.Arch, image.Archs()), SizeGiB: int(r.Size), SourceInstance: string(r.Instance),
	}
	m.Created, _ = time.Parse(time.RFC3339, string(r.Created))
	m.StatusChanged, _ = time.Parse(time.RFC3339, string(r.Changed))
	for _, d := range r.Disks {
		m.Disks = append(m.Disks, image.Disk{
			Type: string(d.Type), Device: string(d.Device), Format: string(d.Format), SnapshotID: string(d.Snapshot),
			SizeGiB: int(d.Size), Encrypted: d.Encrypted,
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

func oneOf[E ~string](w word, known []E) E {
	if slices.Contains(known, E(w)) {
		return E(w)
	}
	return ""
}
