package httpapi

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/imagequery/imagequery/provider"
)

// await calls f on another goroutine, and returns when f returns or ctx ends,
// whichever is first. A result that comes too late is dropped. The goroutine of an
// f that ignores ctx runs until f returns, and must share nothing with the caller
// that either of them changes. If f panics, await panics with a
// [*provider.PanicError].
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value    T
		err      error
		panicked *provider.PanicError
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errNotReturned}
		defer func() {
			if value := recover(); value != nil {
				r.panicked = asPanicError(value)
			}
			done <- r
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		if r.panicked != nil {
			panic(r.panicked)
		}
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

var errNotReturned = errors.New("the call ended its goroutine instead of returning")

func asPanicError(value any) *provider.PanicError {
	if known, ok := value.(*provider.PanicError); ok {
		return known
	}
	return &provider.PanicError{Value: value, Stack: debug.Stack()}
}

// endsWithContext reports whether requests of a transport, and reads of their
// bodies, are known to end with the context of the request.
func endsWithContext(t http.RoundTripper) bool {
	_, ok := t.(*http.Transport)
	return ok
}
