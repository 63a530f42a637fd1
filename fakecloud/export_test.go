package fakecloud

import (
	"net/http"
	"net/url"
)

// KeptRequests is the bound of the request log.
const KeptRequests = keptRequests

// RPCSignature is what the cloud expects as the signature of a request on path /.
func RPCSignature(method, secret string, values url.Values) string {
	return rpcSignature(secret, rpcStringToSign(method, firstValues(values)))
}

// QingSignature is what the cloud expects as the signature of a QingCloud request.
func QingSignature(method, path, secret string, values url.Values) string {
	return qingSignature(values.Get("signature_method"), secret, qingStringToSign(method, path, firstValues(values)))
}

// V3Signature is the canonical request of a request in the newer dialect, and what
// the cloud expects as its signature.
func V3Signature(r *http.Request, secret string, signed []string) (request, signature string) {
	request = canonicalV3(r, firstValues(r.URL.Query()), signed)
	return request, signatureV3(secret, schemeV3+"\n"+hexSHA256([]byte(request)))
}

// MaxConnections are served at a time.
const MaxConnections = maxConnections
