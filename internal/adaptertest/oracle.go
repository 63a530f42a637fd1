package adaptertest

import (
	"slices"
	"strings"

	"github.com/imagequery/imagequery/internal/apispec"
)

// Rows says which members of an image mean more than what they hold.
type Rows struct {
	ID      string   // without it there is no image
	Secrets []string // no Native has them
}

// expected is what an answer to an operation has to give, found without the
// adapter.
type expected struct {
	refused bool
	found   bool // whether something stands at the place of the images
	images  []tree
}

// expect reads an answer by the documented rules: the images stand at the path of
// the operation, and nowhere twice; what is empty there, or on the way to it, has
// none; anything else in their place is refused, and so is a list with an image
// that has no identifier, and an answer that does not say that there are none.
func expect[R any](op *apispec.Operation[R], rows Rows, doc tree) (e expected) {
	e.within(doc, strings.Split(op.Rows, "."), op.Single)
	identified := e.images[:0]
	for _, m := range e.images {
		if m.member(rows.ID) != "" {
			identified = append(identified, m)
		}
	}
	if len(identified) < len(e.images) && !op.Single {
		e.refused = true
	}
	e.images = identified
	if !e.found && !(op.Single && saysItsRequest(op, doc)) {
		e.refused = true
	}
	return e
}

// saysItsRequest reports whether an answer has a request identifier, which some
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

// ids are the identifiers of the images.
func (e *expected) ids(rows Rows) (out []string) {
	for _, m := range e.images {
		out = append(out, m.member(rows.ID))
	}
	return out
}

// answerOf is an answer with one image.
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
