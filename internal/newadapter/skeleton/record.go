package skeleton

import (
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
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

// A row is a [Record], and what some of its texts mean.
type row struct {
	Record
	status image.Status
}

var record = wire.NewObject(
	wire.Text("id", func(r *row) *string { return &r.ID }),
	wire.Text("name", func(r *row) *string { return &r.Name }),
	wire.Parsed("status", func(r *row) *string { return &r.Status }, func(r *row) *image.Status { return &r.status }, statuses.Parse),
	wire.Time("created_at", func(r *row) *time.Time { return &r.CreatedAt }),
)

// statuses maps the documented words. An unknown word leaves Status unset, and is
// counted as unreadable.
var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"creating"}},
	{Neutral: image.StatusAvailable, Wire: []string{"available"}},
	{Neutral: image.StatusFailed, Wire: []string{"failed"}},
}

func (r *row) image() image.Image {
	return image.Image{
		Ref:     image.Ref{ID: r.ID},
		Name:    r.Name,
		Status:  r.status,
		Created: r.CreatedAt,
	}
}
