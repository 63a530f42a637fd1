package httpapi

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/imagequery/imagequery/provider"
)

const (
	redacted = "[redacted]"

	// A secret of fewer bytes is redacted only where it is the whole value of a
	// parameter: it could be part of any word.
	shortSecret = 6

	// A text of a server that is longer is not shown at all.
	maxText = 64 << 10
)

// Redact replaces credentials and signatures in a text from a server or a transport.
// It finds them in plain form, percent-encoded up to three times, and escaped for HTML
// and JSON. It replaces a text of more than 64 KiB by its length.
func Redact(text string, used provider.Credentials) string {
	return redactor(credentialSecrets(used))(text)
}

func credentialSecrets(used provider.Credentials) []string {
	return []string{used.AccessKeyID.Reveal(), used.AccessKeySecret.Reveal(), used.Token.Reveal()}
}

// redactor returns a function that replaces secrets in one pass, so that it never
// changes its own output. The longest secret that begins at a place is the one that is
// replaced. The pattern is slow to compile: only a text that may hold a secret needs it.
func redactor(secrets []string) func(text string) string {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return s == "" })
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	secrets = slices.Compact(secrets)
	pattern := sync.OnceValue(func() *regexp.Regexp { return secretPattern(secrets) })
	return func(text string) string {
		switch {
		case text == "":
			return ""
		case len(text) > maxText:
			return fmt.Sprintf("[text of %d bytes]", len(text))
		case !mayHold(text, secrets):
			return text
		}
		return pattern().ReplaceAllString(text, "${1}${2}"+redacted+"${3}")
	}
}

// mayHold reports whether a text may match the pattern of the secrets: it holds the word
// that begins a signature, or the longest part of a secret that no encoder changes.
func mayHold(text string, secrets []string) bool {
	if strings.Contains(strings.ToLower(strings.ToUpper(text)), "signature") { // also with a long s
		return true
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		longest := ""
		for part := range strings.FieldsFuncSeq(secret, func(r rune) bool { return !isPlain(r) }) {
			if len(part) > len(longest) {
				longest = part
			}
		}
		return strings.Contains(text, longest)
	})
}

// signaturePattern matches signatures and nonces in an echoed request.
const signaturePattern = `((?i:signature(?:nonce)?(?:=|%(?:25)*3D)))[^&\s"'<>]*`

// secretPattern matches any of the secrets. Its groups are what stays before and
// after a secret.
func secretPattern(secrets []string) *regexp.Regexp {
	alternatives := []string{signaturePattern}
	var short []string
	for _, secret := range secrets {
		if len(secret) < shortSecret {
			short = append(short, spelled(secret))
		} else {
			alternatives = append(alternatives, spelled(secret))
		}
	}
	if short != nil {
		alternatives = append(alternatives, `((?:=|%(?:25)*3[dD])["']?)(?:`+strings.Join(short, "|")+`)($|[&\s"',;<>)]|%(?:25)*26)`)
	} else {
		alternatives = append(alternatives, `(\z.)(\z.)`) // the groups exist, and match nothing
	}
	return regexp.MustCompile(strings.Join(alternatives, "|"))
}

// spelled is a pattern of a text in which every character that encoders change may
// be plain or encoded.
func spelled(text string) string {
	var b strings.Builder
	for _, r := range text {
		if isPlain(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString("(?:" + strings.Join(spellings(r), "|") + ")")
	}
	return b.String()
}

// isPlain reports whether no encoder changes a character.
func isPlain(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

// spellings are patterns of one character: plain, percent-encoded, and escaped for
// JSON and HTML.
func spellings(r rune) []string {
	percent := ""
	for _, c := range []byte(string(r)) {
		percent += fmt.Sprintf(`%%(?:25){0,2}(?i:%02x)`, c)
	}
	all := []string{
		regexp.QuoteMeta(string(r)), percent,
		fmt.Sprintf(`\\{1,2}u(?i:%04x)`, r), fmt.Sprintf(`(?i:&#(?:%d|x0*%[1]x);)`, r),
	}
	if escapes := map[rune]string{'&': `&amp;`, '<': `&lt;`, '>': `&gt;`, '"': `&quot;`, '\'': `&apos;`, ' ': `(?:\+|%(?:25)?(?i:2b))`}; escapes[r] != "" {
		all = append(all, escapes[r])
	}
	if strings.ContainsRune(`"\/`, r) {
		all = append(all, `\\{1,3}`+regexp.QuoteMeta(string(r)))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return all
}

// secretParameters and secretHeaders name what is secret in the requests of all wire
// families.
var (
	secretParameters = []string{"AccessKeyId", "SecurityToken", "Signature", "OIDCToken", "access_key_id", "token", "signature"}
	secretHeaders    = regexp.MustCompile(`(?i)token|authorization|secret|signature|cookie`)
)

// redact replaces the secrets of an attempt that has been sent in a text. All texts share
// one pattern, which is slow to compile.
func (a *Attempt) redact(text string) string {
	if a.redactor == nil {
		a.redactor = redactor(a.secrets())
	}
	return a.redactor(text)
}

// secrets returns the texts of an attempt that must not be shown.
func (a *Attempt) secrets() []string {
	all := append(credentialSecrets(a.Credentials), a.hidden...)
	for name, values := range a.Header {
		if secretHeaders.MatchString(name) && !isNumber(values) {
			all = append(all, values...)
			all = append(all, strings.Fields(strings.Join(values, " "))...)
		}
	}
	params, _ := url.ParseQuery(a.URL.RawQuery)
	if a.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(a.Body))
		for name, values := range form {
			params[name] = append(params[name], values...)
		}
	}
	for _, name := range secretParameters {
		all = append(all, params[name]...)
	}
	return all
}

// isNumber reports whether the values of a header are numbers, such as the lifetime
// of a token.
func isNumber(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool {
		_, err := strconv.Atoi(v)
		return err != nil
	})
}

// redactError redacts the texts of an error that came with a response.
func (x *exchange) redactError(e *provider.Error) {
	if e.Code == "" && e.Message == "" && e.RequestID == "" {
		return
	}
	for _, text := range []*string{&e.Code, &e.Message, &e.RequestID} {
		*text = x.attempt.redact(*text)
	}
}
