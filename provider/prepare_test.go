package provider_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// preparer is a server that learns the calls of its plans from its account.
type preparer struct {
	server
	prepare  func(context.Context) error
	prepared int
	learned  atomic.Pointer[[]provider.Call] // Explain may run at the same time
}

func (p *preparer) Prepare(ctx context.Context) error {
	p.prepared++ // calls do not overlap, which the race detector checks
	if p.prepare != nil {
		if err := p.prepare(ctx); err != nil {
			return err
		}
	}
	p.learned.Store(&[]provider.Call{p.call(), p.call()})
	return nil
}

func (p *preparer) Plan(q image.Query) ([]provider.Call, error) {
	if calls := p.learned.Load(); calls != nil {
		return *calls, nil
	}
	return p.server.Plan(q)
}

func TestPrepareRunsOnceBeforeTheFirstPlan(t *testing.T) {
	p := &preparer{server: server{images: imagesOf(3)}}
	client := provider.New(p, provider.Config{})
	if plan, err := client.Explain(image.Query{}); err != nil || len(plan.Calls) != 1 || p.prepared != 0 {
		t.Errorf("before: %v, error %v, prepared %d times", plan, err, p.prepared)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := provider.Collect(client.Images(t.Context(), image.Query{})); err != nil || len(got) != 3 {
				t.Errorf("%d images, error %v", len(got), err)
			}
		})
	}
	all.Wait()
	if plan, err := client.Explain(image.Query{}); err != nil || len(plan.Calls) != 2 || p.prepared != 1 {
		t.Errorf("after: %v, error %v, prepared %d times", plan, err, p.prepared)
	}
}

func TestFailedPrepareIsRepeatedByTheNextQuery(t *testing.T) {
	p := &preparer{server: server{images: imagesOf(3)}, prepare: func(context.Context) error {
		return &provider.Error{Kind: provider.PermissionDenied, Message: "no"}
	}}
	client := provider.New(p, provider.Config{})
	got, err := provider.Collect(client.Images(t.Context(), image.Query{}))
	if e := (*provider.Error)(nil); len(got) > 0 || !errors.As(err, &e) || e.Kind != provider.PermissionDenied || e.Provider != "fake" {
		t.Errorf("%d images, error %v", len(got), err)
	}
	p.prepare = nil
	if got, err := provider.Collect(client.Images(t.Context(), image.Query{})); err != nil || len(got) != 3 || p.prepared != 2 {
		t.Errorf("%d images, error %v, prepared %d times", len(got), err, p.prepared)
	}
}

func TestPrepareEndsWithTheContext(t *testing.T) {
	p := &preparer{prepare: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
	client := provider.New(p, provider.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := provider.Collect(client.Images(ctx, image.Query{})); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want canceled", err)
			}
		})
	}
	cancel()
	all.Wait()
}

// The calls of a scope, and those of wider ones, are those of the prepared adapter.
func TestWhyPreparesTheAdapter(t *testing.T) {
	p := &preparer{server: server{images: imagesOf(3)}}
	p.page = func(int) error {
		if p.learned.Load() == nil {
			return &provider.Error{Kind: provider.InvalidArgument, Message: "the adapter is not prepared"}
		}
		return nil
	}
	targets := []provider.Target{{Name: "t", Client: provider.New(p, provider.Config{})}}
	for range 2 {
		d, err := provider.Why(t.Context(), targets, image.Query{Names: []string{"none"}}, nil)
		if err != nil || !d.Complete || d.Images != 3 || p.prepared != 1 {
			t.Errorf("%d images, error %v, prepared %d times", d.Images, err, p.prepared)
		}
	}
}

func TestWhyReportsThatPrepareFailed(t *testing.T) {
	p := &preparer{server: server{images: imagesOf(3)}, prepare: func(context.Context) error {
		return &provider.Error{Kind: provider.PermissionDenied, Message: "no"}
	}}
	targets := []provider.Target{{Name: "t", Client: provider.New(p, provider.Config{})}}
	d, err := provider.Why(t.Context(), targets, image.Query{}, nil)
	if !errors.Is(err, provider.PermissionDenied) || d.Complete || p.requests() > 0 {
		t.Errorf("complete %t, error %v, %d requests", d.Complete, err, p.requests())
	}
}
