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

// World is everything that a [Cloud] knows: the truth, and how the vendors' less
// precise words are to be read. It is a plain value with a stable JSON form, see
// [ReadWorld]. The zero World has no account, and so refuses every request.
type World struct {
	// Accounts are the identities that can sign requests.
	Accounts []Account `json:"accounts,omitempty"`
	// Images are visible to every account: system, marketplace and community.
	Images []Image `json:"images,omitempty"`
	// Regions lists, by provider, regions that exist without an image in them.
	// Every region of an image exists.
	Regions map[string][]string `json:"regions,omitempty"`

	// Fuzzy is what the vendors mean by a fuzzy name.
	Fuzzy Fuzzy `json:"fuzzy,omitempty"`
	// EmptyFamily is what DescribeImageFromFamily answers when it finds nothing.
	EmptyFamily EmptyFamily `json:"empty_family,omitempty"`
	// ImageIDList makes ECS read ImageId as a comma list of up to 100 ids. When
	// false it is one id, so that a list matches nothing.
	ImageIDList bool `json:"image_id_list,omitempty"`
	// SystemSnapshotOnly makes the ECS parameter SnapshotId look at system disks
	// only. When false it looks at every disk.
	SystemSnapshotOnly bool `json:"system_snapshot_only,omitempty"`
	// ImageIDsAnywhere makes QingCloud look for images.n at every provider when the
	// request names none. When false it looks at what the account owns.
	ImageIDsAnywhere bool `json:"image_ids_anywhere,omitempty"`
	// OmitTotals makes ENS leave out TotalCount, PageNumber and PageSize, as its
	// older schema does.
	OmitTotals bool `json:"omit_totals,omitempty"`
	// Strict refuses requests with undocumented parameters. When false they are
	// ignored and logged, see [Request].
	Strict bool `json:"strict,omitempty"`
}

// Account is one identity at every provider.
type Account struct {
	Name string `json:"name"`         // for tests and logs, unique in the world
	ID   string `json:"id,omitempty"` // its owner id at the vendor
	Keys []Key  `json:"keys,omitempty"`
	// Images are seen by this account only: its own, and those shared with it.
	// An image of two accounts is listed at both, as each of them sees it.
	Images []Image `json:"images,omitempty"`
}

// Key is a made-up access key. Never put a real one into a World. Printing a Key
// shows its ID only.
type Key struct {
	ID       string `json:"id"`
	Secret   string `json:"secret"`
	Token    string `json:"token,omitempty"`    // not empty: a temporary key, which must be sent with this token
	Disabled bool   `json:"disabled,omitempty"` // known, and refused
	Expired  bool   `json:"expired,omitempty"`  // a temporary key whose token has run out
	Denied   bool   `json:"denied,omitempty"`   // authentic, and not allowed to list images
}

// Format prints the ID, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key "+k.ID) }

// Image is one image: the neutral truth, and what the provider's own record says
// beyond it. Provider, ID and (but for aliyunens) Region must be set, Native must
// not. A zero field is rendered as the vendors show an unset one.
type Image struct {
	image.Image
	// Extra adds fields to the wire record, or replaces what would be rendered:
	// {"Usage": "instance"}, {"Size": "40"}, {"Tags": nil}. The record must still
	// be read as the truth.
	Extra map[string]any `json:"extra,omitempty"`
	// Omit lists fields that the wire record leaves out.
	Omit []string `json:"omit,omitempty"`
	// Hidden holds what ECS filters look at though no record shows it, as comma
	// lists by parameter: InstanceType, ActionType, NetworkType. An image without
	// an entry passes the filter.
	Hidden map[string]string `json:"hidden,omitempty"`
	// Expired marks an ECS subscription image that only ShowExpired=true lists.
	Expired bool `json:"expired,omitempty"`
}

// EmptyFamily is the shape of an answer of DescribeImageFromFamily that found no
// image. The zero value is [EmptyFamilyMissing].
type EmptyFamily string

// The shapes in which "no image" may come.
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

// Visible returns the truth about every image of every source that the account
// can see at the provider in the region, the newest first. It is nil for an unknown
// account. ENS has no regions: its region is ignored. Left out is what ECS hides
// by default, and only native parameters reach: images that are Expired, and those
// with a Hidden ActionType other than CreateEcs. The images share memory with w.
//
// A listing without any filter returns less: ECS neither marketplace nor community
// images, QingCloud only what the account owns.
func (w World) Visible(account, provider, region string) []image.Image {
	var seen []image.Image
	for _, m := range w.visibleTo(account) {
		if m.Provider == provider && m.inRegion(region) && m.listedByDefault() {
			seen = append(seen, m.Image)
		}
	}
	slices.SortStableFunc(seen, newestFirst)
	return seen
}

// visibleTo returns every image that an account can see, or nil if there is no such
// account.
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

// hiddenAllows reports whether the hidden attribute allows the value.
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

// ReadWorld reads the JSON form of one World: an object with the names of its
// fields in snake case, images as [image.Image] is written plus extra, omit,
// hidden and expired. A key that it does not know is an error which names it, and
// so is anything behind the object. Whether the world is consistent is for [New]
// to say. Numbers in extra are kept as [json.Number].
func ReadWorld(r io.Reader) (World, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var w World
	if err := dec.Decode(&w); err != nil {
		return World{}, fmt.Errorf("fakecloud: world: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return World{}, fmt.Errorf("fakecloud: world: something follows it at byte %d", dec.InputOffset())
	}
	return w, nil
}
