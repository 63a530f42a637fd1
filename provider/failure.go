package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// fail completes the error of an adapter: it returns an [*Error] with place and
// kind, or without a kind if the caller's context has ended.
func (c *Client) fail(ctx context.Context, action string, err error) error {
	if err == nil {
		return nil
	}
	e, placed := asError(err)
	if placed && ctx.Err() == nil {
		return err
	}
	switch end := ctx.Err(); {
	case end != nil && (e.Kind == 0 || e.Kind == Unavailable):
		e.Kind, e.Err = 0, interrupted(ctx, err)
	case end == nil:
		e.Kind, e.Err = cmp.Or(e.Kind, kindOf(err)), withoutContextEnd(e.Err)
	}
	setDefault(&e.Provider, c.info.Name)
	setDefault(&e.Region, c.info.Region)
	setDefault(&e.Action, action)
	return &e
}

// asError returns a copy of an error that is an [*Error]. It reports placed for an
// [*Error] that the adapter has wrapped in another error.
func asError(err error) (e Error, placed bool) {
	var found *Error
	switch {
	case !errors.As(err, &found) || found == nil:
		return Error{Err: err}, false
	case found == err:
		return *found, false
	default:
		return Error{Err: err}, found.Kind != 0
	}
}

// kindOf returns the Kind in the tree of an error, or Unavailable.
func kindOf(err error) Kind {
	var kind Kind
	if errors.As(err, &kind) {
		return kind
	}
	return Unavailable
}

// contextEnd returns the error of an ended context with its cause.
func contextEnd(ctx context.Context) error {
	return withCause(ctx, ctx.Err())
}

func withCause(ctx context.Context, err error) error {
	if timeout, ok := context.Cause(ctx).(targetTimeout); ok {
		return timeout
	}
	if cause := context.Cause(ctx); !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// interrupted returns the error of an ended context with the error that followed.
func interrupted(ctx context.Context, err error) error {
	if _, ok := errors.AsType[targetTimeout](err); ok {
		return unplaced(err)
	}
	if errors.Is(err, ctx.Err()) {
		return withCause(ctx, unplaced(err))
	}
	return fmt.Errorf("%w: %s", contextEnd(ctx), err)
}

// unplaced returns the cause of an [*Error], without its place.
func unplaced(err error) error {
	if e, ok := err.(*Error); ok && e.Err != nil {
		return e.Err
	}
	return err
}

// withoutContextEnd hides the end of a context that is not the caller's, such as a
// timeout inside the adapter.
func withoutContextEnd(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errors.New(err.Error())
	}
	return err
}

// PanicError is the value of a panic that was recovered on one goroutine and is
// raised again on another. If an adapter, a credentials provider or a [Trace] hook
// panics on a goroutine that a [Client] or [Search] started, the goroutine that
// ranges over the sequence panics with a *PanicError, after all other requests are
// cancelled and done. The same happens if such code calls [runtime.Goexit].
type PanicError struct {
	Value any    // the argument of the original panic
	Stack []byte // the stack of the goroutine that panicked, as text
}

// Error returns the value and the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("%v\n\n%s", e.Value, e.Stack) }

// Unwrap returns the value if it is an error, otherwise nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// panicRecord keeps the first panic of several goroutines. Its zero value is
// empty.
type panicRecord struct {
	mu    sync.Mutex
	first *PanicError
}

// guard calls f and records its panic. An f that ends its goroutine counts as a
// panic, since its result would be lost.
func (r *panicRecord) guard(f func()) {
	returned := false
	defer func() {
		if !returned { // a panic was recorded before, and stays the first
			r.keep(errGoexit)
		}
	}()
	defer r.record()
	f()
	returned = true
}

var errGoexit = errors.New("runtime.Goexit ended a goroutine of the library: Fetch and hooks must return")

// record recovers a panic and keeps it if it is the first. It must be deferred
// directly.
func (r *panicRecord) record() {
	if value := recover(); value != nil {
		r.keep(value)
	}
}

func (r *panicRecord) keep(value any) {
	e, again := value.(*PanicError)
	if !again {
		e = &PanicError{Value: value, Stack: debug.Stack()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == nil {
		r.first = e
	}
}

func (r *panicRecord) recorded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first != nil
}

// raise panics with the recorded panic, once. It does nothing if there is none.
func (r *panicRecord) raise() {
	r.mu.Lock()
	e := r.first
	r.first = nil
	r.mu.Unlock()
	if e != nil {
		panic(e)
	}
}
