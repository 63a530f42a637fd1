package aliyun

import (
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// kinds orders the documented error codes by what they mean. A code that ends in
// an asterisk stands for all that begin so.
var kinds = []struct {
	kind  provider.Kind
	codes []string
}{
	{provider.Throttled, []string{"Throttling*", "Rejected.Throttling"}},
	{provider.Unavailable, []string{"ServiceUnavailable", "InternalError", "UnknownError", "SignatureNonceUsed"}},
	{provider.Unauthenticated, []string{
		"InvalidAccessKeyId*", "Forbidden.AccessKeyDisabled", "SignatureDoesNotMatch", "IncompleteSignature",
		"InvalidSignatureMethod", "InvalidTimeStamp*", "InvalidSecurityToken*", "MissingSecurityToken",
	}},
	{provider.PermissionDenied, []string{
		"Forbidden*", "NoPermission", "InvalidUser.Unauthorized", "CurrentAccount.NotSupportPublicImage",
	}},
}

// kindOf says what an answer that is no success means.
func kindOf(status int, code string) provider.Kind {
	for _, k := range kinds {
		if slices.ContainsFunc(k.codes, func(known string) bool { return isCode(code, known) }) {
			return k.kind
		}
	}
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n <= 599 {
		return httpapi.KindOfStatus(n) // ENS repeats the status there
	}
	switch kind := httpapi.KindOfStatus(status); {
	case kind == provider.Throttled, kind == provider.Unavailable, code == "":
		return kind
	default:
		return provider.InvalidArgument
	}
}

func isCode(code, known string) bool {
	if prefix, all := strings.CutSuffix(known, "*"); all {
		return strings.HasPrefix(code, prefix)
	}
	return code == known
}
