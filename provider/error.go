package provider

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Kind says what went wrong, across all providers. It is an error itself, so
// that errors.Is(err, provider.Throttled) holds for every [*Error] of that kind.
type Kind uint8

// The kinds of failure. The zero Kind is none of them: a context that ended has
// no kind, and is found with errors.Is(err, context.Canceled) and
// errors.Is(err, context.DeadlineExceeded).
const (
	_                Kind = iota
	InvalidArgument       // the query, the configuration or a parameter is wrong
	Unsupported           // the API never reports a field that the query asks about
	Unauthenticated       // the credentials are missing, wrong, expired or disabled
	PermissionDenied      // the credentials are good, and may not do this
	NotFound              // nothing is there, where one image was asked for
	Throttled             // the provider asks for fewer requests
	Unavailable           // no answer, a broken answer, or the provider's own failure
	BadResponse           // an answer that cannot be understood
	Incomplete            // the listing ended with images missing
)

var kindTexts = [...]string{
	InvalidArgument:  "invalid argument",
	Unsupported:      "unsupported",
	Unauthenticated:  "unauthenticated",
	PermissionDenied: "permission denied",
	NotFound:         "not found",
	Throttled:        "throttled",
	Unavailable:      "unavailable",
	BadResponse:      "bad response",
	Incomplete:       "incomplete",
}

// Error is the kind in words, such as "permission denied".
func (k Kind) Error() string {
	if int(k) < len(kindTexts) {
		return kindTexts[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText gives the kind in snake case, such as "permission_denied".
func (k Kind) MarshalText() ([]byte, error) {
	return []byte(strings.ReplaceAll(k.Error(), " ", "_")), nil
}

// Error is the failure of one operation. It never holds a credential, a
// signature or a signed address. Its text is for people, and may change.
type Error struct {
	Provider, Region, Action string
	Kind                     Kind   // zero where Err is the end of a context
	HTTPStatus               int    // 0: no answer came
	Code, Message            string // the provider's own
	RequestID                string // for people who ask the provider about it
	Attempts                 int    // requests that were sent; 0: none
	Err                      error  // what lies beneath, or nil
}

// Error is one line: where, what kind, and the provider's own words.
func (e *Error) Error() string {
	place := joinSet(" ", e.Provider, e.Region, e.Action)
	text := joinSet(": ", place, e.kindText(), e.Code, e.Message, e.causeText())
	if context := e.contextText(); context != "" {
		text += " (" + context + ")"
	}
	return oneLine(text)
}

// said is the message and the cause on one line, without place, kind and code.
func (e *Error) said() string { return oneLine(joinSet(": ", e.Message, e.causeText())) }

// joinSet joins the parts that are not empty.
func joinSet(separator string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, separator)
}

// oneLine folds the lines of a text into one that a terminal can show.
func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.Map(printableRune, line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

func printableRune(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return ' '
	}
	return r
}

func (e *Error) kindText() string {
	if e.Kind == 0 {
		return ""
	}
	return e.Kind.Error()
}

func (e *Error) causeText() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e *Error) contextText() string {
	var parts []string
	if e.HTTPStatus != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.HTTPStatus))
	}
	if e.RequestID != "" {
		parts = append(parts, "request "+e.RequestID)
	}
	if e.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("%d attempts", e.Attempts))
	}
	return strings.Join(parts, ", ")
}

// Unwrap returns the Kind, where there is one, and what lies beneath.
func (e *Error) Unwrap() []error {
	var beneath []error
	if e.Kind != 0 {
		beneath = append(beneath, e.Kind)
	}
	if e.Err != nil {
		beneath = append(beneath, e.Err)
	}
	return beneath
}
