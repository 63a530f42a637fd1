package targets

import (
	"errors"
	"strings"

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
