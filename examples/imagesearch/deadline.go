package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// grace is the time that writes have after the end of a run, for the images that
// were found until then.
const grace = 500 * time.Millisecond

var errNotRead = errors.New("it is not read")

// deadlineWriter is a writer whose Write returns soon after the end of the run even
// if w blocks, as a full pipe does. After a failed write all writes fail.
type deadlineWriter struct {
	w    io.Writer
	over <-chan struct{} // closed when writes must end

	mu  sync.Mutex
	err error // of the first write that failed
}

// Write copies text, which a blocked write may still need after Write has returned.
func (e *deadlineWriter) Write(text []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return 0, e.err
	}
	copied, written := bytes.Clone(text), make(chan error, 1)
	go func() {
		_, err := e.w.Write(copied)
		written <- err
	}()
	select {
	case e.err = <-written:
	case <-e.over:
		e.err = errNotRead
	}
	if e.err != nil {
		return 0, e.err
	}
	return len(text), nil
}

// failure returns the error of the first write that failed.
func (e *deadlineWriter) failure() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// deadline closes a channel some time after one of several contexts has ended.
type deadline struct {
	over  chan struct{}
	close func()
}

func newDeadline() *deadline {
	over := make(chan struct{})
	return &deadline{over, sync.OnceFunc(func() { close(over) })}
}

// after starts the grace period at the end of ctx. The returned function stops the
// watch.
func (d *deadline) after(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { time.AfterFunc(grace, d.close) })
}
