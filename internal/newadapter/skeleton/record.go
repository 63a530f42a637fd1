package skeleton

import (
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/wire"
)

// Record is an image as ListImages documents it, with the names of that page. A
// field that the provider did not report is zero. Times are in UTC.
//
// TODO: add every documented field.
type Record struct {
	ID, Name, Status string
	CreatedAt        time.Time
}

var record = wire.NewObject(
	wire.Text("id", func(r *Record) *string { return &r.ID }),
	wire.Text("name", func(r *Record) *string { return &r.Name }),
	wire.Text("status", func(r *Record) *string { return &r.Status }),
	wire.Time("created_at", func(r *Record) *time.Time { return &r.CreatedAt }),
)

// statuses maps the documented words. An unknown word leaves Status unset.
var statuses = map[string]image.Status{
	"creating":  image.StatusPending,
	"available": image.StatusAvailable,
	"failed":    image.StatusFailed,
}

func (r *Record) image() image.Image {
	return image.Image{
		Ref:     image.Ref{ID: r.ID},
		Name:    r.Name,
		Status:  statuses[r.Status],
		Created: r.CreatedAt,
	}
}
