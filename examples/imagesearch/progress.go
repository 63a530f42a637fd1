package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows on one line how far a run has come. What else is written to the
// same screen goes beside it.
type progress struct {
	screen   io.Writer
	terminal bool   // whether the screen is one
	end      func() // leaves the last state on the screen; safe to call again

	mu      sync.Mutex // one writer at a time
	bar     *progressbar.ProgressBar
	targets int
	drawn   bool
}

func newProgress(screen io.Writer, terminal bool) *progress {
	return &progress{screen: screen, terminal: terminal, end: func() {}}
}

const redrawn = 200 * time.Millisecond

// start shows the line until end is called.
func (p *progress) start(t *statistics, targets int) {
	p.targets = targets
	p.bar = progressbar.NewOptions(targets+1, // full at the end of the run
		progressbar.OptionSetWriter(p.screen),
		progressbar.OptionSetWidth(16),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionShowDescriptionAtLineEnd(),
	)
	p.draw(t)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		p.keep(t, stop)
	}()
	p.end = sync.OnceFunc(func() {
		close(stop)
		<-stopped
		p.leave(t)
	})
}

func (p *progress) keep(t *statistics, stop <-chan struct{}) {
	tick := time.NewTicker(redrawn)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.draw(t)
		case <-stop:
			return
		}
	}
}

func (p *progress) draw(t *statistics) {
	done, images, throttled := t.counts()
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.bar.Set(done)
	p.bar.Describe(fmt.Sprintf("%d/%d targets, %d images, %d throttled", done, p.targets, images, throttled))
	p.drawn = true
}

// leave draws the line for the last time.
func (p *progress) leave(t *statistics) {
	p.draw(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.bar.Finish()
	_, _ = fmt.Fprintln(p.screen)
	p.drawn = false
}

// beside returns a writer that takes the line away before it writes to w.
func (p *progress) beside(w io.Writer) io.Writer { return besideWriter{p, w} }

type besideWriter struct {
	progress *progress
	w        io.Writer
}

func (b besideWriter) Write(text []byte) (int, error) {
	p := b.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		_ = p.bar.Clear()
		p.drawn = false
	}
	return b.w.Write(text)
}

// showMode says when a line for people is written to the standard error.
type showMode string

const (
	showAuto   showMode = "auto"
	showAlways showMode = "always"
	showNever  showMode = "never"
)

func showModes() []showMode { return []showMode{showAuto, showAlways, showNever} }

// shows reports whether something is to be shown on a screen.
func (m showMode) shows(terminal bool) bool { return m == showAlways || m == showAuto && terminal }
