package provider

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Kind classifies an error across all providers. It is an error itself:
// errors.Is(err, provider.Throttled) holds for every [*Error] of that kind.
type Kind uint8

// The kinds of errors. An error that is the end of a context has the zero Kind;
// find it with errors.Is(err, context.Canceled) or
// errors.Is(err, context.DeadlineExceeded).
const (
	_                Kind = iota
	InvalidArgument       // the query, the configuration or a parameter is wrong
	Unsupported           // the API never reports a field that the query has a predicate on
	Unauthenticated       // the credentials are missing, wrong, expired or disabled
	PermissionDenied      // the credentials are valid but lack a permission
	NotFound              // no image matches where one was requested
	Throttled             // the provider limits the rate of requests
	Unavailable           // no response, a truncated one, or a failure of the provider
	BadResponse           // a response that cannot be decoded
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

// Error returns the kind in words, such as "permission denied".
func (k Kind) Error() string {
	if int(k) < len(kindTexts) {
		return kindTexts[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// MarshalText encodes the kind in snake case, such as "permission_denied". The text of
// the zero Kind is empty, which [Kind.UnmarshalText] refuses.
func (k Kind) MarshalText() ([]byte, error) {
	return []byte(strings.ReplaceAll(k.Error(), " ", "_")), nil
}

// UnmarshalText decodes what [Kind.MarshalText] encodes. Any other text is an
// error.
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kindTexts[:], strings.ReplaceAll(string(text), "_", " "))
	if i < 1 {
		return fmt.Errorf("unknown kind of error %q; want one such as %q", text, "permission_denied")
	}
	*k = Kind(i)
	return nil
}

// Error is the failure of one operation. It never holds a credential, a
// signature or a signed URL. Its text is for people and may change.
type Error struct {
	Provider, Region, Action string // where it happened; empty: unknown, or not specific to one
	Kind                     Kind   // zero if Err is the end of a context
	HTTPStatus               int    // 0: no response
	Code, Message            string // from the provider, or from the library if Code is empty
	RequestID                string // the provider's support can find the request by it
	Attempts                 int    // requests sent; 0: none
	Remedy                   string // what to do, such as the permission to grant; empty: the message says it
	Err                      error  // the cause, or nil
}

// Error returns one line: the place, the kind, the provider's code and message, and
// the remedy. It leaves out a place or kind that a wrapped error repeats, and all control,
// bidirectional and zero-width characters.
func (e *Error) Error() string { return oneLine(e.textBeneath(&Error{})) }

// textBeneath returns the text without the place and the kind of the outer error.
func (e *Error) textBeneath(outer *Error) string {
	place, kind := e.place(), e.kindText()
	if place == outer.place() {
		place = ""
	}
	if e.Kind == outer.Kind {
		kind = ""
	}
	text := joinSet(": ", place, kind, e.Code, e.Message, e.causeText())
	if context := e.contextText(); context != "" {
		text += " (" + context + ")"
	}
	return joinSet("; ", text, e.Remedy)
}

func (e *Error) place() string { return joinSet(" ", e.Provider, e.Region, e.Action) }

// detail returns the message, the cause and the remedy on one line, without place,
// kind and code.
func (e *Error) detail() string {
	return oneLine(joinSet("; ", joinSet(": ", e.Message, e.causeText()), e.Remedy))
}

// joinSet joins the parts that are not empty.
func joinSet(separator string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, separator)
}

// oneLine joins the lines of a text into one that is safe to print on a terminal.
func oneLine(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.Map(printableRune, line)); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "; ")
}

// printableRune returns a space for a control character, and -1 (none) for an
// invisible one, such as those that change the direction of text.
func printableRune(r rune) rune {
	switch {
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return ' '
	case unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return -1
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
	inner, _ := e.Err.(*Error)
	switch {
	case e.Err == nil, e.Err == error(e.Kind):
		return ""
	case inner != nil:
		return inner.textBeneath(e)
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

// Unwrap returns the Kind and the cause, as far as they are set.
func (e *Error) Unwrap() []error {
	var wrapped []error
	if e.Kind != 0 {
		wrapped = append(wrapped, e.Kind)
	}
	if e.Err != nil {
		wrapped = append(wrapped, e.Err)
	}
	return wrapped
}
