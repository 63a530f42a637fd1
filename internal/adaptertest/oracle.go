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
	"github.com/imagequery/imagequery/internal/jsonoracle"
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
	images  []jsonoracle.Value
}

// expect reads a response by the documented rules: the images stand at the path of
// the operation, and nowhere twice. A list with an image that has no identifier is
// refused, and so is a response that does not say that there are none.
func expect[R any](op *apispec.Operation[R], rows Rows, doc jsonoracle.Value) expected {
	found := jsonoracle.FindRows(doc, op.Rows, op.Single)
	listed := len(found.List)
	images := slices.DeleteFunc(found.List, func(m jsonoracle.Value) bool { return m.Member(rows.ID) == "" })
	unidentified := len(images) < listed && !op.Single
	unstated := !found.Found && !(op.Single && saysItsRequest(op, doc)) && !statesNoImages(op, doc)
	return expected{found.Refused || unidentified || unstated, images}
}

var zero = regexp.MustCompile(`^-?0(\.0+)?([eE][+-]?[0-9]+)?$`)

// statesNoImages reports whether a response states that its total is 0.
func statesNoImages[R any](op *apispec.Operation[R], doc jsonoracle.Value) bool {
	return zero.MatchString(strings.TrimSpace(doc.Member(op.Envelope.Total)))
}

// saysItsRequest reports whether a response has a request identifier, which some
// gateways begin in lower case.
func saysItsRequest[R any](op *apispec.Operation[R], doc jsonoracle.Value) bool {
	name := op.Envelope.RequestID
	return doc.Member(name, strings.ToLower(name[:1])+name[1:]) != ""
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
func (c checker[R]) read(r reader[R], op *apispec.Operation[R], f jsonoracle.Form) (found findings, ok bool) {
	want := expect(op, c.rows, f.Content)
	page, err := r.fetch(op, f.Doc)
	if _, syntax := errors.AsType[*wire.SyntaxError](err); syntax || want.refused != (err != nil) {
		c.t.Fatalf("%s of %q: error %v, but it is JSON, and to refuse it is %t", op.Action, f.Doc, err, want.refused)
	}
	if err != nil {
		return found, false
	}
	if len(want.images) != len(page.Images) {
		c.t.Fatalf("%s of %q: %d images, want %d", op.Action, f.Doc, len(page.Images), len(want.images))
	}
	for i := range page.Images {
		m := &page.Images[i]
		if id := want.images[i].Member(c.rows.ID); m.ID != id {
			c.t.Fatalf("%s of %q: image %q, want %q", op.Action, f.Doc, m.ID, id)
		}
		c.checkNative(op, f, want.images[i], m.Native)
		details, err := c.details(*m)
		if err != nil {
			c.t.Fatalf("%s of %q: %v", op.Action, f.Doc, err)
		}
		found.Details = append(found.Details, details)
		m.Native = nil
	}
	found.Total, found.RequestID, found.Images = page.Total, page.RequestID, page.Images
	return found, true
}

// checkNative compares a Native record with the image in the response.
func (c checker[R]) checkNative(op *apispec.Operation[R], f jsonoracle.Form, row jsonoracle.Value, native []byte) {
	if !json.Valid(native) {
		c.t.Fatalf("%s of %q: Native is %q", op.Action, f.Doc, native)
	}
	want, got := row.Without(c.rows.Secrets).Canonical(), jsonoracle.Parse(native).Canonical()
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		c.t.Fatalf("%s of %q: Native (-want +got):\n%s", op.Action, f.Doc, diff)
	}
}
