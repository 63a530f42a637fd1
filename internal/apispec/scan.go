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
	total  string
}

// count returns the number of images that the response states. Ok is false if it does
// not state one.
func (e *envelope) count() (n int, ok bool) {
	total, ok := lenient.ParseInt([]byte(e.total))
	return int(max(total, 0)), ok && total >= 0 && strings.TrimSpace(e.total) != ""
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
		fields = append(fields, wire.Enum(e.Total, func(e *envelope) *string { return &e.total }, isCount))
	}
	return fields
}

func isCount(text string) bool {
	n, ok := lenient.ParseInt([]byte(text))
	return ok && n >= 0
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
	_, located := op.named(Location)
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
	total, stated := e.count()
	isEmpty := stated && total == 0 || op.Single && e.status.RequestID != ""
	if err == nil && !result.Found && !isEmpty {
		err = errNoRows
	}
	page.Total, page.RequestID, page.Unreadable = total, e.status.RequestID, result.Unreadable
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
