package fakecloud

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// schemeV3 begins the header Authorization of the newer dialect. Its absence alone
// tells the older one: clients of both send x-acs-action.
const schemeV3 = "ACS3-HMAC-SHA256"

// signedV3 are the headers that a signature of the newer dialect must cover.
func signedV3() []string {
	return []string{"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
}

func isV3(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return scheme == schemeV3
}

// readV3 finds what a request of the newer dialect says about itself in its
// headers. Only a parameter Format asks for XML.
func readV3(h http.Header, p params) rpcRequest {
	parts := map[string]string{}
	_, list, _ := strings.Cut(h.Get("Authorization"), " ")
	for part := range strings.SplitSeq(list, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	return rpcRequest{
		v3: true, action: h.Get("x-acs-action"), version: h.Get("x-acs-version"), keyID: parts["Credential"],
		token: h.Get("x-acs-security-token"), nonce: h.Get("x-acs-signature-nonce"), stamp: h.Get("x-acs-date"),
		signature: parts["Signature"], signed: strings.Split(parts["SignedHeaders"], ";"), xml: strings.EqualFold(p["Format"], "XML"),
	}
}

// checkV3 checks that a signature covers what it must, and that it is right.
func (x *exchange) checkV3(secret string) error {
	h := x.http.Header
	must := signedV3()
	for _, name := range []string{"x-acs-security-token", "x-acs-accesskey-id"} {
		if h.Get(name) != "" {
			must = append(must, name)
		}
	}
	for _, name := range must {
		if !slices.Contains(x.rpc.signed, name) {
			return refuse(http.StatusBadRequest, "IncompleteSignature", "The signature does not cover the header %s.", name)
		}
	}
	if h.Get("x-acs-content-sha256") != hexSHA256(x.rpc.body) {
		return refuse(http.StatusBadRequest, "InvalidParameter", "The header x-acs-content-sha256 is not that of the body.")
	}
	request := canonicalV3(x.http, x.params, x.rpc.signed)
	toSign := schemeV3 + "\n" + hexSHA256([]byte(request))
	if sameSignature(x.rpc.signature, signatureV3(secret, toSign)) {
		return nil
	}
	return mismatch(toSign + ", server canonical request is:" + request)
}

// canonicalV3 is the request as a client of the newer dialect signs it, with the
// headers that it lists. Parameters of a form are in the body, not in the query.
func canonicalV3(r *http.Request, p params, signed []string) string {
	if hasForm(r) {
		query, _ := parsePairs(r.URL.RawQuery)
		p = first(query)
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	var b strings.Builder
	b.WriteString(r.Method + "\n" + path + "\n" + canonical(p, "") + "\n")
	for _, name := range signed {
		value := strings.Join(r.Header.Values(name), ",")
		if name == "host" {
			value = r.Host
		}
		b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + r.Header.Get("x-acs-content-sha256"))
	return b.String()
}

func signatureV3(secret, toSign string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(toSign))
	return hex.EncodeToString(m.Sum(nil))
}

func hexSHA256(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
