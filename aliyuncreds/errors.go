package aliyuncreds

import (
	"errors"
	"os"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// absent is why a source of credentials is not there at all, which is no mistake.
type absent string

func (a absent) Error() string { return string(a) }

func isAbsent(err error) bool {
	var a absent
	return errors.As(err, &a)
}

func invalid(message string) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: message}
}

func unauthenticated(message string) error {
	return &provider.Error{Kind: provider.Unauthenticated, Message: message}
}

// because says what failed for which reason, whose Kind it takes.
func because(err error, what string) error {
	return &provider.Error{Kind: kindOf(err), Message: what, Err: err}
}

func kindOf(err error) provider.Kind {
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return known.Kind
	}
	return provider.Unauthenticated
}

// withoutContext is an error that does not pass for the end of the caller's
// context, as the timeouts of network connections do.
func withoutContext(err error) error { return errors.New(err.Error()) }

// isTrue reports whether a switch in the environment is on.
func isTrue(variable string) bool { return strings.EqualFold(os.Getenv(variable), "true") }
