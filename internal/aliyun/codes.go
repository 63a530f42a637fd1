package aliyun

import (
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// families maps families of error codes to Kinds. The first family with a pattern
// that matches the code decides, whatever the HTTP status is. Services add members
// to the families without notice.
//
// Patterns are in lower case. An asterisk stands for any run of characters.
var families = []struct {
	kind     provider.Kind
	patterns []string
}{
	{provider.Throttled, []string{"*throttling*", "*flowcontrol*", "*flowlimit*", "*busy*"}},
	{provider.Unavailable, []string{"serviceunavailable*", "internalerror*", "internalservererror*", "unknownerror*", "signaturenonceused"}},
	{provider.Unauthenticated, []string{
		"invalidaccesskeyid*", "missingaccesskeyid*", "*accesskeydisabled*", "signaturedoesnotmatch", "incompletesignature",
		"invalidsignaturemethod", "invalidtimestamp*", "*securitytoken*", "unauthorized",
	}},
	{provider.PermissionDenied, []string{
		"forbidden*", "*nopermission*", "*accessdenied*", "unauthorizedoperation*", "invaliduser.unauthorized",
		"currentaccount.notsupportpublicimage",
	}},
	{provider.InvalidArgument, []string{"dryrun*"}},
}

// remedies are those of refusals that no permission removes.
var remedies = []struct{ pattern, remedy string }{
	{"currentaccount.notsupportpublicimage", "leave the source community out"},
	{"*riskcontrol*", "ask the provider why its risk control blocks the account"},
}

func remedyOf(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	for _, r := range remedies {
		if matches(r.pattern, code) {
			return r.remedy
		}
	}
	return ""
}

// badArgumentsWith403 are codes that complain about the request although their
// status is that of a missing permission.
var badArgumentsWith403 = []string{"invalidparam", "unsupportedhttpmethod"}

// generalCodes are members of the families that do not say what was wrong with the
// credentials. The message can tell more.
var generalCodes = []string{"unauthorized", "forbidden"}

// kindOf classifies a response that is not a success: by the family of its code, by
// a code that repeats an HTTP status, then by the status.
func kindOf(status int, code string) provider.Kind {
	code = strings.ToLower(strings.TrimSpace(code))
	if kind := familyOf(code); kind != 0 {
		return kind
	}
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n <= 599 {
		return httpapi.KindOfStatus(n)
	}
	if code != "" && isArgumentStatus(status, code) {
		return provider.InvalidArgument
	}
	return httpapi.KindOfStatus(status)
}

// familyOf returns the Kind of a code's family, or 0 for a code outside all families.
func familyOf(code string) provider.Kind {
	for _, family := range families {
		if matchesAny(family.patterns, code) {
			return family.kind
		}
	}
	return 0
}

// isArgumentStatus reports whether a code outside all families means a bad argument
// under a status.
func isArgumentStatus(status int, code string) bool {
	switch status {
	case 400, 404:
		return true
	case 403:
		return slices.Contains(badArgumentsWith403, code)
	default:
		return status/100 == 2
	}
}

// expiredPattern matches the code or the message of an expired session.
const expiredPattern = "*securitytoken*expired*"

// isExpiredSession reports whether a response says that the session of the
// credentials has expired: in its code, or in the message of a general code.
func isExpiredSession(code, message string) bool {
	code = strings.ToLower(strings.TrimSpace(code))
	if matches(expiredPattern, code) {
		return true
	}
	kind := familyOf(code)
	general := kind == 0 || slices.Contains(generalCodes, code)
	return general && matches(expiredPattern, withoutSeparators(message))
}

// withoutSeparators spells "Security Token" and "security_token" as one word.
func withoutSeparators(message string) string {
	return strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(message))
}

func matchesAny(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, text) })
}

// matches reports whether a text matches a pattern, in which an asterisk stands for
// any run of characters.
func matches(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return text == pattern
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return true
}
