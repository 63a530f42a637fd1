package aliyun_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// reaction is what the client does about an error.
type reaction uint8

const (
	gives   reaction = iota // the error is final
	retries                 // with the same credentials
	renews                  // with new credentials, where there can be some, once
)

// codes are the documented error codes and members of their families that no page
// documents, in the statuses that they may come with.
var codes = []struct {
	kind     provider.Kind
	reaction reaction
	statuses []int
	codes    string
}{
	// Documented codes.
	{provider.Throttled, retries, []int{200, 400, 403, 429, 503}, "Throttling Throttling.User Throttling.Api Rejected.Throttling"},
	{provider.Unavailable, retries, []int{200, 400, 404, 500, 503}, "ServiceUnavailable InternalError UnknownError SignatureNonceUsed"},
	{provider.Unauthenticated, gives, []int{200, 400, 403, 404, 500}, `InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive Forbidden.AccessKeyDisabled
		SignatureDoesNotMatch IncompleteSignature InvalidSignatureMethod InvalidTimeStamp.Expired InvalidTimeStamp.Format
		InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken`},
	{provider.Unauthenticated, renews, []int{200, 400, 403}, "InvalidSecurityToken.Expired"},
	{provider.PermissionDenied, gives, []int{200, 400, 403, 404}, `Forbidden Forbidden.RAM Forbidden.RiskControl NoPermission InvalidUser.Unauthorized
		CurrentAccount.NotSupportPublicImage`},
	{provider.InvalidArgument, gives, []int{200, 400, 404}, `InvalidRegionId.NotFound InvalidRegion.NotFound MissingParameter MissingImageFamily
		InvalidParameter InvalidImageName InvalidParameter.PageSize InvalidParam UnsupportedHTTPMethod InvalidProtocol.NeedSsl
		InvalidProduct.NotFound InvalidApi.NotFound InvalidAction InvalidAction.NotFound InvalidVersion NoSuchVersion DryRunOperation
		InvalidImageOwnerAlias.ValueNotSupported InvalidParamter InvalidTag.Mismatch InvalidTagCount InvalidInstanceType.ValueNotSupported
		InvalidFilterValue.NetworkType InvalidOperation.ImageOwnerIdUnsupported InvalidImageOwnerAlias.PublicImageUnsupported
		InvalidFilterKey.NotFound InvalidFilterValue InvalidUsage InvalidOSType InvalidArchitecture InvalidImageId.NotFound
		InvalidImageType.ValueNotSupported CallInterface`},
	{provider.InvalidArgument, gives, []int{403}, "InvalidParam UnsupportedHTTPMethod DryRunOperation"},

	// Other members of the families, and other spellings.
	{provider.Throttled, retries, []int{200, 400, 403, 503}, `FlowControlError ServiceBusy SystemBusy ApplyFlowLimit SlbIsBusy Throttling.Resource
		Api.FlowControl.Exceeded throttling.user THROTTLING SERVERBUSY`},
	{provider.Unavailable, retries, []int{200, 400, 403, 500}, `InternalServerError InternalError.System ServiceUnavailable.Temporary UnknownError.Backend
		internalerror ServiceUnavailableTemporary`},
	{provider.Unauthenticated, gives, []int{200, 400, 403, 404}, `MissingAccessKeyId MissingAccessKeyId.Empty invalidaccesskeyid InvalidTimestamp
		User.AccessKeyDisabled InvalidSecurityToken SecurityTokenMalformed NoSecurityToken`},
	{provider.Unauthenticated, gives, []int{400, 401, 403}, "Unauthorized unauthorized"},
	{provider.Unauthenticated, renews, []int{200, 400, 401, 403}, `SecurityTokenExpired SecurityToken.Expired InvalidParameter.SecurityTokenExpired
		securitytoken.expired InvalidSecurityToken.HasExpired`},
	{provider.PermissionDenied, gives, []int{200, 400, 403, 404, 500}, `AccessDenied Auth.AccessDenied.WorkSpace UnauthorizedOperation UnauthorizedOperation.RAM
		NoPermission.ImplicitDeny Api.NoPermission Forbidden.SubUser forbidden.ram FORBIDDEN`},
	{provider.InvalidArgument, gives, []int{400, 404}, "EntityNotExist.Image Missing.Name dryrunoperation"},
}

func TestErrorCodesDecideKindRetryAndRefresh(t *testing.T) {
	for _, row := range codes {
		for code := range strings.FieldsSeq(row.codes) {
			for _, status := range row.statuses {
				name := fmt.Sprintf("%d %s", status, code)
				checkReaction(t, name, status, fmt.Sprintf(`{"Code":%q}`, code), row.kind, row.reaction)
				checkReaction(t, name+" in XML", status, "<Error><Code>"+code+"</Code></Error>", row.kind, row.reaction)
			}
		}
	}
}

