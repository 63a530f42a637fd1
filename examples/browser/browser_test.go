package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a browser's tab that shows one page of the command.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	requests []string // addresses that the browser asked for
	served   []string // paths that the server was asked for
	messages []string // errors and warnings of the console, and dialogs
}

// chromium is the context of the one browser of all tests.
var chromium context.Context

// startChromium starts the browser, and returns what ends it.
func startChromium(profile string) (stop func(), err error) {
	// As root, Chromium runs without its sandbox only. The other flags stop requests
	// that are Chromium's, not the page's.
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile), chromedp.WindowSize(1300, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocated, stop := chromedp.NewExecAllocator(context.Background(), options...)
	chromium, _ = chromedp.NewContext(allocated)
	if err := chromedp.Do(chromium); err != nil {
		stop()
		return nil, fmt.Errorf("starting Chromium: %w; install Debian's package chromium", err)
	}
	return stop, nil
}

// open serves a page on loopback and shows it in a new tab.
func open(t *testing.T, content string) *tab {
	t.Helper()
	b := &tab{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.add(&b.served, r.URL.Path)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(content))
	}))
	t.Cleanup(server.Close)
	b.url = server.URL + "/page.html"

	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // without a deadline, which would be that of the tab
		t.Fatal(err)
	}
	b.do(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}),
		call(performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks}), chromedp.Navigate(b.url))
	return b
}

func (b *tab) add(to *[]string, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*to = append(*to, text)
}

// listen records what a harmless page does not do.
func (b *tab) listen(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.add(&b.requests, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		b.add(&b.messages, fmt.Sprintf("console: %s", e.Type))
	case *runtime.EventExceptionThrown:
		b.add(&b.messages, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.add(&b.messages, fmt.Sprintf("log: %s: %s", e.Entry.Level, e.Entry.Text))
	case *page.EventJavascriptDialogOpening:
		b.add(&b.messages, "dialog: "+e.Message)
	}
}

// checkQuiet demands that the page has asked for nothing but itself, and that the
// browser had nothing to say.
func (b *tab) checkQuiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	outside := func(url string) bool { return url != b.url && !strings.HasPrefix(url, "data:") }
	if slices.ContainsFunc(b.requests, outside) || !slices.Equal(b.served, []string{"/page.html"}) {
		b.t.Errorf("requests: %q, served: %q", b.requests, b.served)
	}
	if len(b.messages) > 0 {
		b.t.Errorf("messages: %q", b.messages)
	}
}

// call is an action that sends a command of the browser's protocol.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(actions...))
}

// run runs an action for at most a minute.
func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// evaluate returns the value of an expression of JavaScript.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression))
}

// script runs statements of JavaScript.
func (b *tab) script(statements string) {
	b.t.Helper()
	evaluate[bool](b, statements+"; true")
}

// choose selects an option and tells the page.
func (b *tab) choose(id, value string) {
	b.t.Helper()
	b.script(fmt.Sprintf(`{
		const select = document.getElementById(%q);
		select.value = %q;
		select.dispatchEvent(new Event("change"));
	}`, id, value))
}

// table returns the texts of a table's rows and cells.
func (b *tab) table(selector string) [][]string {
	b.t.Helper()
	return evaluate[[][]string](b, fmt.Sprintf(
		`Array.from(document.querySelectorAll(%q), row => Array.from(row.cells, cell => cell.textContent))`, selector+" tr"))
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf(`document.querySelector(%q).textContent`, selector))
}

func (b *tab) screenshot(path string) {
	b.t.Helper()
	png := run(b, chromedp.CaptureScreenshot())
	if err := os.WriteFile(path, png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// emulate sets the color scheme that the user prefers: light or dark.
func (b *tab) emulate(scheme string) {
	b.t.Helper()
	b.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}))
}
