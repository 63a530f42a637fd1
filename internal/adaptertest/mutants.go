package adaptertest

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/jsonoracle"
	"github.com/imagequery/imagequery/internal/mutants"
)

// Mutants answers the operations of an adapter with mutants of some documents and
// of the bodies in testdata, which together must have every member of the record.
// Encoding/json says which answers are valid, which images they hold, and in which
// other forms they say the same; of those the adapter must make the same, also if
// it never read anything before.
func Mutants[R, D any](t *testing.T, api *apispec.API[R], details func(image.Image) (D, error), rows Rows, documents ...string) {
	t.Helper()
	documents = append(documents, recorded(t)...)
	checkComplete(t, api, rows, documents)
	c := checker[R]{t, api, func(m image.Image) (any, error) { return details(m) }, rows, newReader(api)}
	mutants.Each(t, 1_000, documents, c.check)
}

// recorded returns all bodies in testdata.
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
	paths := map[string]bool{}
	for _, doc := range documents {
		for i := range api.Operations {
			for _, m := range expect(&api.Operations[i], rows, jsonoracle.Parse([]byte(doc))).images {
				for _, path := range m.Paths() {
					paths[path] = true
				}
			}
		}
	}
	for _, name := range api.Record.Names() {
		if !paths[name] {
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

// same compares the images that an adapter decodes from a document and from another
// form of it.
func (c checker[R]) same(op *apispec.Operation[R], doc []byte, f jsonoracle.Form, want, got findings) {
	if reflect.DeepEqual(want, got) {
		return // cmp takes ten times as long
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		c.t.Fatalf("%s of %q (-as it is +%s):\n%s\n%[3]s it is %[5]q", op.Action, doc, f.Name, diff, f.Doc)
	}
}