// checkReaction answers a request with fixed and one with renewable credentials, and
// checks the Kind, the number of attempts and the number of refreshes.
func checkReaction(t *testing.T, name string, status int, body string, kind provider.Kind, want reaction) {
	t.Helper()
	for _, credentials := range []provider.CredentialsProvider{provider.Static(keyID, keySecret, "token"), &cache{}} {
		e, sent := answeredTo(t, credentials, status, body)
		if e == nil || e.Kind != kind {
			t.Errorf("%s: error %v, want %v", name, e, kind)
		}
		renewable, isCache := credentials.(*cache)
		wantSent := map[reaction]int{gives: 1, retries: 3, renews: 1}[want]
		if isCache && want == renews {
			wantSent = 2
		}
		if sent != wantSent {
			t.Errorf("%s: %d requests with %T, want %d", name, sent, credentials, wantSent)
		}
		if isCache && len(renewable.forgotten) > 0 != (want == renews) {
			t.Errorf("%s: %q are forgotten", name, renewable.forgotten)
		}
	}
}

// answeredTo sends one request with up to three attempts and returns its error.
func answeredTo(t *testing.T, credentials provider.CredentialsProvider, status int, body string) (e *provider.Error, sent int) {
	t.Helper()
	client := newClient(t, func(*http.Request) (*http.Response, error) {
		sent++
		return answer(status, nil, body), nil
	}, provider.Config{Credentials: credentials, Retry: provider.Retry{Attempts: 3, MaxWait: time.Nanosecond}})
	errors.As(send(t.Context(), client), &e)
	return e, sent
}

func TestExpiredSessionsAreFoundInMessagesOfGeneralCodes(t *testing.T) {
	const named = `The specified parameter \"SecurityToken.Expired\" is not valid.`
	for _, test := range []struct {
		code, message string
		kind          provider.Kind
		reaction      reaction
	}{
		{"InvalidParameter", named, provider.Unauthenticated, renews},
		{"InvalidParameter", "the securitytoken has expired", provider.Unauthenticated, renews},
		{"InvalidParam", "The security token you provided has expired.", provider.Unauthenticated, renews},
		{"MissingParameter", named, provider.Unauthenticated, renews},
		{"Unauthorized", "Specified SecurityToken is expired.", provider.Unauthenticated, renews},
		{"Forbidden", "Specified SecurityToken is expired.", provider.Unauthenticated, renews},
		{"400", named, provider.Unauthenticated, renews},
		{"", named, provider.Unauthenticated, renews},
		{"InvalidParameter", "The image has expired.", provider.InvalidArgument, gives},
		{"InvalidParameter", `The specified parameter \"SecurityToken\" is not valid.`, provider.InvalidArgument, gives},
		{"InvalidSecurityToken.Malformed", "SecurityToken is malformed or expired.", provider.Unauthenticated, gives},
		{"Forbidden.RAM", named, provider.PermissionDenied, gives},
		{"Throttling", named, provider.Throttled, retries},
	} {
		body := fmt.Sprintf(`{"Code":"%s","Message":"%s"}`, test.code, test.message)
		checkReaction(t, body, 400, body, test.kind, test.reaction)
	}
}

func TestXMLErrorEnvelopes(t *testing.T) {
	const id = "B4A2-1"
	for name, test := range map[string]struct {
		body string
		want provider.Error
	}{
		"documented": {
			`<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>B4A2-1</RequestId><HostId>ecs.aliyuncs.com</HostId><Code>Throttling.User</Code><Message>slow &amp; steady</Message></Error>`,
			provider.Error{Kind: provider.Throttled, Code: "Throttling.User", Message: "slow & steady", RequestID: id},
		},
		"other encoding, blanks, lower case": {
			"\ufeff\n<?xml version='1.0' encoding='GBK'?>\n<error>\n <requestId> B4A2-1 </requestId>\n <code>NoPermission</code>\n <message><![CDATA[no]]></message>\n</error>\n",
			provider.Error{Kind: provider.PermissionDenied, Code: "NoPermission", Message: "no", RequestID: id},
		},
		"nested": {
			`<ErrorResponse><Error><Code>Forbidden</Code><Message>no</Message></Error><RequestId>B4A2-1</RequestId></ErrorResponse>`,
			provider.Error{Kind: provider.PermissionDenied, Code: "Forbidden", Message: "no", RequestID: id},
		},
		"cut off": {
			`<Error><RequestId>B4A2-1</RequestId><Code>ServiceUnavailable</Code><Mess`,
			provider.Error{Kind: provider.Unavailable, Code: "ServiceUnavailable", RequestID: id},
		},
		"page of a gateway":    {`<!DOCTYPE html><html><code>Throttling</code><body></body></html>`, provider.Error{Kind: provider.InvalidArgument}},
		"neither XML nor code": {`<`, provider.Error{Kind: provider.InvalidArgument}},
	} {
		e, _ := answeredTo(t, nil, 400, test.body)
		if e == nil || e.Kind != test.want.Kind || e.Code != test.want.Code || e.RequestID != test.want.RequestID ||
			test.want.Code != "" && e.Message != test.want.Message {
			t.Errorf("%s: error %#v, want %#v", name, e, test.want)
		}
	}
}
