package fakecloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/imagequery/imagequery/image"
)

// dialect is how one provider writes an image down, and how its record is read.
type dialect struct {
	regional bool   // whether an image must have a region
	id, made string // the fields of the record for ID and Created
	render   func(image.Image) record
	read     func(region string, r record) image.Image
}

func dialectOf(provider string) (dialect, bool) {
	switch provider {
	case providerECS:
		return dialect{regional: true, id: "ImageId", made: "CreationTime", render: renderECS, read: readECS}, true
	case providerSWAS:
		return dialect{regional: true, id: "ImageId", made: "CreationTime", render: renderSWAS, read: readSWAS}, true
	case providerENS:
		return dialect{id: "ImageId", made: "CreationTime", render: renderENS, read: readENS}, true
	case providerQing:
		return dialect{regional: true, id: "image_id", made: "create_time", render: renderQing, read: readQing}, true
	}
	return dialect{}, false
}

// newRow renders an image, and makes sure that the record is read as the truth.
func newRow(m Image) (*row, error) {
	d, known := dialectOf(m.Provider)
	switch {
	case !known:
		return nil, m.wrong("provider", fmt.Sprintf("%q is none of aliyunecs, aliyunswas, aliyunens, qingcloud", m.Provider))
	case m.ID == "":
		return nil, m.wrong("id", "is empty")
	case d.regional && m.Region == "":
		return nil, m.wrong("region", "is empty")
	}
	if err := m.checkHidden(); err != nil {
		return nil, err
	}
	fields := d.render(m.Image)
	maps.Copy(fields, m.Extra)
	for _, name := range m.Omit {
		delete(fields, name)
	}
	body, err := marshal(fields)
	if err != nil {
		return nil, m.wrong("extra", err.Error())
	}
	wire, err := decodeRecord(body)
	if err != nil {
		return nil, m.wrong("extra", err.Error())
	}
	read := d.read(m.Region, wire)
	own := Image{Image: read, Hidden: maps.Clone(m.Hidden), Expired: m.Expired}
	return &row{Image: own, body: append([]byte(","), body...), wire: wire}, m.compare(read)
}

// copy is the same image under another id and of another time.
func (r *row) copy(id string, created time.Time) *row {
	d, _ := dialectOf(r.Provider)
	wire := maps.Clone(r.wire)
	wire[d.id] = id
	if !created.IsZero() {
		wire[d.made] = wireMoment(created)
	}
	body, _ := marshal(wire) // it was JSON
	return &row{Image: Image{Image: d.read(r.Region, wire), Hidden: r.Hidden, Expired: r.Expired}, body: append([]byte(","), body...), wire: wire}
}

func (m Image) wrong(field, reason string) error {
	return fmt.Errorf("fakecloud: image %s: field %s: %s", m.Ref, field, reason)
}

func (m Image) checkHidden() error {
	for _, name := range slices.Sorted(maps.Keys(m.Hidden)) {
		if m.Provider != providerECS || !slices.Contains([]string{"InstanceType", "ActionType", "NetworkType"}, name) {
			return m.wrong("hidden", fmt.Sprintf("nothing at %s looks at %q", m.Provider, name))
		}
	}
	if m.Expired && m.Provider != providerECS {
		return m.wrong("expired", "only ECS hides expired images")
	}
	return nil
}

// compare returns an error for every field in which the truth is not what a
// client reads from the record.
func (m Image) compare(read image.Image) error {
	if reflect.DeepEqual(m.Image, read) {
		return nil
	}
	truth, got := jsonFields(m.Image), jsonFields(read)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(union(truth, got))) {
		if !bytes.Equal(truth[name], got[name]) {
			errs = append(errs, m.wrong(name, fmt.Sprintf(
				"the truth is %s, but the record that %s would send, with extra and omit, reads as %s",
				orNothing(truth[name]), m.Provider, orNothing(got[name]))))
		}
	}
	return errors.Join(errs...)
}

func jsonFields(m image.Image) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	text, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		fields["native"] = json.RawMessage(err.Error()) // the only field that can be bad JSON, and must be empty
	}
	return fields
}

func union[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func orNothing(text json.RawMessage) string {
	if len(text) == 0 {
		return "unknown"
	}
	return string(text)
}
