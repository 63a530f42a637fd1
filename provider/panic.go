package provider

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

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
