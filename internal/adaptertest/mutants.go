package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/jsonoracle"
	"github.com/imagequery/imagequery/internal/mutants"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Mutants answers the operations of an adapter with mutants of some documents and of the bodies in
// testdata, which together must have every member of the record. Encoding/json says which answers
// are valid, which images they hold, and in which other forms they say the same; of those the
// adapter must make the same, also if it never read anything before.
func Mutants[R, D any](t *testing.T, api *apispec.API[R], details func(image.Image) (D, error), rows Rows, documents ...string) {
	t.Helper()
	documents = append(documents, recorded(t)...)
	checkComplete(t, api, rows, documents)
	c := checker[R]{t, api, func(m image.Image) (any, error) { return details(m) }, rows, newReader(api)}
	mutants.Each(t, 1_000, documents, c.check)
}

func recorded(t *testing.T) (bodies []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no bodies in testdata: %v", err)
	}
	for _, name := range names {
		bodies = append(bodies, Recorded(t, filepath.Base(name)))
	}
	return bodies
}

// checkComplete finds every member of the record in the images of the documents.
func checkComplete[R any](t *testing.T, api *apispec.API[R], rows Rows, documents []string) {
	t.Helper()
	var paths []string
	for _, doc := range documents {
		for i := range api.Operations {
			for _, m := range expect(&api.Operations[i], rows, jsonoracle.Parse([]byte(doc))).images {
				paths = append(paths, m.Paths()...)
			}
		}
	}
	for _, name := range api.Record.Names() {
		if !slices.Contains(paths, name) {
			t.Errorf("no document has %s", name)
		}
	}
}

type checker[R any] struct {
	t       *testing.T
	api     *apispec.API[R]
	details func(image.Image) (any, error)
	rows    Rows
	reader  reader[R] // has read all mutants before
}

func (c checker[R]) check(doc []byte) {
	if !json.Valid(doc) {
		c.checkRefused(doc)
		return
	}
	content := jsonoracle.Parse(doc)
	others := content.Forms()
	fresh := newReader(c.api)
	for i := range c.api.Operations {
		op := &c.api.Operations[i]
		found, ok := c.read(c.reader, op, jsonoracle.Form{Name: "as it is", Content: content, Doc: doc})
		if !ok {
			continue
		}
		for _, f := range others {
			got, _ := c.read(fresh, op, f)
			c.same(op, doc, f, found, got)
		}
		c.checkAlone(fresh, op, doc, content, found)
	}
}

func (c checker[R]) checkRefused(doc []byte) {
	for i := range c.api.Operations {
		op := &c.api.Operations[i]
		if _, err := c.reader.fetch(op, doc); err == nil {
			c.t.Fatalf("%s of %q: no error, but it is not JSON", op.Action, doc)
		}
	}
}

// checkAlone decodes every image in a response of its own, and compares.
func (c checker[R]) checkAlone(fresh reader[R], op *apispec.Operation[R], doc []byte, content jsonoracle.Value, found findings) {
	for i, row := range expect(op, c.rows, content).images {
		alone := []byte(responseWith(op, row.Raw))
		f := jsonoracle.Form{Name: "alone", Content: jsonoracle.Parse(alone), Doc: alone}
		got, _ := c.read(fresh, op, f)
		c.same(op, doc, f, findings{Images: found.Images[i : i+1], Details: found.Details[i : i+1]}, got)
	}
}

// responseWith returns a response with one image.
func responseWith[R any](op *apispec.Operation[R], row []byte) string {
	if op.Single {
		return nested(op.Rows, string(row))
	}
	return nested(op.Rows+"[]", string(row))
}

// same compares the images that an adapter decodes from a document and from another form of it.
func (c checker[R]) same(op *apispec.Operation[R], doc []byte, f jsonoracle.Form, want, got findings) {
	if reflect.DeepEqual(want, got) {
		return // cmp takes ten times as long
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		c.t.Fatalf("%s of %q (-as it is +%s):\n%s\n%[3]s it is %[5]q", op.Action, doc, f.Name, diff, f.Doc)
	}
}

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

// echo is a sender that responds with a body, which is overwritten after it was decoded.
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

// read lets an adapter read a response; ok is false where it is refused. What the oracle knows is
// checked: whether to refuse it, the identifiers of the images, and their Native.
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
