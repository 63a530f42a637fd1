package apispec

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Sender signs and sends the requests of a wire family.
type Sender interface {
	// Host returns the host of the endpoint, with its port if it has one.
	Host() string

	// Send sends a request of one operation, and returns the page that decode
	// returned for the last response. Decode also returns the code, message and
	// request ID of the body; its error means that the body is not a response to the
	// operation.
	Send(ctx context.Context, action string, params url.Values, decode httpapi.Decode[*provider.Page]) (*provider.Page, error)
}

// New returns the adapter of an API in one region.
func New[R any](api *API[R], s Sender, c provider.Config) provider.Adapter {
	out := &service[R]{api: api, sender: s, region: c.Region, keepNative: c.Listing.KeepNative}
	out.info = out.describe()
	return out
}

// Client returns a client of an API in one region.
func Client[R any](api *API[R], s Sender, c provider.Config) *provider.Client {
	return provider.New(New(api, s, c), c)
}

// service is one API in one region.
type service[R any] struct {
	api        *API[R]
	sender     Sender
	region     string
	keepNative bool
	info       provider.Info
}

func (s *service[R]) Info() provider.Info { return s.info }

func (s *service[R]) describe() provider.Info {
	return provider.Info{
		Name: s.api.Name, Region: s.region, Host: s.sender.Host(),
		Support: s.api.support, Values: s.api.Values, Sources: s.api.Sources, Defaults: s.api.Defaults,
	}
}

func (s *service[R]) operation(action string) (*Operation[R], error) {
	for i := range s.api.Operations {
		if op := &s.api.Operations[i]; op.Action == action {
			return op, nil
		}
	}
	return nil, &provider.Error{
		Kind: provider.InvalidArgument, Action: action,
		Message: fmt.Sprintf("unknown operation: want %s", strings.Join(slices.Sorted(maps.Keys(s.api.pages)), " or ")),
	}
}

func (s *service[R]) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	op, err := s.operation(c.Action)
	if err != nil {
		return nil, err
	}
	return s.sender.Send(ctx, op.Action, s.params(op, c, at), func(body []byte) (*provider.Page, httpapi.Status, error) {
		return s.scan(op, at.Size, body)
	})
}

// params returns the parameters of a call with the region and the page, which the
// parameters of the call cannot override.
func (s *service[R]) params(op *Operation[R], c provider.Call, at provider.Cursor) url.Values {
	out := maps.Clone(c.Params)
	if out == nil {
		out = make(url.Values)
	}
	for _, p := range op.Params {
		switch p.Role {
		case Location:
			out.Set(p.Name, s.region)
		case PageNumber:
			out.Set(p.Name, strconv.Itoa(at.Offset/max(at.Size, 1)+1))
		case PageOffset:
			out.Set(p.Name, strconv.Itoa(at.Offset))
		case PageSize:
			out.Set(p.Name, strconv.Itoa(max(at.Size, 1)))
		}
	}
	return out
}

// Check requests a page of one image with the parameters of API.Check.
func (s *service[R]) Check(ctx context.Context) error {
	op := &s.api.Operations[0]
	call := provider.Call{Action: op.Action, Params: params(s.api.Check.Params).values()}
	_, err := s.Fetch(ctx, call, provider.Cursor{Size: 1})
	if e := (*provider.Error)(nil); errors.As(err, &e) && e.Code != "" && e.Code == s.api.Check.Passed {
		return nil
	}
	return err
}
