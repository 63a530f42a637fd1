package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// secrets looks for the credentials in everything that a program could print.
func secrets(t *checkRun) {
	probe := t.open(nil, provider.Config{})
	t.requires(len(probe.Secrets) > 0, "Session.Secrets")
	t.requires(probe.Fail != nil, "Session.Fail")
	t.checkPrintable("after no failure", t.effort.world, t.checkHiddenSent)
	failures := []Failure{{Break: BreakReset}, {Break: BreakCut}, {Break: BreakGateway}}
	for _, e := range t.harness.Errors {
		echo := fmt.Sprintf("%s was sent %s", e.Code, strings.Join(probe.Secrets, " and "))
		failures = append(failures, Failure{Code: e.Code, Message: echo})
	}
	for _, f := range failures {
		t.checkPrintable(fmt.Sprintf("after the failure %+v", f), smallPage, func(s *Session) { s.Fail(f) })
	}
}

// checkPrintable runs a query, and looks at all that comes of it.
func (t *checkRun) checkPrintable(when string, images int, prepare func(*Session)) {
	var log lockedBuffer
	c := withAttempts(2)
	c.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug - 10, AddSource: true}))
	c.Listing.KeepNative = true
	s := t.open(t.harness.World(images), c)
	prepare(s)
	printed := append(t.printableValues(s), log.String())
	forms := t.forms(s)
	for _, v := range printed {
		t.checkPrinted(when, forms, v)
	}
}

// checkHiddenSent makes sure that there is something to hide in the responses, if the
// harness says so.
func (t *checkRun) checkHiddenSent(s *Session) {
	if len(s.Hidden) == 0 {
		return
	}
	t.requires(s.EditBody != nil, "Session.EditBody")
	var sent lockedBuffer
	s.EditBody(func(body []byte) []byte {
		_, _ = sent.Write(body)
		return body
	})
	_, _ = t.answer(s, image.Query{})
	for _, text := range s.Hidden {
		if !strings.Contains(sent.String(), text) {
			t.failf("no answer holds %q, which the harness calls hidden", text)
		}
	}
}

// printableValues returns all values that a program can get from a client.
func (t *checkRun) printableValues(s *Session) []any {
	var mu sync.Mutex
	seen := []any{s.Client, s.Client.Info()}
	note := func(values ...any) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, values...)
	}
	ctx := provider.WithTrace(t.context(), &provider.Trace{
		Request:  func(_ context.Context, i provider.RequestInfo) { note(i) },
		Response: func(_ context.Context, i provider.ResponseInfo) { note(i, i.Err) },
		Retry:    func(_ context.Context, i provider.RetryInfo) { note(i, i.Err) },
		Throttle: func(_ context.Context, i provider.ThrottleInfo) { note(i) },
		Page:     func(_ context.Context, i provider.PageInfo) { note(i) },
		Target:   func(_ context.Context, r provider.Report) { note(r, r.Err) },
	})
	targets := []provider.Target{{Name: "only", Client: s.Client}}
	hits, err := provider.Collect(provider.Search(ctx, targets, image.Query{}, nil))
	for e := err; e != nil; e = unwrap(e) {
		note(e)
	}
	plan, _ := s.Client.Explain(image.Query{})
	note(hits, plan, s.Client.Check(t.context()))
	return seen
}

func unwrap(err error) error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return e.Unwrap()
	case interface{ Unwrap() []error }:
		if all := e.Unwrap(); len(all) > 0 {
			return all[len(all)-1]
		}
	}
	return nil
}

// checkPrinted prints a value in every usual way, and looks for forms of secrets.
func (t *checkRun) checkPrinted(when string, forms []string, v any) {
	var text strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&text, verb+"\n", v)
	}
	if data, err := json.Marshal(v); err == nil {
		text.Write(data)
	}
	for _, form := range forms {
		if strings.Contains(text.String(), form) {
			t.failf("%s, a %T shows %q", when, v, form)
			return
		}
	}
}

// forms are the secrets of a session, what it hides, and the long values that it sent
// with single requests, which are signatures: plain and encoded.
func (t *checkRun) forms(s *Session) (out []string) {
	secrets := slices.Concat(s.Secrets, s.Hidden)
	for _, r := range s.Requests() {
		for _, name := range t.harness.Fresh {
			secrets = append(secrets, slices.DeleteFunc(slices.Clone(r.Params[name]), func(value string) bool {
				return len(value) <= len("2006-01-02T15:04:05Z")
			})...)
		}
	}
	for _, secret := range secrets {
		out = append(out, secret, url.QueryEscape(secret), fmt.Sprintf("%x", secret))
	}
	return out
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
