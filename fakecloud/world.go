package fakecloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// The providers that are emulated, as [image.Ref] names them.
const (
	providerECS  = "aliyunecs"
	providerSWAS = "aliyunswas"
	providerENS  = "aliyunens"
	providerQing = "qingcloud"
)

// Services beside the providers, as [Request].Provider names them. They hold no images.
const (
	providerSTS      = "aliyunsts"
	providerLocation = "aliyunlocation"
)

// World is what a [Cloud] holds: accounts, images, and how the vendors'
// documentation is interpreted. It is a plain value with a stable JSON form, see
// [ReadWorld]. The zero World has no account, so it refuses every request.
type World struct {
	// Accounts are the accounts that can sign requests.
	Accounts []Account `json:"accounts,omitempty"`
	// Images are visible to every account: system, marketplace and community.
	Images []Image `json:"images,omitempty"`
	// Regions lists regions without images by provider. A region of an image need
	// not be listed.
	Regions map[string][]string `json:"regions,omitempty"`

	// Fuzzy is how a name is compared.
	Fuzzy Fuzzy `json:"fuzzy,omitempty"`
	// EmptyFamily is the response of DescribeImageFromFamily if it finds no image.
	EmptyFamily EmptyFamily `json:"empty_family,omitempty"`
	// SingleImageID makes ECS read ImageId as one ID, so that a list matches
	// nothing. If it is false, ImageId is a comma-separated list of up to 100 IDs, as
	// older pages document and clients send.
	SingleImageID bool `json:"single_image_id,omitempty"`
	// SystemSnapshotOnly makes the ECS parameter SnapshotId match system disks only.
	// If it is false, SnapshotId matches every disk.
	SystemSnapshotOnly bool `json:"system_snapshot_only,omitempty"`
	// ImageIDsAnywhere makes QingCloud look up images.n among the images of every
	// provider if the request has no provider. If it is false, it looks them up
	// among those that the account owns.
	ImageIDsAnywhere bool `json:"image_ids_anywhere,omitempty"`
	// OmitTotals makes ENS leave out TotalCount, PageNumber and PageSize, as in its
	// older schema.
	OmitTotals bool `json:"omit_totals,omitempty"`
	// Strict makes an undocumented parameter an error. If it is false, undocumented
	// parameters are ignored and logged in [Request].Unknown.
	Strict bool `json:"strict,omitempty"`
}

// Account is one account, at every provider.
type Account struct {
	Name string `json:"name"`         // for tests and logs, unique in the world
	ID   string `json:"id,omitempty"` // its owner id at the vendor
	Keys []Key  `json:"keys,omitempty"`
	// Images are seen by this account only: its own, and those shared with it.
	// An image of two accounts is listed at both, as each of them sees it.
	Images []Image `json:"images,omitempty"`
}

// Key is a made-up access key. Never put a real key into a World. A Key prints
// as its ID.
type Key struct {
	ID       string `json:"id"`
	Secret   string `json:"secret"`
	Token    string `json:"token,omitempty"`    // not empty: a temporary key, which must be sent with this token
	Disabled bool   `json:"disabled,omitempty"` // known, and refused
	Expired  bool   `json:"expired,omitempty"`  // a temporary key whose token has run out
	Denied   bool   `json:"denied,omitempty"`   // authentic, and not allowed to list images or to assume roles
}

// Format prints the ID for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key "+k.ID) }

// Image is one image as a correct client reports it, and what the record of its
// provider says beyond that. Provider, ID and, except at aliyunens, Region must
// be set. Native must not be set. A zero field is sent as the vendors send an
// unset one.
// An empty OSVersion is the one that the record states.
type Image struct {
	image.Image
	// Extra adds fields to the record, or replaces them: {"Usage": "instance"},
	// {"Size": "40"}, {"Tags": nil}. A client must still read the same image from
	// the record.
	Extra map[string]any `json:"extra,omitempty"`
	// Omit lists fields that are left out of the record.
	Omit []string `json:"omit,omitempty"`
	// Hidden holds attributes that ECS filters by but does not report: InstanceType,
	// ActionType and NetworkType, each with a comma-separated list of values. An
	// image without the attribute passes the filter.
	Hidden map[string]string `json:"hidden,omitempty"`
	// Expired marks an ECS subscription image that only ShowExpired=true lists.
	Expired bool `json:"expired,omitempty"`
}

// EmptyFamily is the form of a response of DescribeImageFromFamily without an
// image. The zero value is [EmptyFamilyMissing].
type EmptyFamily string

