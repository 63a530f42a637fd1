package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// tracedTarget is a target that has events.
type tracedTarget struct {
	process int
	busy    []bool // whether a target or a page has the thread, by thread
}

// track is the thread of a target or of a page that has begun. What happens in it is
// written on the same thread.
type track struct {
	target *tracedTarget
	thread int
	began  time.Time
	ended  time.Time      // zero: not yet
	wait   *tracedWait    // in which the page is; nil: none
	args   map[string]any // of the report of a target; nil: none
}

// tracedWait is a wait whose end is only planned.
type tracedWait struct {
	name      string
	from, end time.Time
	args      map[string]any
}

type trackKey struct{}

func trackOf(ctx context.Context) *track {
	t, _ := ctx.Value(trackKey{}).(*track)
	return t
}

// hooks returns the hooks that write. Outside of a search, name is that of the target.
func (f *traceFile) hooks(name string) *provider.Trace {
	if f == nil {
		return nil
	}
	return &provider.Trace{
		Start: func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			return f.start(ctx, cmp.Or(name, provider.ContextTarget(ctx)), i)
		},
		Response: func(ctx context.Context, i provider.ResponseInfo) {
			f.inTrack(ctx, func(t *track) {
				f.inside(t, "attempt", i.Action, i.Began, i.Began.Add(i.Duration), attemptArgs(i))
			})
		},
		Retry: func(ctx context.Context, i provider.RetryInfo) {
			f.inTrack(ctx, func(t *track) {
				f.plan(t, "wait before a retry", i.Wait, map[string]any{"attempt": i.Attempt, "error": traceError(i.Err)})
			})
		},
		Throttle: func(ctx context.Context, i provider.ThrottleInfo) {
			f.inTrack(ctx, func(t *track) { f.throttle(t, i) })
		},
		Target: f.target,
	}
}

// start begins a slice. A search has none: its targets show it.
func (f *traceFile) start(ctx context.Context, target string, i provider.SpanInfo) (context.Context, provider.EndSpan) {
	f.mu.Lock()
	defer f.mu.Unlock()
	parent := trackOf(ctx)
	switch {
	case i.Kind == provider.SpanSearch:
		return ctx, func(int, error) {}
	case i.Kind == provider.SpanAttempt && parent != nil && parent.ended.IsZero():
		f.endWait(parent, time.Now())
		return ctx, func(int, error) {}
	}
	t := f.begin(target)
	return context.WithValue(ctx, trackKey{}, t), func(images int, err error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.end(t, i, target, images, err)
	}
}

// begin takes the first thread of a target that is free.
func (f *traceFile) begin(target string) *track {
	p := f.process(target)
	thread := slices.Index(p.busy, false)
	if thread < 0 {
		thread = len(p.busy)
		p.busy = append(p.busy, false)
		name := "pages"
		if thread == 0 {
			name = "target"
		}
		f.write(traceEvent{Name: "thread_name", Phase: "M", Process: p.process, Thread: thread, Args: map[string]any{"name": name}})
	}
	p.busy[thread] = true
	return &track{target: p, thread: thread, began: time.Now()}
}

// end writes the slice of a target or a page, and frees its thread. The thread of an
// attempt without a page needs no slice besides that of the attempt.
func (f *traceFile) end(t *track, i provider.SpanInfo, target string, images int, err error) {
	t.ended = time.Now()
	f.endWait(t, t.ended)
	t.target.busy[t.thread] = false
	args := t.args
	if args == nil {
		args = map[string]any{"images": images}
		if err != nil {
			args["error"] = inFlagWords(err.Error())
		}
	}
	switch i.Kind {
	case provider.SpanTarget:
		f.slice(t.target, t.thread, "target", target, t.began, t.ended, args)
	case provider.SpanPage:
		f.slice(t.target, t.thread, "page", "page of "+i.Action, t.began, t.ended, args)
	}
}

// inTrack calls a function with the track of a context, if it has one.
func (f *traceFile) inTrack(ctx context.Context, use func(*track)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := trackOf(ctx); t != nil {
		use(t)
	}
}

// inside writes a slice within a track. It is cut where the track ends: a request for
// credentials that pages share may outlast the page that sent it.
func (f *traceFile) inside(t *track, category, name string, from, to time.Time, args map[string]any) {
	if end := t.ended; !end.IsZero() && to.After(end) {
		to = end
	}
	if from.Before(t.began) || from.After(to) {
		return
	}
	f.slice(t.target, t.thread, category, name, from, to, args)
}

// throttle writes a wait for the budget, which is over, or plans one for a throttle.
func (f *traceFile) throttle(t *track, i provider.ThrottleInfo) {
	args := map[string]any{"action": i.Action}
	if end := i.Began.Add(i.Wait); !end.After(time.Now()) {
		f.endWait(t, i.Began)
		f.inside(t, "wait", "wait for the budget", i.Began, end, args)
		return
	}
	f.plan(t, "wait for a throttle", i.Wait, args)
}

// plan begins a wait. One that begins at the same time is replaced: a throttled attempt
// is followed by one wait, for the throttle and before the retry.
func (f *traceFile) plan(t *track, name string, d time.Duration, args map[string]any) {
	now := time.Now()
	t.wait = &tracedWait{name: name, from: now, end: now.Add(d), args: args}
}

// endWait writes the wait that ends at a time, or before it as planned.
func (f *traceFile) endWait(t *track, at time.Time) {
	if w := t.wait; w != nil {
		t.wait = nil
		if w.end.Before(at) {
			at = w.end
		}
		f.inside(t, "wait", w.name, w.from, at, w.args)
	}
}

// target keeps the report for the slice of its target. A target that was read from a
// journal has no slice yet, and may have taken longer than this run.
func (f *traceFile) target(ctx context.Context, r provider.Report) {
	args := map[string]any{"complete": r.Complete, "images": r.Images, "matched": r.Matched, "requests": r.Requests, "retries": r.Retries}
	if r.Err != nil {
		args["error"] = inFlagWords(r.Err.Error())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := trackOf(ctx); t != nil {
		t.args = args
		return
	}
	now := time.Now()
	t := f.begin(r.Target)
	t.target.busy[t.thread] = false
	f.slice(t.target, t.thread, "target", r.Target, now.Add(-r.Elapsed), now, args)
}

// process returns the process of a target, and writes its name at the first time.
func (f *traceFile) process(name string) *tracedTarget {
	t := f.targets[name]
	if t == nil {
		t = &tracedTarget{process: len(f.targets) + 1}
		f.targets[name] = t
		f.write(traceEvent{Name: "process_name", Phase: "M", Process: t.process, Args: map[string]any{"name": name}})
	}
	return t
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
