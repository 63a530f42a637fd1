package adaptertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log"
	"log/slog"
	"net/url"
	"reflect"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/imagequery/imagequery/provider"
)

// witness keeps all that a program could print of one exercise. It is safe for concurrent use.
type witness struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *witness) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *witness) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// see renders a value in every way.
func (w *witness) see(v any) {
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(w, format+"\n", v)
	}
	if text, err := json.Marshal(v); err == nil {
		fmt.Fprintf(w, "%s\n", text)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(w, nil), slog.NewTextHandler(w, nil)} {
		slog.New(handler).Error("seen", "value", v)
	}
	switch wrapped := v.(type) {
	case interface{ Unwrap() error }:
		if next := wrapped.Unwrap(); next != nil {
			w.see(next)
		}
	case interface{ Unwrap() []error }:
		for _, next := range wrapped.Unwrap() {
			w.see(next)
		}
	}
}

// seeError renders an error, and a report that has it.
func (w *witness) seeError(err error) {
	w.see(err)
	w.see(&provider.TargetError{Target: "t", Err: err, Report: provider.Report{Target: "t", Err: err}})
}

// trace returns hooks that all render what they are given.
func (w *witness) trace() *provider.Trace {
	t := new(provider.Trace)
	hooks := reflect.ValueOf(t).Elem()
	for i := range hooks.NumField() {
		hook := hooks.Field(i)
		if !hook.CanSet() { // a hook of the engine itself, which no program sees
			continue
		}
		hook.Set(reflect.MakeFunc(hook.Type(), func(args []reflect.Value) []reflect.Value {
			for _, arg := range args {
				if _, ok := arg.Interface().(context.Context); !ok {
					w.see(arg.Interface())
					w.seeFields(arg)
				}
			}
			if hook.Type().NumOut() == 0 {
				return nil
			}
			return []reflect.Value{args[0], reflect.ValueOf(provider.EndSpan(func(_ int, err error) {
				if err != nil {
					w.seeError(err)
				}
			}))}
		}))
	}
	return t
}

// seeFields renders the errors in the fields of a trace's information.
func (w *witness) seeFields(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if err, ok := v.Field(i).Interface().(error); ok && !v.Field(i).IsZero() {
			w.see(err)
		}
	}
}

// shown returns the place in a text that has one of some secrets, or an empty text.
func shown(text string, secrets ...string) string {
	for _, secret := range secrets {
		plain, err := url.QueryUnescape(secret)
		if err != nil {
			plain = secret
		}
		for _, form := range []string{secret, url.QueryEscape(secret), plain} {
			if at := strings.Index(text, form); at >= 0 {
				return text[max(0, at-160):min(len(text), at+160)]
			}
		}
	}
	return ""
}

// badRune finds a character that a message must not contain: invalid UTF-8, control and
// bidirectional characters.
func badRune(text string) string {
	if !utf8.ValidString(text) {
		return "invalid UTF-8"
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' {
			return fmt.Sprintf("%U", r)
		}
	}
	return ""
}

// captureStandardLog collects what anything writes to the standard logger until the test ends.
func captureStandardLog(t *testing.T) *witness {
	w := new(witness)
	before := log.Writer()
	log.SetOutput(w)
	t.Cleanup(func() { log.SetOutput(before) })
	return w
}

// labelled gives the goroutines of a subtest its name, which their stacks show.
func labelled(t *testing.T, run func(context.Context)) {
	pprof.Do(t.Context(), pprof.Labels("test", t.Name()), run)
}

// watchGoroutines wants no more goroutines at the end of a test than at its start.
func watchGoroutines(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for deadline := time.Now().Add(longTime); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
			if time.Now().Before(deadline) {
				continue
			}
			var stacks bytes.Buffer
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Errorf("%d goroutines before; after:\n%s", before, &stacks)
			return
		}
	})
}

// kindName names an outcome; the zero Kind is a complete response.
func kindName(k provider.Kind) string {
	if k == 0 {
		return whole
	}
	return k.Error()
}

// kindIn returns the Kind of an error. Ok is false if it has no Kind.
func kindIn(err error) (k provider.Kind, ok bool) {
	if err == nil {
		return 0, true
	}
	ok = errors.As(err, &k)
	return k, ok
}

// spellings are the forms in which a server may spell a secret.
func spellings(plain string) string {
	once := url.QueryEscape(plain)
	rfc := strings.ReplaceAll(once, "+", "%20")
	return strings.Join([]string{
		plain, once, rfc, lowerEscapes(rfc), url.PathEscape(plain),
		url.QueryEscape(rfc), url.QueryEscape(lowerEscapes(rfc)), lowerEscapes(url.QueryEscape(rfc)),
		html.EscapeString(plain), jsonEscapes(plain), goEscapes(plain),
	}, " ")
}

// goEscapes spells a text as encoding/json does.
func goEscapes(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted[1 : len(quoted)-1])
}

// spellingsOf are those of all that a request has, which is percent-encoded.
func spellingsOf(r request) string {
	text := oneLineOf(r.text)
	plain, err := url.QueryUnescape(text)
	if err != nil {
		plain = text
	}
	return strings.Join([]string{text, plain, url.QueryEscape(text), html.EscapeString(plain), goEscapes(plain)}, " ")
}

var (
	percentPattern = regexp.MustCompile(`%[0-9A-F]{2}`)
	symbolPattern  = regexp.MustCompile(`[^0-9A-Za-z_]`)
)

// lowerEscapes spells percent-encoding in lower case.
func lowerEscapes(text string) string {
	return percentPattern.ReplaceAllStringFunc(text, strings.ToLower)
}

// jsonEscapes escapes all characters but letters and digits, as JSON allows.
func jsonEscapes(text string) string {
	return symbolPattern.ReplaceAllStringFunc(text, func(symbol string) string { return fmt.Sprintf(`\u%04x`, []rune(symbol)[0]) })
}

// inJSONText makes a text fit between the quotes of a JSON string.
func inJSONText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r\n", `\n`, "\n", `\n`, "\x00", "").Replace(text)
}

// oneLineOf makes a text fit into a header.
func oneLineOf(text string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(text) }

// echo is everything that a server can send back: the secrets that it knows, and what it was sent.
func (p *peer) echo() string {
	all := []string{spellingsOf(p.request)}
	if !p.server.client.metadata {
		for _, secret := range p.server.exercise.secrets() {
			all = append(all, spellings(secret))
		}
	}
	return strings.Join(all, " ")
}