// The forms of a response without an image.
const (
	EmptyFamilyMissing EmptyFamily = "missing" // no field Image
	EmptyFamilyNull    EmptyFamily = "null"    // "Image": null
	EmptyFamilyObject  EmptyFamily = "object"  // "Image": {}
	EmptyFamilyText    EmptyFamily = "text"    // "Image": ""
	EmptyFamilyBlank   EmptyFamily = "blank"   // an Image with empty fields and no ImageId
)

// worldError is one error in a world.
type worldError struct {
	kind         string // the errors of a kind are reported once
	text, remedy string
}

func (e *worldError) Error() string { return "fakecloud: " + e.text + ": " + e.remedy }

// newWorldError formats the text; the kind is the format with the subject's name.
func newWorldError(kind, remedy, format string, a ...any) error {
	return &worldError{kind: kind, text: fmt.Sprintf(format, a...), remedy: remedy}
}

// maxWorldErrors limits how many kinds of errors are reported.
const maxWorldErrors = 10

// reportWorldErrors joins errors in the order of their kinds: the first of each
// kind with the number of the others, for at most ten kinds. Other errors are kept.
func reportWorldErrors(errs ...error) error {
	var first []*worldError
	var others []error
	more := map[string]int{}
	for _, err := range flatten(errors.Join(errs...)) {
		e, ok := errors.AsType[*worldError](err)
		switch {
		case !ok:
			others = append(others, err)
		case more[e.kind] == 0:
			first = append(first, e)
			more[e.kind] = 1
		default:
			more[e.kind]++
		}
	}
	for i, e := range first {
		if i == maxWorldErrors {
			others = append(others, fmt.Errorf("fakecloud: there are %d more kinds of errors: correct these first", len(first)-i))
			break
		}
		if n := more[e.kind] - 1; n > 0 {
			e = &worldError{text: fmt.Sprintf("%s (and %d more such errors)", e.text, n), remedy: e.remedy}
		}
		others = append(others, e)
	}
	return errors.Join(others...)
}

// flatten returns the errors that were joined.
func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, flatten(e)...)
	}
	return out
}

// Visible returns the images that the account can see at the provider in the
// region, of every source, newest first. It returns nil for an unknown account.
// At aliyunens the region is ignored. Images that ECS lists only with native
// parameters are left out: those that are Expired, and those with a Hidden
// ActionType other than CreateEcs. The images share memory with w.
//
// A listing without filters returns fewer images: ECS leaves out marketplace and
// community images, and QingCloud lists only images that the account owns.
func (w World) Visible(account, provider, region string) []image.Image {
	var seen []image.Image
	for _, m := range w.visibleTo(account) {
		if m.Provider == provider && m.inRegion(region) && m.listedByDefault() {
			seen = append(seen, m.withOSVersion())
		}
	}
	slices.SortStableFunc(seen, newestFirst)
	return seen
}

// withOSVersion returns the image with the OSVersion that its record states if it has
// none.
func (m Image) withOSVersion() image.Image {
	if m.OSVersion == "" {
		if r, err := newRow(m); err == nil {
			m.OSVersion = r.OSVersion
		}
	}
	return m.Image
}

// visibleTo returns the images that an account can see, or nil if the account is
// unknown.
func (w World) visibleTo(account string) []Image {
	for _, a := range w.Accounts {
		if a.Name == account {
			return slices.Concat(a.Images, w.Images)
		}
	}
	return nil
}

func (m Image) inRegion(region string) bool { return m.Provider == providerENS || m.Region == region }

// listedByDefault reports whether ECS lists the image without native parameters.
func (m Image) listedByDefault() bool {
	return !m.Expired && m.hiddenAllows("ActionType", actionCreate)
}

// hiddenAllows reports whether the hidden attribute has the value.
func (m Image) hiddenAllows(attribute, value string) bool {
	list, set := m.Hidden[attribute]
	return !set || slices.Contains(strings.Split(list, ","), value)
}

// newestFirst is the order of every listing.
func newestFirst(a, b image.Image) int {
	if c := b.Created.Compare(a.Created); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// ReadWorld reads the JSON form of a World: an object with the fields of World
// in snake case. An image has the form of [image.Image], with extra, omit,
// hidden and expired besides. Unknown keys and text after the object are errors.
// Numbers in extra become [json.Number]. [New] validates the world.
func ReadWorld(r io.Reader) (World, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var w World
	if err := dec.Decode(&w); err != nil {
		return World{}, fmt.Errorf("fakecloud: world: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return World{}, fmt.Errorf("fakecloud: world: there is text after the object at byte %d: remove it", dec.InputOffset())
	}
	return w, nil
}
