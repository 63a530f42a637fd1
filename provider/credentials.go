package provider

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Credentials sign a request, or authorize it if they are a Token alone.
type Credentials struct {
	AccessKeyID     Secret
	AccessKeySecret Secret
	Token           Secret    // of a temporary session; zero for long-term keys
	Expires         time.Time // zero: unknown or never

	// Endpoint is the address that the credentials belong to, such as that of a
	// private cloud whose file holds both. Empty means that their source does not
	// say. An adapter never sends such credentials to the provider's public cloud
	// if that is another address.
	Endpoint string
}

// ValidateKeys is [Credentials.Validate] for an API whose requests are signed: a token
// without an access key is an error, too.
func (c Credentials) ValidateKeys() error {
	if c.AccessKeyID.IsZero() || c.AccessKeySecret.IsZero() {
		return &Error{Kind: Unauthenticated, Message: "the access key ID or the access key secret is empty"}
	}
	return c.Validate()
}

// Validate reports credentials that can authorize no request as [Unauthenticated]:
// neither an access key nor a token, only one of the access key ID and secret, and a
// key or token that begins or ends with white space or contains a control character.
// A token alone is valid. The message names the field and never shows its text.
func (c Credentials) Validate() error {
	if c.AccessKeyID.IsZero() != c.AccessKeySecret.IsZero() {
		return &Error{Kind: Unauthenticated, Message: "the access key ID or the access key secret is empty"}
	}
	if c.AccessKeyID.IsZero() && c.Token.IsZero() {
		return &Error{Kind: Unauthenticated, Message: "the access key and the token are empty"}
	}
	for _, field := range []struct {
		name  string
		value Secret
	}{{"access key ID", c.AccessKeyID}, {"access key secret", c.AccessKeySecret}, {"security token", c.Token}} {
		if reason := unusableReason(field.value.Reveal()); reason != "" {
			return &Error{Kind: Unauthenticated, Message: fmt.Sprintf("the %s %s: remove it where the %[1]s is stored", field.name, reason)}
		}
	}
	return nil
}

// unusableReason returns the reason why a text cannot be a key or a token, or "".
func unusableReason(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case text == "":
		return ""
	case last == '\n' || last == '\r':
		return "ends with a line break"
	case unicode.IsSpace(first):
		return "begins with white space"
	case unicode.IsSpace(last):
		return "ends with white space"
	case strings.ContainsFunc(text, isInvisible):
		return "contains a control character"
	}
	return ""
}

// isInvisible reports whether a rune is a control or format character, a byte
// order mark for instance.
func isInvisible(r rune) bool { return unicode.Is(unicode.C, r) }

// CredentialsProvider returns the credentials of one account. It is called once per
// attempt and must be safe for concurrent use. An error that is not an
// [*Error] becomes [Unauthenticated].
type CredentialsProvider interface {
	Credentials(context.Context) (Credentials, error)
}

// Static returns a provider of fixed credentials. The token is empty for lasting
// keys; the access key is empty for an API that takes a bearer token alone. If
// [Credentials.Validate] refuses the credentials, every use is an [Unauthenticated] error;
// other sources are not tried.
func Static(accessKeyID, accessKeySecret, token string) CredentialsProvider {
	return static{Credentials{
		AccessKeyID:     NewSecret(accessKeyID),
		AccessKeySecret: NewSecret(accessKeySecret),
		Token:           NewSecret(token),
	}}
}

type static struct{ credentials Credentials }

func (s static) Credentials(context.Context) (Credentials, error) {
	return s.credentials, s.credentials.Validate()
}

// Env returns a provider that reads the named environment variables on each call.
// The variable of the token may be unset, or its name empty. If the names of the
// access key are empty, the credentials are the token alone. Its errors name the
// variables; their Kind is [Unauthenticated].
func Env(accessKeyID, accessKeySecret, token string) CredentialsProvider {
	return env{accessKeyID, accessKeySecret, token}
}

type env struct{ accessKeyID, accessKeySecret, token string }

func (e env) Credentials(context.Context) (Credentials, error) {
	if e.accessKeyID == "" && e.accessKeySecret == "" {
		return e.bearer()
	}
	c := Credentials{
		AccessKeyID:     NewSecret(os.Getenv(e.accessKeyID)),
		AccessKeySecret: NewSecret(os.Getenv(e.accessKeySecret)),
		Token:           NewSecret(os.Getenv(e.token)),
	}
	if c.AccessKeyID.IsZero() || c.AccessKeySecret.IsZero() {
		return c, &Error{
			Kind:    Unauthenticated,
			Message: fmt.Sprintf("no credentials: set %s and %s, or Config.Credentials", e.accessKeyID, e.accessKeySecret),
		}
	}
	if err := c.Validate(); err != nil {
		return c, &Error{Kind: Unauthenticated, Message: fmt.Sprintf("environment variables %s and %s", e.accessKeyID, e.accessKeySecret), Err: err}
	}
	return c, nil
}

func (e env) bearer() (Credentials, error) {
	c := Credentials{Token: NewSecret(os.Getenv(e.token))}
	if c.Token.IsZero() {
		return c, &Error{Kind: Unauthenticated, Message: fmt.Sprintf("no credentials: set %s, or Config.Credentials", e.token)}
	}
	if err := c.Validate(); err != nil {
		return c, &Error{Kind: Unauthenticated, Message: "environment variable " + e.token, Err: err}
	}
	return c, nil
}

const redacted = "[redacted]"

// Secret holds a text that fmt, encoding/json and log/slog do not print: they show
// "[redacted]", also for a struct that contains it. The zero value is empty.
type Secret struct {
	reveal func() string
}

// NewSecret returns a secret with a text. An empty text gives the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return text }}
}

// Reveal returns the text. Only code that signs a request should need it.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s.reveal == nil }

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// Format writes the result of String for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText encodes the result of String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText stores a text, for example from JSON.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}

// LogValue returns the result of String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
