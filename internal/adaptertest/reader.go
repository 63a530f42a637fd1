package adaptertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
)

// A reader is an adapter that is given answers.
type reader[R any] struct {
	adapter provider.Adapter
	sender  *echo
}

// newReader returns an adapter that remembers nothing of what others read.
func newReader[R any](api *apispec.API[R]) reader[R] {
	sender := new(echo)
	return reader[R]{apispec.New(apispec.Define(*api), sender, provider.Config{Region: "region-1", Listing: provider.Listing{KeepNative: true}}), sender}
}

func (r reader[R]) fetch(op *apispec.Operation[R], body []byte) (*provider.Page, error) {
	r.sender.body = bytes.Clone(body)
	return r.adapter.Fetch(context.Background(), provider.Call{Action: op.Action}, provider.Cursor{Size: 10})
}

// echo is a sender whose answer is a body, which is lost after it was read.
type echo struct{ body []byte }

func (e *echo) Host() string { return "api.example.com" }

func (e *echo) Send(_ context.Context, _ string, _ url.Values, scan func([]byte) (provider.Error, error)) error {
	_, err := scan(e.body)
	clear(e.body)
	return err
}

// findings are all that an adapter makes of an answer, Native apart.
type findings[R any] struct {
	Total     int
	RequestID string
	Images    []image.Image
	Details   []R
}

// read lets an adapter read an answer; ok is false where it is refused. What the
// oracle knows is checked: whether to refuse it, the identifiers of the images, and
// their Native.
func (c checker[R]) read(r reader[R], op *apispec.Operation[R], f form) (found findings[R], ok bool) {
	want := expect(op, c.rows, f.content)
	page, err := r.fetch(op, f.doc)
	if _, syntax := errors.AsType[*wire.SyntaxError](err); syntax || want.refused != (err != nil) {
		c.t.Fatalf("%s of %q: error %v, but it is JSON, and to refuse it is %t", op.Action, f.doc, err, want.refused)
	}
	if err != nil {
		return found, false
	}
	if diff := cmp.Diff(want.ids(c.rows), ids(page.Images)); diff != "" {
		c.t.Fatalf("%s of %q: images (-want +got):\n%s", op.Action, f.doc, diff)
	}
	for i := range page.Images {
		m := &page.Images[i]
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

// checkNative compares a Native record with the image in the answer.
func (c checker[R]) checkNative(op *apispec.Operation[R], f form, row tree, native []byte) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, native); err != nil {
		c.t.Fatalf("%s of %q: Native is %q: %v", op.Action, f.doc, native, err)
	}
	want := canonical.write(row.without(c.rows.Secrets))
	if bytes.Equal(want, compact.Bytes()) {
		return
	}
	if diff := cmp.Diff(string(want), string(canonical.write(parse(native)))); diff != "" {
		c.t.Fatalf("%s of %q: Native (-want +got):\n%s", op.Action, f.doc, diff)
	}
}

func ids(images []image.Image) (out []string) {
	for _, m := range images {
		out = append(out, m.ID)
	}
	return out
}
