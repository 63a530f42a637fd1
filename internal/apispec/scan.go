package apispec

import (
	"errors"
	"fmt"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// envelope is what stands around the images of an answer.
type envelope struct {
	status httpapi.Status
	total  int64
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
		fields = append(fields, wire.Int(e.Total, func(e *envelope) *int64 { return &e.total }))
	}
	return fields
}

// spellings of a member: some gateways begin it in lower case.
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

var errNoRows = errors.New("the answer holds no images, and does not say that there are none")

// scan reads one answer.
func (s *service[R]) scan(op *Operation[R], size int, body []byte) (*provider.Page, httpapi.Status, error) {
	var e envelope
	page := &provider.Page{}
	_, located := op.named(Location)
	found, err := s.api.pages[op.Action].Scan(body, &e, func(r *R, raw wire.Raw) error {
		if page.Images == nil {
			page.Images = make([]image.Image, 0, min(size, op.MaxPage))
		}
		n := len(page.Images)
		page.Images = append(page.Images, op.Image(r))
		switch m := &page.Images[n]; {
		case m.ID != "":
			s.complete(m, located, raw)
		case op.Single:
			page.Images = nil
		default:
			return fmt.Errorf("image %d of the answer has no identifier", n+1)
		}
		return nil
	})
	if err == nil && !found && (!op.Single || e.status.RequestID == "") {
		err = errNoRows
	}
	page.Total, page.RequestID = int(max(e.total, 0)), e.status.RequestID
	return page, e.status, err
}

// complete adds what the record does not say. An operation that is located asks
// one region only.
func (s *service[R]) complete(m *image.Image, located bool, raw wire.Raw) {
	m.Provider = s.api.Name
	if located && m.Region == "" {
		m.Region = s.region
	}
	if s.keepNative {
		m.Native = raw.Copy()
	}
}
