package targets

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/words"
	"github.com/imagequery/imagequery/provider"
)

// inYAMLWords says a client's error in the words of the file.
func inYAMLWords(err error) string {
	text := err.Error()
	var e *provider.Error
	if errors.As(err, &e) && e.Message != "" {
		text = e.Message
	}
	return strings.NewReplacer(
		"Config.Region", "region",
		"Config.EndpointType", "endpoint_type",
		"Config.Endpoint", "endpoint",
		"Config.Credentials", "credentials",
		"AllowHTTP", "allow_http: true",
	).Replace(text)
}

// withoutKind is an error's text without the word for its kind, which says less
// than the rest.
func withoutKind(err error) string {
	text := err.Error()
	if e, ok := err.(*provider.Error); ok && e.Kind != 0 {
		text = strings.TrimPrefix(text, e.Kind.Error()+": ")
	}
	return text
}

// either lists what may be chosen: "a, b or c".
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// suggestion names the known word that a text is probably meant to be. Other texts
// are not shown: a secret may stand in the wrong place.
func suggestion(text string, known []string) string {
	nearest, ok := words.Nearest(text, known)
	if !ok {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", nearest)
}

// hideValue removes a value of the file, and what quotes it, from a message.
func hideValue(message, value string) string {
	if value == "" {
		return message
	}
	message = strings.ReplaceAll(message, " "+strconv.Quote(value), "")
	return strings.ReplaceAll(message, strconv.Quote(value), "…")
}
