package fakecloud

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// rpc is the family of the Alibaba services, on the path /.
type rpc struct {
	services map[string]service // by API version
	nonces   nonceCache
}

// service is one Alibaba product in the RPC style.
type service struct {
	provider   string
	product    string // as error pages name it
	operations map[string]operation
}

// operation is one Action of a service.
type operation struct {
	params []string // documented parameters besides the common ones
	run    func(*call) (listing, error)
	denied func(*call) error // the response to a key without permission, or nil; nil if the operation needs none
}

// commonParams are the parameters of every signed request. Clients send RegionId even
// if an operation has no such parameter, and old ones spell Timestamp differently.
var commonParams = []string{
	"AccessKeyId", "Action", "Format", "RegionId", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureNonce", "SignatureType", "SignatureVersion", "Timestamp", "TimeStamp", "Version",
}

// rpcServices returns the product that each API version stands for.
func rpcServices() map[string]service {
	return map[string]service{
		"2014-05-26": ecsService(),
		"2020-06-01": swasService(),
		"2017-11-10": ensService(),
		"2015-04-01": stsService(),
		"2015-06-12": locationService(),
	}
}

// rpcRequest is the common part of a request in either signature version.
type rpcRequest struct {
	action, version, keyID, token string
	nonce, timestamp, signature   string
	xml                           bool // the response shall be XML
	v3                            bool // signed with ACS3-HMAC-SHA256
	signed                        []string
	body                          []byte
}

