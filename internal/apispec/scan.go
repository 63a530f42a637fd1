package apispec

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
)

// envelope holds the members around the images of a response.
type envelope struct {
	status httpapi.Status
	count  string // the total as the response writes it
	total  total
}

// total is the number of images that a response states, if it states one.
type total struct {
	n      int
	stated bool
}

func parseTotal(text string) (t total, ok bool) {
	n, ok := lenient.ParseInt([]byte(text))
	ok = ok && n >= 0
	return total{int(max(n, 0)), ok && strings.TrimSpace(text) != ""}, ok
}

func newPage[R any](op *Operation[R], record *wire.Object[R]) *wire.Page[envelope, R] {
	table := wire.NewObject(envelopeFields(op.Envelope)...)
	if op.Single {
		return wire.NewSingle(table, op.Rows, record)
	}
	return wire.NewPage(table, op.Rows, record)
}

func envelopeFields(e Envelope) []wire.Field[envelope] {
	var fields []wire.Field[envelope]
	text := func(name string, at func(*envelope) *string) {
		for _, spelling := range spellings(name) {
			fields = append(fields, wire.Text(spelling, at))
		}
	}
	text(e.Code, func(e *envelope) *string { return &e.status.Code })
	text(e.Message, func(e *envelope) *string { return &e.status.Message })
	text(e.RequestID, func(e *envelope) *string { return &e.status.RequestID })
	if e.Total != "" {
		fields = append(fields, wire.Parsed(e.Total, func(e *envelope) *string { return &e.count }, func(e *envelope) *total { return &e.total }, parseTotal))
	}
	return fields
}

// spellings returns the spellings of a member: some gateways write its first letter in
// lower case.
func spellings(name string) []string {
	switch other := strings.ToLower(name[:min(1, len(name))]) + name[min(1, len(name)):]; {
	case name == "":
		return nil
	case other == name:
		return []string{name}
	default:
		return []string{name, other}
	}
}

var errNoRows = errors.New("the response has no list of images, and no total of 0")

// scan decodes one response.
func (s *service[R]) scan(op *Operation[R], size int, body []byte) (*provider.Page, httpapi.Status, error) {
	var e envelope
	page := &provider.Page{}
	_, located := op.nameOf(Location)
	result, err := s.api.pages[op.Action].Scan(body, &e, func(r *R, raw wire.Raw) error {
		if page.Images == nil {
			page.Images = images.get(min(size, op.MaxPage))
		}
		n := len(page.Images)
		page.Images = append(page.Images, op.Image(r))
		switch m := &page.Images[n]; {
		case m.ID != "":
			s.complete(m, located, raw)
		case op.Single:
			page.Images = nil
		default:
			return fmt.Errorf("image %d of the response has no identifier", n+1)
		}
		return nil
	})
	isEmpty := e.total == (total{stated: true}) || op.Single && e.status.RequestID != ""
	if err == nil && !result.Found && !isEmpty {
		err = errNoRows
	}
	page.Total, page.RequestID, page.Unreadable = e.total.n, e.status.RequestID, result.Unreadable
	return page, e.status, err
}

// complete sets the fields of an image that its record lacks. A located operation has
// a parameter for the region, so all its images are in the region of the client.
func (s *service[R]) complete(m *image.Image, located bool, raw wire.Raw) {
	m.Provider = s.api.Name
	if located && m.Region == "" {
		m.Region = s.region
	}
	if s.keepNative {
		m.Native = raw.Copy()
	}
}

// images keeps the memory of pages that all clients have recycled.
var images imagePool

type imagePool struct{ lists sync.Pool }

// get returns an empty list with room for n images.
func (p *imagePool) get(n int) []image.Image {
	if list, ok := p.lists.Get().(*[]image.Image); ok && cap(*list) >= n {
		return *list
	}
	return make([]image.Image, 0, n)
}

// put takes a list back. It drops what the images refer to.
func (p *imagePool) put(list []image.Image) {
	if cap(list) > 0 {
		clear(list)
		list = list[:0]
		p.lists.Put(&list)
	}
}

// Recycle implements [provider.Recycler].
func (s *service[R]) Recycle(page *provider.Page) {
	images.put(page.Images)
	page.Images = nil
}
