package provider

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/imagequery/imagequery/image"
)

// Client answers queries for one account of one provider in one region. It is
// safe for concurrent use. Its errors are [*Error] values, or wrap one. [New] makes
// one; every use of the zero Client returns [InvalidArgument].
type Client struct {
	adapter   Adapter
	info      Info
	config    Config
	configErr error // why the client cannot be used

	preparation *preparation
}

// preparation is the state of the calls of [Preparer].
type preparation struct {
	running chan struct{} // held by the goroutine that calls Prepare
	done    atomic.Bool
}

// New returns a client of an adapter. It reads [Config.Listing] and the Logger; the
// other fields are for the adapter. The adapters' own New functions call it. If
// Listing is not valid, every use of the client returns [InvalidArgument]. New panics if
// the adapter is nil.
func New(a Adapter, c Config) *Client {
	if a == nil {
		panic("provider.New: the adapter is nil")
	}
	return &Client{adapter: a, info: a.Info(), config: c.WithDefaults(), configErr: c.Listing.validate(), preparation: &preparation{running: make(chan struct{}, 1)}}
}

// usable returns an error if the client was made with a bad configuration, or not by New.
func (c *Client) usable() error {
	if c.adapter == nil {
		return &Error{Kind: InvalidArgument, Message: "the zero Client has no adapter: make one with an adapter's New"}
	}
	return c.fail(context.Background(), "", c.configErr)
}

// Info describes the API of the client. It is read-only.
func (c *Client) Info() Info { return c.info }

// Images requests the images of a query: each one once, in the order in which
// the provider lists them. At most one error is yielded, and it is the last value;
// without one the images are complete. ([Search] yields an error per target, at any
// time, and goes on.) Ranging again sends the requests again. Breaking out of the loop
// cancels the requests in flight. If the adapter panics on another goroutine, the
// loop panics with a [*PanicError].
//
// The Kinds: [InvalidArgument] and [Unsupported] before anything is sent, then
// those of the provider's errors, [BadResponse] and [Incomplete].
func (c *Client) Images(ctx context.Context, q image.Query) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		q, err := normalized(q)
		if err != nil {
			yield(image.Image{}, c.fail(ctx, "", err))
			return
		}
		c.images(ctx, q)(yield)
	}
}

// images is Images for a normalized query.
func (c *Client) images(ctx context.Context, q image.Query) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		plan, err := c.planPrepared(ctx, q)
		if err == nil && len(plan.Unsupported) > 0 && !q.SkipUnreported {
			err = c.fail(ctx, "", &Error{Kind: Unsupported, Message: c.unsupportedText(plan.Unsupported, false)})
		}
		if err != nil {
			yield(image.Image{}, err)
			return
		}
		r := c.newRun(plan.Calls, matcher(q))
		r.limit, r.exact = q.Limit, plan.exact()
		r.start(ctx, yield)
	}
}

// matcher returns a function that reports whether an image matches a query.
func matcher(q image.Query) func(*image.Image) bool {
	if len(q.Fields()) == 0 {
		return everything
	}
	return func(m *image.Image) bool { return q.Match(*m) }
}

// prepare calls [Preparer.Prepare] until it has succeeded once. Calls do not overlap.
func (c *Client) prepare(ctx context.Context) error {
	adapter, ok := c.adapter.(Preparer)
	if !ok || c.preparation.done.Load() {
		return nil
	}
	select {
	case c.preparation.running <- struct{}{}:
		defer func() { <-c.preparation.running }()
	case <-ctx.Done():
		return c.fail(ctx, "", ctx.Err())
	}
	if c.preparation.done.Load() {
		return nil
	}
	if err := adapter.Prepare(ctx); err != nil {
		return c.fail(ctx, "", err)
	}
	c.preparation.done.Store(true)
	return nil
}

// planPrepared returns the plan of a normalized query that is to be carried out, after
// [Preparer.Prepare]. A query that needs no calls needs no preparation.
func (c *Client) planPrepared(ctx context.Context, q image.Query) (*Plan, error) {
	plan, err := c.plan(q)
	if _, ok := c.adapter.(Preparer); !ok || err != nil || len(plan.Calls) == 0 {
		return plan, err
	}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	return c.plan(q)
}

// Do lists the images of one call, with the same guarantees as [Client.Images] but
// without any predicate. [Client.Explain] gives calls to start from. The Kinds are those
// of [Client.Images]; an unknown action and a negative page size are [InvalidArgument].
func (c *Client) Do(ctx context.Context, call Call) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		calls, err := c.sized([]Call{call})
		if err == nil {
			err = c.usable()
		}
		if err != nil {
			yield(image.Image{}, err)
			return
		}
		c.newRun(calls, everything).start(ctx, yield)
	}
}

func everything(*image.Image) bool { return true }

// Explain returns the plan of a query and sends nothing. A predicate on a field that
// the API never reports is in [Plan].Unsupported; it is not an error here. The Kind of
// an error is [InvalidArgument].
func (c *Client) Explain(q image.Query) (*Plan, error) {
	q, err := normalized(q)
	if err != nil {
		return nil, c.fail(context.Background(), "", err)
	}
	return c.plan(q)
}

// Get returns the image with an identifier, whatever its status and source. The Kinds:
// [NotFound] if there is none, [InvalidArgument] if id is empty, and otherwise as in
// [Client.Images].
func (c *Client) Get(ctx context.Context, id string) (image.Image, error) {
	for m, err := range c.Images(ctx, image.Query{IDs: []string{id}, Limit: 1}) {
		return m, err
	}
	return image.Image{}, c.fail(ctx, "", &Error{Kind: NotFound, Message: fmt.Sprintf("no image has the id %q", id)})
}

// Check sends one cheap request and returns nil if the credentials are accepted. The
// Kinds are those of the provider's errors, such as [Unauthenticated] and
// [PermissionDenied].
func (c *Client) Check(ctx context.Context) error {
	if err := c.usable(); err != nil {
		return err
	}
	if checker, ok := c.adapter.(Checker); ok {
		return c.fail(ctx, "", checker.Check(ctx))
	}
	for _, err := range c.Images(ctx, image.Query{Limit: 1}) {
		return err
	}
	return nil
}

// Collect drains a sequence. It returns the values in their order, nil if there are
// none, and all errors joined. Values that come with an error are left out.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var values []T
	var errs []error
	for v, err := range seq {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		const many = 1024 // the growth of append copies longer lists more often than doubling
		if n := len(values); n == cap(values) && n >= many {
			values = slices.Grow(values, n)
		}
		values = append(values, v)
	}
	return values, errors.Join(errs...)
}
