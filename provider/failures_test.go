package provider_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// quota is an error type of an adapter's own.
type quota struct{ used int }

func (q quota) Error() string { return fmt.Sprintf("%d used", q.used) }

func failure(ctx context.Context, p provider.Adapter) error {
	_, err := provider.Collect(provider.New(p, provider.Config{}).Images(ctx, image.Query{}))
	return err
}

// The errors beneath stay reachable.
func TestErrorsOfAdaptersGetPlaceAndKind(t *testing.T) {
	own := quota{7}
	for name, test := range map[string]struct {
		err  error
		kind provider.Kind
		text string
	}{
		"its own type":    {own, provider.Unavailable, "fake r List: unavailable: 7 used"},
		"its own, deeper": {fmt.Errorf("list: %w", own), provider.Unavailable, "fake r List: unavailable: list: 7 used"},
		"an Error":        {&provider.Error{Kind: provider.NotFound, Err: own}, provider.NotFound, "fake r List: not found: 7 used"},
		"a placed Error":  {&provider.Error{Provider: "p", Region: "x", Action: "A", Kind: provider.NotFound, Err: own}, provider.NotFound, "p x A: not found: 7 used"},
		"a wrapped Error": {fmt.Errorf("list: %w", &provider.Error{Kind: provider.Throttled, Err: own}), provider.Throttled, "list: throttled: 7 used"},
	} {
		t.Run(name, func(t *testing.T) {
			err := failure(t.Context(), failing(test.err))
			if !errors.Is(err, test.kind) || !errors.Is(err, own) {
				t.Errorf("error %v is not of kind %v, or lost %v", err, test.kind, own)
			}
			if _, ok := errors.AsType[*provider.Error](err); !ok {
				t.Errorf("no *provider.Error in %v", err)
			}
			if errText(err) != test.text {
				t.Errorf("error %q, want %q", errText(err), test.text)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestKindsOfAdaptersAreKept(t *testing.T) {
	for _, err := range []error{provider.NotFound, fmt.Errorf("image m-1: %w", provider.NotFound)} {
		got := failure(t.Context(), failing(err))
		if e, ok := errors.AsType[*provider.Error](got); !ok || e.Kind != provider.NotFound || errors.Is(got, provider.Unavailable) {
			t.Errorf("%v became %v, want not found and nothing else", err, got)
		}
	}
}

// Only the end of a context has the zero Kind.
func TestErrorsWithoutAKindAreUnavailable(t *testing.T) {
	err := failure(t.Context(), failing(&provider.Error{Code: "Odd", Message: "no idea"}))
	if !errors.Is(err, provider.Unavailable) {
		t.Errorf("error %v, want unavailable", err)
	}
}

// An adapter may return a sentinel.
func TestSharedErrorsAreNotChanged(t *testing.T) {
	sentinel := &provider.Error{Kind: provider.Throttled, Code: "Busy"}
	before := *sentinel
	for _, p := range []provider.Adapter{failing(sentinel), &checker{err: sentinel}} {
		client := provider.New(p, provider.Config{})
		_, err := provider.Collect(client.Do(t.Context(), provider.Call{Action: "A"}))
		if checked := client.Check(t.Context()); !errors.Is(checked, provider.Throttled) {
			t.Errorf("error %v, then %v", err, checked)
		}
	}
	if diff := cmp.Diff(before, *sentinel); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNilPageIsBadResponse(t *testing.T) {
	if err := failure(t.Context(), failing(nil)); !errors.Is(err, provider.BadResponse) {
		t.Errorf("error %v, want bad response", err)
	}
}

func TestContextErrorsOfAdaptersHaveNoKind(t *testing.T) {
	for name, wrap := range map[string]func(error) error{
		"bare":    func(err error) error { return err },
		"wrapped": func(err error) error { return fmt.Errorf("get: %w", err) },
		"placed":  func(err error) error { return &provider.Error{Action: "List", Err: err} },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fetcher{fetch: func(ctx context.Context, _ provider.Call, _ provider.Cursor) (*provider.Page, error) {
			cancel()
			return nil, wrap(ctx.Err())
		}}
		err := failure(ctx, f)
		e, ok := errors.AsType[*provider.Error](err)
		if !errors.Is(err, context.Canceled) || !ok || e.Kind != 0 || e.Action != "List" {
			t.Errorf("%s: error %v, want the context's, placed and without a kind", name, err)
		}
	}
}

// The errors of the adapter, such as those of a closed connection, do not match the
// error of the context.
func TestCancellationIsNeverLost(t *testing.T) {
	for name, err := range map[string]error{
		"plain":  errors.New("use of closed connection"),
		"placed": &provider.Error{Kind: provider.Unavailable, Err: errors.New("use of closed connection")},
		"worded": fmt.Errorf("page 1: %w", &provider.Error{Kind: provider.Unavailable, Err: errors.New("use of closed connection")}),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fetcher{fetch: func(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) {
			cancel()
			return nil, err
		}}
		if got := failure(ctx, f); !errors.Is(got, context.Canceled) {
			t.Errorf("%s: error %v does not say that the context was cancelled", name, got)
		}
	}
}

// A deadline inside the adapter, such as that of an http.Client, is not the end of the
// caller's context.
func TestAnAdaptersOwnTimeoutIsUnavailable(t *testing.T) {
	err := failure(t.Context(), failing(fmt.Errorf("get: %w", context.DeadlineExceeded)))
	if !errors.Is(err, provider.Unavailable) {
		t.Errorf("error %v, want unavailable", err)
	}
}
