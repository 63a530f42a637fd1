package fakecloud

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// rpc is the family of the Alibaba services, on the path /.
type rpc struct {
	services map[string]service // by API version
	nonces   nonceMemory
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
	denied func(*call) error // the answer to a key without permission, or nil if none is needed
}

// commonParams belong to every signed request. Clients send RegionId even where an
// operation has none, and old ones spell Timestamp their own way.
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
	}
}

// rpcRequest is what a request says about itself, in whichever dialect.
type rpcRequest struct {
	action, version, keyID, token string
	nonce, stamp, signature       string
	xml                           bool // the answer shall be XML
	v3                            bool // signed with ACS3-HMAC-SHA256
	signed                        []string
	body                          []byte
}

// recognise decodes the request as far as to know what it asks.
func (f *rpc) recognise(x *exchange) error {
	body, err := x.decode()
	if isV3(x.http) {
		x.rpc = readV3(x.http.Header, x.params)
	} else {
		x.rpc = readV1(x.params)
	}
	x.rpc.body, x.request.Action = body, x.rpc.action
	x.claim(x.rpc.keyID, x.params["RegionId"])
	s, known := f.services[x.rpc.version]
	x.request.Provider = s.provider
	switch {
	case err != nil:
		return refuse(http.StatusBadRequest, "InvalidParameter", "The request cannot be decoded: %v.", err)
	case x.http.Method != http.MethodGet && x.http.Method != http.MethodPost:
		return refuse(http.StatusForbidden, "UnsupportedHTTPMethod", "This http method is not supported.")
	case x.rpc.version == "":
		return missing("Version")
	case x.rpc.action == "":
		return missing("Action")
	case !known:
		return refuse(http.StatusNotFound, "InvalidVersion", "Specified parameter Version is not valid.")
	}
	if _, known := s.operations[x.rpc.action]; !known {
		return refuse(http.StatusNotFound, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	}
	return nil
}

func (f *rpc) run(x *exchange) (listing, error) {
	op := f.services[x.rpc.version].operations[x.rpc.action]
	in := x.call("InvalidParameter")
	if x.key.Denied {
		if err := op.denied(in); err != nil {
			return listing{}, err
		}
	}
	if x.request.Unknown = unknownParams(x.params, commonParams, op.params); len(x.request.Unknown) > 0 && x.catalog.Strict {
		return listing{}, refuse(http.StatusBadRequest, "InvalidParameter", "The operation has no parameters %q.", x.request.Unknown)
	}
	return op.run(in)
}

func (f *rpc) accept(x *exchange, body reply) answer {
	body.fields["RequestId"] = x.id
	return f.write(x, http.StatusOK, "", x.rpc.action+"Response", body)
}

func (f *rpc) refuse(x *exchange, err error) answer {
	e := asRefusal(err, "InternalError")
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
func (f *rpc) write(x *exchange, status int, code, root string, body reply) answer {
	format, text := "application/json;charset=utf-8", body.json
	if x.rpc.xml {
		format, text = "text/xml;charset=utf-8", func() net.Buffers { return net.Buffers{body.xml(root)} }
	}
	a := x.answer(status, code, text())
	a.header["Content-Type"] = []string{format}
	a.header["X-Acs-Request-Id"] = []string{x.id}
	a.header["X-Acs-Trace-Id"] = []string{strings.ToLower(strings.ReplaceAll(x.id, "-", ""))}
	return a
}

// missing is the refusal of a request that lacks one of the common parameters.
func missing(name string) error {
	return refuse(http.StatusBadRequest, "Missing"+name, "%s is mandatory for this action.", name)
}

// forbidden is the refusal of an account that may not do what it asks.
func (in *call) forbidden(status int, code, product string) error {
	return &refusal{
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
