package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Rows names the members of an image with a special meaning.
type Rows struct {
	ID      string   // without it there is no image
	Secrets []string // no Native has them
}

// expected is the right content of a response, decoded without the adapter.
type expected struct {
	refused bool
	found   bool // whether something stands at the place of the images
	images  []tree
}

// expect reads a response by the documented rules: the images stand at the path of
// the operation, and nowhere twice; what is empty there, or on the way to it, has
// none; anything else in their place is refused, and so is a list with an image
// that has no identifier, and a response that does not say that there are none.
func expect[R any](op *apispec.Operation[R], rows Rows, doc tree) (e expected) {
	e.within(doc, strings.Split(op.Rows, "."), op.Single)
	listed := len(e.images)
	e.images = slices.DeleteFunc(e.images, func(m tree) bool { return m.member(rows.ID) == "" })
	unidentified := len(e.images) < listed && !op.Single
	unstated := !e.found && !(op.Single && saysItsRequest(op, doc)) && !statesNoImages(op, doc)
	e.refused = e.refused || unidentified || unstated
	return e
}

var zero = regexp.MustCompile(`^-?0(\.0+)?([eE][+-]?[0-9]+)?$`)

// statesNoImages reports whether a response states that its total is 0.
func statesNoImages[R any](op *apispec.Operation[R], doc tree) bool {
	return zero.MatchString(strings.TrimSpace(doc.member(op.Envelope.Total)))
}

// saysItsRequest reports whether a response has a request identifier, which some
// gateways begin in lower case.
func saysItsRequest[R any](op *apispec.Operation[R], doc tree) bool {
	name := op.Envelope.RequestID
	return doc.member(name, strings.ToLower(name[:1])+name[1:]) != ""
}

// within looks for the images at a path inside an object.
func (e *expected) within(v tree, path []string, single bool) {
	for i, key := range v.keys {
		if key == path[0] {
			e.place(v.inside[i], path[1:], single)
		}
	}
}

// place judges a value that stands where the images do, or on the way to them.
func (e *expected) place(v tree, below []string, single bool) {
	switch {
	case e.found:
		e.refused = true
	case v.isNothing():
		e.found = true
	case len(below) > 0 && v.open == '{':
		e.within(v, below, single)
	case len(below) > 0:
		e.refused = true
	case single:
		e.found = true
		e.add(v)
	case v.open != '[':
		e.refused = true
	default:
		e.found = true
		for _, element := range v.inside {
			if !element.isNull() {
				e.add(element)
			}
		}
	}
}

func (e *expected) add(m tree) {
	if m.open != '{' {
		e.refused = true
		return
	}
	e.images = append(e.images, m)
}

// answerOf is a response with one image.
func answerOf[R any](op *apispec.Operation[R], m tree) tree {
	if !op.Single {
		m = tree{open: '[', inside: []tree{m}}
	}
	steps := strings.Split(op.Rows, ".")
	for _, step := range slices.Backward(steps) {
		m = tree{open: '{', keys: []string{step}, inside: []tree{m}}
	}
	return m
}

// A reader is an adapter that decodes given responses.
type reader[R any] struct {
	adapter provider.Adapter
	sender  *echo
}

// newReader returns an adapter with empty caches.
func newReader[R any](api *apispec.API[R]) reader[R] {
	sender := new(echo)
	return reader[R]{apispec.New(apispec.Define(*api), sender, provider.Config{Region: "region-1", Listing: provider.Listing{KeepNative: true}}), sender}
}

func (r reader[R]) fetch(op *apispec.Operation[R], body []byte) (*provider.Page, error) {
	r.sender.body = bytes.Clone(body)
	return r.adapter.Fetch(context.Background(), provider.Call{Action: op.Action}, provider.Cursor{Size: 10})
}

// echo is a sender that responds with a body, which is overwritten after it was
// decoded.
type echo struct{ body []byte }

func (e *echo) Host() string { return "api.example.com" }

func (e *echo) Send(_ context.Context, _ string, _ url.Values, decode httpapi.Decode[*provider.Page]) (*provider.Page, error) {
	page, _, err := decode(e.body)
	clear(e.body)
	return page, err
}

// findings are the results of decoding a response, without Native.
type findings struct {
	Total     int
	RequestID string
	Images    []image.Image
	Details   []any
}

// read lets an adapter read a response; ok is false where it is refused. What the
// oracle knows is checked: whether to refuse it, the identifiers of the images, and
// their Native.
func (c checker[R]) read(r reader[R], op *apispec.Operation[R], f form) (found findings, ok bool) {
	want := expect(op, c.rows, f.content)
	page, err := r.fetch(op, f.doc)
	if _, syntax := errors.AsType[*wire.SyntaxError](err); syntax || want.refused != (err != nil) {
		c.t.Fatalf("%s of %q: error %v, but it is JSON, and to refuse it is %t", op.Action, f.doc, err, want.refused)
	}
	if err != nil {
		return found, false
	}
	if len(want.images) != len(page.Images) {
		c.t.Fatalf("%s of %q: %d images, want %d", op.Action, f.doc, len(page.Images), len(want.images))
	}
	for i := range page.Images {
		m := &page.Images[i]
		if id := want.images[i].member(c.rows.ID); m.ID != id {
			c.t.Fatalf("%s of %q: image %q, want %q", op.Action, f.doc, m.ID, id)
		}
		c.checkNative(op, f, want.images[i], m.Native)
		details, err := c.details(*m)
		if err != nil {
			c.t.Fatalf("%s of %q: %v", op.Action, f.doc, err)
		}
		found.Details = append(found.Details, details)
		m.Native = nil
	}
	found.Total, found.RequestID, found.Images = page.Total, page.RequestID, page.Images
	return found, true
}

// checkNative compares a Native record with the image in the response.
func (c checker[R]) checkNative(op *apispec.Operation[R], f form, row tree, native []byte) {
	if !json.Valid(native) {
		c.t.Fatalf("%s of %q: Native is %q", op.Action, f.doc, native)
	}
	want, got := row.without(c.rows.Secrets).canonical(), parse(native).canonical()
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		c.t.Fatalf("%s of %q: Native (-want +got):\n%s", op.Action, f.doc, diff)
	}
}
