package apispec_test

import (
	"cmp"
	"context"
	"net/url"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

type record struct{ id, name, zone string }

var recordTable = wire.NewObject(
	wire.Text("Id", func(r *record) *string { return &r.id }),
	wire.Text("Name", func(r *record) *string { return &r.name }),
	wire.Text("Zone", func(r *record) *string { return &r.zone }),
	wire.Text("Password", func(*record) *string { return new(string) }).Secret(),
)

func (r *record) image() image.Image {
	return image.Image{Ref: image.Ref{ID: r.id, Region: r.zone}, Name: r.name}
}

var statuses = apispec.ValueMap[image.Status]{
	{Neutral: image.StatusPending, Wire: []string{"Creating", "Waiting"}},
	{Neutral: image.StatusAvailable, Wire: []string{"Available"}},
}

// listing returns an API whose listing has the given parameters besides the usual
// ones.
func listing(params ...apispec.Param) apispec.API[record] {
	return apispec.API[record]{
		Name: "test", Record: recordTable,
		Operations: []apispec.Operation[record]{{
			Action: "List", Rows: "Images.Image", MaxPage: 50, Image: (*record).image,
			Envelope: apispec.Envelope{Code: "Code", Message: "Message", RequestID: "RequestId", Total: "Total"},
			Params: append([]apispec.Param{
				{Name: "Region", Role: apispec.Location},
				{Name: "Page", Role: apispec.PageNumber},
				{Name: "Size", Role: apispec.PageSize},
			}, params...),
		}, {
			Action: "One", Rows: "Image", Single: true, Image: (*record).image,
			Envelope: apispec.Envelope{Code: "Code", Message: "Message", RequestID: "RequestId"},
			Params:   []apispec.Param{{Name: "Name"}},
		}},
	}
}

// sender responds to every request with the same body, and records the last request.
type sender struct {
	body   string
	action string
	params url.Values
	status httpapi.Status
	err    error // returned whatever the response
}

func (s *sender) Host() string { return "api.example.com" }

func (s *sender) Send(_ context.Context, action string, params url.Values, decode httpapi.Decode[*provider.Page]) (*provider.Page, error) {
	s.action, s.params = action, params
	body := []byte(s.body)
	page, status, err := decode(body)
	s.status = status
	clear(body) // as the next response would
	if err = cmp.Or(s.err, err); err != nil {
		return nil, err
	}
	return page, nil
}

func newProvider(api apispec.API[record], s *sender) provider.Adapter {
	return apispec.New(apispec.Define(api), s, provider.Config{Region: "r1"})
}

// planned returns the parameters of each call of a plan, without the region. Each
// parameter must have one value.
func planned(t *testing.T, api apispec.API[record], q image.Query) []params {
	t.Helper()
	calls, err := newProvider(api, &sender{}).Plan(q)
	if err != nil {
		t.Fatal(err)
	}
	var out []params
	for _, call := range calls {
		if call.Action != "List" || call.Paging != (provider.Paging{MaxSize: 50, Aligned: true}) {
			t.Errorf("call of %s in %+v", call.Action, call.Paging)
		}
		out = append(out, single(t, call.Params))
	}
	return out
}

type params = map[string]string

func single(t *testing.T, values url.Values) params {
	t.Helper()
	if values.Get("Region") != "r1" {
		t.Errorf("the region is %q, want r1", values["Region"])
	}
	out := params{}
	for name, list := range values {
		if len(list) != 1 {
			t.Errorf("%s is there %d times", name, len(list))
		}
		if name != "Region" {
			out[name] = list[0]
		}
	}
	return out
}
