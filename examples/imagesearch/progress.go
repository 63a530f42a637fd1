package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/examples/internal/printable"
)

// progress shows on one line how far a run has come. Other output to the same
// terminal replaces the line.
type progress struct {
	output   io.Writer
	terminal bool   // whether the output is one
	width    int    // in cells; 0: not known
	end      func() // removes the line; safe to call again

	mu    sync.Mutex // one writer at a time
	drawn int        // cells of the line that is on the terminal
}

func newProgress(output io.Writer, terminal bool, width int) *progress {
	return &progress{output: output, terminal: terminal, width: width, end: func() {}}
}

const (
	firstDrawing = 500 * time.Millisecond // a shorter run shows no line
	redrawing    = 200 * time.Millisecond
	unknownWidth = 80
	progressBar  = 16 // cells
)

// start shows the line until end is called.
func (p *progress) start(s *statistics, targets int) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		p.redraw(s, targets, stop)
	}()
	p.end = sync.OnceFunc(func() {
		close(stop)
		<-stopped
		p.mu.Lock()
		defer p.mu.Unlock()
		p.erase()
	})
}

func (p *progress) redraw(s *statistics, targets int, stop <-chan struct{}) {
	for wait := firstDrawing; ; wait = redrawing {
		select {
		case <-time.After(wait):
			p.draw(progressLine(s.snapshot(time.Now()), targets))
		case <-stop:
			return
		}
	}
}

// progressLine describes a state: a bar, counts, and the targets that need
// attention.
func progressLine(s snapshot, targets int) string {
	filled := progressBar * s.done / max(targets, 1)
	line := fmt.Sprintf("%s%s %d/%d targets, %d images",
		strings.Repeat(barCharacter, filled), strings.Repeat("░", progressBar-filled), s.done, targets, s.images)
	if len(s.failed) > 0 {
		line += fmt.Sprintf(", failed: %s", strings.Join(s.failed, ", "))
	}
	if len(s.throttled) > 0 {
		line += fmt.Sprintf(", throttled: %s", strings.Join(s.throttled, ", "))
	}
	return printable.Line(line)
}

func (p *progress) draw(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	width := p.width
	if width == 0 {
		width = unknownWidth
	}
	line = truncate(line, width-1) // a full line would wrap
	_, _ = io.WriteString(p.output, line)
	p.drawn = cellWidth(line)
}

// erase overwrites the line with blanks, which any terminal understands.
func (p *progress) erase() {
	if p.drawn > 0 {
		_, _ = io.WriteString(p.output, "\r"+strings.Repeat(" ", p.drawn)+"\r")
		p.drawn = 0
	}
}

// beside returns a writer that removes the line before it writes to w.
func (p *progress) beside(w io.Writer) io.Writer { return besideWriter{p, w} }

type besideWriter struct {
	progress *progress
	w        io.Writer
}

func (b besideWriter) Write(text []byte) (int, error) {
	b.progress.mu.Lock()
	defer b.progress.mu.Unlock()
	b.progress.erase()
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
