package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
)

// traceFile writes what happens in a run in the trace format of Chrome, which
// chrome://tracing and Perfetto show. Each target is a process. Its threads have slices
// that nest: the target, and each page with its attempts and waits. There are as many
// threads as slices of a target overlap. Events are written when they end, so that memory
// does not grow with their number. The nil *traceFile writes nothing.
type traceFile struct {
	mu      sync.Mutex
	file    *os.File
	out     *bufio.Writer // keeps the first error
	began   time.Time
	targets map[string]*tracedTarget
}

// traceEvent is an event of the format. Times are in microseconds.
type traceEvent struct {
	Name     string         `json:"name"`
	Category string         `json:"cat,omitempty"`
	Phase    string         `json:"ph"` // M: metadata; i: instant; X: with a duration
	Time     int64          `json:"ts"`
	Duration *int64         `json:"dur,omitempty"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	Scope    string         `json:"s,omitempty"` // of an instant
	Args     map[string]any `json:"args,omitempty"`
}

// openTrace makes the file of --trace before anything is sent.
func (o *options) openTrace() (*traceFile, error) {
	if o.trace == "" {
		return nil, nil
	}
	file, err := os.Create(o.trace)
	if err != nil {
		return nil, fmt.Errorf("--trace: %w; want a file that can be written", err)
	}
	f := &traceFile{file: file, out: bufio.NewWriter(file), began: time.Now(), targets: map[string]*tracedTarget{}}
	_, _ = f.out.WriteString(`{"displayTimeUnit":"ms","traceEvents":[` + "\n")
	f.write(traceEvent{Name: "imagesearch", Category: "run", Phase: "i", Scope: "g"})
	return f, nil
}

// close ends the file, and returns the first error of a write.
func (f *traceFile) close() error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, _ = f.out.WriteString("\n]}\n")
	if err := errors.Join(f.out.Flush(), f.file.Close()); err != nil {
		return fmt.Errorf("--trace: %w", err)
	}
	return nil
}

func (f *traceFile) since(t time.Time) int64 { return max(t.Sub(f.began).Microseconds(), 0) }

// slice writes what lasted from one time to another. Both are rounded in the same way,
// so that slices that nest also do so in the file.
func (f *traceFile) slice(t *tracedTarget, thread int, category, name string, from, to time.Time, args map[string]any) {
	began := f.since(from)
	f.write(traceEvent{
		Name: name, Category: category, Phase: "X", Time: began, Duration: new(max(f.since(to)-began, 0)),
		Process: t.process, Thread: thread, Args: args,
	})
}

// write appends an event. The list begins with the event of openTrace.
func (f *traceFile) write(e traceEvent) {
	if e.Category != "run" {
		_, _ = f.out.WriteString(",\n")
	}
	text, _ := json.Marshal(e) // texts and numbers only
	_, _ = f.out.WriteString(printable.Escape(string(text)))
}
