package fakecloud

import (
	"net/http"
	"strings"
	"time"
)

const (
	wireTime  = "2006-01-02T15:04:05Z"
	rpcWindow = 15 * time.Minute // between the clocks of client and server
)

// readV1 finds what a request of the older dialect says about itself among its
// parameters. XML is the documented default of Format.
func readV1(p params) rpcRequest {
	r := rpcRequest{
		action: p["Action"], version: p["Version"], keyID: p["AccessKeyId"], token: p["SecurityToken"],
		nonce: p["SignatureNonce"], stamp: p["Timestamp"], signature: p["Signature"],
		xml: !strings.EqualFold(p["Format"], "JSON"),
	}
	if r.stamp == "" {
		r.stamp = p["TimeStamp"]
	}
	return r
}

// authenticate finds out who signed a request. A nonce is used up only by a request
// that is authentic.
func (f *rpc) authenticate(x *exchange) error {
	sent, err := x.checkCommon()
	if err != nil {
		return err
	}
	owner, ok := x.catalog.keys[x.keyID]
	if !ok {
		return unknownKey()
	}
	if owner.key.Disabled {
		return refuse(http.StatusBadRequest, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
	}
	if err := x.catalog.checkToken(owner.key, x.rpc.token); err != nil {
		return err
	}
	if err := x.checkSignature(owner.key.Secret); err != nil {
		return err
	}
	if !f.nonces.use(nonce{owner.key.ID, x.rpc.nonce}, x.now, sent.Add(rpcWindow)) {
		return refuse(http.StatusBadRequest, "SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	x.signedBy(owner)
	return nil
}

// checkCommon checks what every request says but for who sent it, and returns the
// time of the request.
func (x *exchange) checkCommon() (time.Time, error) {
	r := x.rpc
	if !r.v3 {
		if err := checkV1(x.params); err != nil {
			return time.Time{}, err
		}
	}
	for _, part := range []struct{ name, text string }{
		{"AccessKeyId", r.keyID}, {"SignatureNonce", r.nonce}, {"Signature", r.signature}, {"Timestamp", r.stamp},
	} {
		if part.text == "" {
			return time.Time{}, missing(part.name)
		}
	}
	sent, err := time.Parse(wireTime, r.stamp)
	if err != nil {
		return time.Time{}, refuse(http.StatusBadRequest, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
	}
	if x.now.Sub(sent).Abs() > rpcWindow {
		return time.Time{}, refuse(http.StatusBadRequest, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	}
	return sent, nil
}

// checkV1 checks how the older dialect says that it is signed.
func checkV1(p params) error {
	for _, name := range []string{"AccessKeyId", "SignatureMethod", "SignatureVersion"} {
		if p[name] == "" {
			return missing(name)
		}
	}
	if p["SignatureMethod"] != "HMAC-SHA1" {
		return refuse(http.StatusBadRequest, "InvalidSignatureMethod", "Specified signature method is not valid.")
	}
	if p["SignatureVersion"] != "1.0" {
		return refuse(http.StatusBadRequest, "IncompleteSignature", "Specified signature version is not supported.")
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
	return mismatch(toSign)
}

func mismatch(toSign string) error {
	return refuse(http.StatusBadRequest, "SignatureDoesNotMatch",
		"Specified signature is not matched with our calculation. server string to sign is:%s", toSign)
}

func unknownKey() error {
	return refuse(http.StatusNotFound, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}

func expiredToken() error {
	return refuse(http.StatusBadRequest, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
}

// checkToken holds a key against the token that came with it.
func (c *catalog) checkToken(k Key, token string) error {
	switch {
	case token == k.Token && k.Expired:
		return expiredToken()
	case token == k.Token:
		return nil
	case token == "":
		return missing("SecurityToken")
	case k.Token == "" || c.tokens[token]:
		return refuse(http.StatusBadRequest, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatches with AccessKey.")
	default:
		return refuse(http.StatusBadRequest, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
	}
}