// parseRequest decodes a request up to its action.
func (f *rpc) parseRequest(x *exchange) error {
	body, err := x.decode()
	if isV3(x.http) {
		x.rpc = readV3(x.http.Header, x.params)
	} else {
		x.rpc = readV1(x.params)
	}
	x.rpc.body, x.request.Action = body, x.rpc.action
	x.setClaimed(x.rpc.keyID, x.params["RegionId"])
	s, known := f.services[x.rpc.version]
	x.request.Provider = s.provider
	switch {
	case err != nil:
		return newAPIError(http.StatusBadRequest, "InvalidParameter", "The request cannot be decoded: %v.", err)
	case x.http.Method != http.MethodGet && x.http.Method != http.MethodPost:
		return newAPIError(http.StatusForbidden, "UnsupportedHTTPMethod", "This http method is not supported.")
	case x.rpc.version == "":
		return missingError("Version")
	case x.rpc.action == "":
		return missingError("Action")
	case !known:
		return newAPIError(http.StatusNotFound, "InvalidVersion", "Specified parameter Version is not valid.")
	}
	if _, known := s.operations[x.rpc.action]; !known {
		return newAPIError(http.StatusNotFound, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	}
	return nil
}

func (f *rpc) run(x *exchange) (listing, error) {
	op := f.services[x.rpc.version].operations[x.rpc.action]
	in := x.call("InvalidParameter")
	if x.key.Denied && op.denied != nil {
		if err := op.denied(in); err != nil {
			return listing{}, err
		}
	}
	if x.request.Unknown = unknownParams(x.params, commonParams, op.params); len(x.request.Unknown) > 0 && x.catalog.Strict {
		return listing{}, newAPIError(http.StatusBadRequest, "InvalidParameter", "The operation has no parameters %q.", x.request.Unknown)
	}
	return op.run(in)
}

func (f *rpc) writeReply(x *exchange, body reply) response {
	body.fields["RequestId"] = x.id
	return f.write(x, http.StatusOK, "", x.rpc.action+"Response", body)
}

func (f *rpc) writeError(x *exchange, err error) response {
	e := asAPIError(err, "InternalError")
	query := url.Values{"q": {e.code}, "product": {f.services[x.rpc.version].product}, "requestId": {x.id}}
	fields := map[string]any{
		"RequestId": x.id, "HostId": x.http.Host, "Code": e.code, "Message": e.message,
		"Recommend": "https://api.aliyun.com/troubleshoot?" + query.Encode(),
	}
	maps.Copy(fields, e.more)
	a := f.write(x, e.status, e.code, "Error", reply{fields: fields})
	maps.Copy(a.header, e.header)
	return a
}

// write puts a body into the format that the request wants.
func (f *rpc) write(x *exchange, status int, code, root string, body reply) response {
	format, text := "application/json;charset=utf-8", body.json
	if x.rpc.xml {
		format, text = "text/xml;charset=utf-8", func() net.Buffers { return net.Buffers{body.xml(root)} }
	}
	a := x.newResponse(status, code, text())
	a.header["Content-Type"] = []string{format}
	a.header["X-Acs-Request-Id"] = []string{x.id}
	a.header["X-Acs-Trace-Id"] = []string{strings.ToLower(strings.ReplaceAll(x.id, "-", ""))}
	return a
}

// missingError is the refusal of a request that lacks one of the common parameters.
func missingError(name string) error {
	return newAPIError(http.StatusBadRequest, "Missing"+name, "%s is mandatory for this action.", name)
}

// forbidden returns the error for an account without the permission.
func (in *call) forbidden(status int, code, product string) error {
	return &apiError{
		status: status, code: code, message: "User not authorized to operate on the specified resource.",
		more: map[string]any{"AccessDeniedDetail": map[string]any{
			"AuthAction":               product + ":" + in.action,
			"AuthPrincipalDisplayName": in.account.Name,
			"AuthPrincipalOwnerId":     in.account.ID,
			"AuthPrincipalType":        "SubUser",
			"EncodedDiagnosticMessage": "",
			"NoPermissionType":         "ImplicitDeny",
			"PolicyType":               "AccountLevelIdentityBasedPolicy",
		}},
	}
}

const (
	timeLayout = "2006-01-02T15:04:05Z"
	rpcWindow  = 15 * time.Minute // between the clocks of client and server
)

// readV1 reads the common parameters of a request with HMAC-SHA1. XML is the documented
// default of Format.
func readV1(p params) rpcRequest {
	r := rpcRequest{
		action: p["Action"], version: p["Version"], keyID: p["AccessKeyId"], token: p["SecurityToken"],
		nonce: p["SignatureNonce"], timestamp: p["Timestamp"], signature: p["Signature"],
		xml: !strings.EqualFold(p["Format"], "JSON"),
	}
	if r.timestamp == "" {
		r.timestamp = p["TimeStamp"]
	}
	return r
}

// authenticate returns the account that signed a request. Only an authentic request
// uses up its nonce.
func (f *rpc) authenticate(x *exchange) error {
	sent, err := x.checkCommon()
	if err != nil {
		return err
	}
	owner, err := x.owner()
	if err != nil {
		return err
	}
	if owner.key.Disabled {
		return newAPIError(http.StatusBadRequest, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
	}
	if err := x.catalog.checkToken(owner.key, x.rpc.token); err != nil {
		return err
	}
	if err := x.checkSignature(owner.key.Secret); err != nil {
		return err
	}
	if !f.nonces.use(nonce{owner.key.ID, x.rpc.nonce}, x.now, sent.Add(rpcWindow)) {
		return newAPIError(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	x.setIdentity(owner)
	return nil
}

// checkCommon checks the common parameters except those of the signature, and returns
// the time of the request.
func (x *exchange) checkCommon() (time.Time, error) {
	r := x.rpc
	if !r.v3 {
		if err := checkV1(x.params); err != nil {
			return time.Time{}, err
		}
	}
	for _, part := range []struct{ name, text string }{
		{"AccessKeyId", r.keyID}, {"SignatureNonce", r.nonce}, {"Signature", r.signature}, {"Timestamp", r.timestamp},
	} {
		if part.text == "" {
			return time.Time{}, missingError(part.name)
		}
	}
	sent, err := time.Parse(timeLayout, r.timestamp)
	if err != nil {
		return time.Time{}, newAPIError(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
	}
	if x.now.Sub(sent).Abs() > rpcWindow {
		return time.Time{}, newAPIError(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	}
	return sent, nil
}

// checkV1 checks how the older dialect says that it is signed.
func checkV1(p params) error {
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion"} {
		if p[name] == "" {
			return missingError(name)
		}
	}
	if p["SignatureMethod"] != "HMAC-SHA1" {
		return newAPIError(http.StatusBadRequest, "InvalidSignatureMethod", "Specified signature method is not valid.")
	}
	if p["SignatureVersion"] != "1.0" {
		return newAPIError(http.StatusBadRequest, "IncompleteSignature", "Specified signature version is not supported.")
	}
	return nil
}

// checkSignature names, where it refuses one, the text that should have been signed.
func (x *exchange) checkSignature(secret string) error {
	if x.rpc.v3 {
		return x.checkV3(secret)
	}
	toSign := rpcStringToSign(x.http.Method, x.params)
	if sameSignature(x.rpc.signature, rpcSignature(secret, toSign)) {
		return nil
	}
	return signatureError(toSign)
}

func signatureError(toSign string) error {
	return newAPIError(http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:%s", toSign)
}

func unknownKeyError() error {
	return newAPIError(http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

func expiredTokenError() error {
	return newAPIError(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}

// checkToken compares the token of a request with that of its key.
func (c *catalog) checkToken(k Key, token string) error {
	switch {
	case token == k.Token && k.Expired:
		return expiredTokenError()
	case token == k.Token:
		return nil
	case token == "":
		return missingError("SecurityToken")
	case k.Token == "" || c.tokens[token]:
		return newAPIError(http.StatusBadRequest, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatches with AccessKey.")
	default:
		return newAPIError(http.StatusBadRequest, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
	}
}
