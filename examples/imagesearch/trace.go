package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// traceFile writes what happens in a run in the trace format of Chrome, which
// chrome://tracing and Perfetto show. Each target is a process. Its thread 0 has the
// target and its pages, the others have attempts and waits: as many threads as
// overlap. Events are written when they happen, so that memory does not grow with
// their number. The nil *traceFile writes nothing.
type traceFile struct {
	mu      sync.Mutex
	file    *os.File
	out     *bufio.Writer // keeps the first error
	began   time.Time
	targets map[string]*tracedTarget
}

// tracedTarget is a target that has events.
type tracedTarget struct {
	process int
	ends    []time.Time // of the last event of each thread from 1 on
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

// hooks returns the hooks that write. Outside of a search, name is that of the target.
func (f *traceFile) hooks(name string) *provider.Trace {
	if f == nil {
		return nil
	}
	of := func(ctx context.Context) string { return cmp.Or(name, provider.ContextTarget(ctx)) }
	return &provider.Trace{
		Response: func(ctx context.Context, i provider.ResponseInfo) {
			f.span(of(ctx), "attempt", i.Action, i.Began, i.Duration, attemptArgs(i))
		},
		Retry: func(ctx context.Context, i provider.RetryInfo) {
			f.span(of(ctx), "wait", "wait before a retry", time.Now(), i.Wait, map[string]any{"attempt": i.Attempt, "error": traceError(i.Err)})
		},
		Throttle: func(ctx context.Context, i provider.ThrottleInfo) {
			f.span(of(ctx), "wait", "wait for the budget", i.Began, i.Wait, map[string]any{"action": i.Action})
		},
		Page: func(ctx context.Context, i provider.PageInfo) {
			f.page(of(ctx), i)
		},
		Target: func(_ context.Context, r provider.Report) { f.target(r) },
	}
}

func attemptArgs(i provider.ResponseInfo) map[string]any {
	args := map[string]any{"attempt": i.Attempt, "http_status": i.HTTPStatus, "request_id": i.RequestID, "bytes": i.Bytes, "connection_reused": i.ConnReused}
	if i.Err != nil {
		args["error"] = traceError(i.Err)
	}
	return args
}

// traceError is the text of an error. A typed nil has none.
func traceError(err *provider.Error) string {
	if err == nil {
		return ""
	}
	return inFlagWords(err.Error())
}

// span writes an attempt or a wait on the first thread that is free at its beginning.
func (f *traceFile) span(target, category, name string, began time.Time, d time.Duration, args map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.process(target)
	thread := slices.IndexFunc(t.ends, func(end time.Time) bool { return !end.After(began) })
	if thread < 0 {
		thread = len(t.ends)
		t.ends = append(t.ends, time.Time{})
		f.write(traceEvent{Name: "thread_name", Phase: "M", Process: t.process, Thread: thread + 1, Args: map[string]any{"name": "attempts and waits"}})
	}
	t.ends[thread] = began.Add(d)
	f.write(traceEvent{Name: name, Category: category, Phase: "X", Time: f.since(began), Duration: new(d.Microseconds()), Process: t.process, Thread: thread + 1, Args: args})
}

// page writes the arrival of a page.
func (f *traceFile) page(target string, i provider.PageInfo) {
	f.mu.Lock()
	defer f.mu.Unlock()
	args := map[string]any{"images": i.Images, "matched": i.Matched, "total": i.Total, "request_id": i.RequestID}
	f.write(traceEvent{Name: "page of " + i.Action, Category: "page", Phase: "i", Scope: "t", Time: f.since(time.Now()), Process: f.process(target).process, Args: args})
}

// target writes a target that is done. One that was read from a journal may have
// taken longer than this run.
func (f *traceFile) target(r provider.Report) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	end := f.since(time.Now())
	began := max(end-r.Elapsed.Microseconds(), 0)
	args := map[string]any{"complete": r.Complete, "images": r.Images, "matched": r.Matched, "requests": r.Requests, "retries": r.Retries}
	if r.Err != nil {
		args["error"] = inFlagWords(r.Err.Error())
	}
	f.write(traceEvent{Name: r.Target, Category: "target", Phase: "X", Time: began, Duration: new(end - began), Process: f.process(r.Target).process, Args: args})
}

// process returns the process of a target, and writes its name at the first time.
func (f *traceFile) process(name string) *tracedTarget {
	t := f.targets[name]
	if t == nil {
		t = &tracedTarget{process: len(f.targets) + 1}
		f.targets[name] = t
		f.write(traceEvent{Name: "process_name", Phase: "M", Process: t.process, Args: map[string]any{"name": name}})
		f.write(traceEvent{Name: "thread_name", Phase: "M", Process: t.process, Args: map[string]any{"name": "target and pages"}})
	}
	return t
}

func (f *traceFile) since(t time.Time) int64 { return max(t.Sub(f.began).Microseconds(), 0) }

// write appends an event. The list begins with the event of openTrace.
func (f *traceFile) write(e traceEvent) {
	if e.Category != "run" {
		_, _ = f.out.WriteString(",\n")
	}
	text, _ := json.Marshal(e) // texts and numbers only
	_, _ = f.out.WriteString(printable.Escape(string(text)))
}
