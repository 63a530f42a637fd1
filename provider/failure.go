package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
