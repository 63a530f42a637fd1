package fakecloud

import (
	"maps"
	"net/http"
	"strconv"
	"time"
)

// qingWindow is how old a request may be.
const qingWindow = 60 * time.Second

// The numbers by which QingCloud refuses.
const (
	qingMalformed    = "1100"
	qingBadMethod    = "1101"
	qingAuthFailed   = "1200"
	qingExpired      = "1300"
	qingDenied       = "1400"
	qingSessionEnded = "2000"
	qingNotFound     = "2100"
	qingQuota        = "2500"
	qingInternal     = "5000"
)

// qingParams belong to every signed request, some of them by the habit of one
// client or another.
var qingParams = []string{
	"access_key_id", "action", "api_lang", "expires", "req_id", "signature", "signature_method", "signature_version",
	"time_stamp", "token", "version", "zone",
}

// qing is the family of QingCloud, on the path /iaas. Errors go out with status 200.
type qing struct{}

func (qing) recognise(x *exchange) error {
	x.request.Provider = providerQing
	_, err := x.decode()
	x.request.Action = x.params["action"]
	x.claim(x.params["access_key_id"], x.params["zone"])
	switch {
	case err != nil:
		return refuseQing(qingMalformed, "the request cannot be decoded: "+err.Error())
	case x.http.Method != http.MethodGet && x.http.Method != http.MethodPost:
		return refuseQing(qingBadMethod, "method "+x.http.Method+" is not supported")
	case x.request.Action != "DescribeImages":
		return refuseQing(qingMalformed, "action ["+x.request.Action+"] is not supported")
	}
	return nil
}

func (qing) run(x *exchange) (listing, error) {
	if x.key.Denied {
		return listing{}, refuseQing(qingDenied, "PermissionDenied, you may not list images")
	}
	if x.request.Unknown = unknownParams(x.params, qingParams, qingImageParams); len(x.request.Unknown) > 0 && x.catalog.Strict {
		return listing{}, refuse(http.StatusOK, qingMalformed, "unknown parameters %q", x.request.Unknown)
	}
	return qingImages(x.call(qingMalformed))
}

func (qing) accept(x *exchange, body reply) answer { return x.answerJSON(http.StatusOK, "", body) }

func (qing) refuse(x *exchange, err error) answer {
	e := asRefusal(err, qingInternal)
	code, _ := strconv.Atoi(e.code)
	status := http.StatusOK
	if e.forced {
		status = e.status
	}
	a := x.answerJSON(status, e.code, reply{fields: map[string]any{"ret_code": code, "message": e.message}})
	maps.Copy(a.header, e.header)
	return a
}

func refuseQing(code, message string) error { return refuse(http.StatusOK, code, "%s", message) }

// authenticate finds out who signed a request, and when. The path is signed as it
// was sent. A time stamp may be ahead of the clock, as one client's is by hours.
func (qing) authenticate(x *exchange) error {
	p := x.params
	for _, name := range []string{"access_key_id", "signature", "signature_method", "signature_version", "time_stamp"} {
		if p[name] == "" {
			return refuseQing(qingMalformed, "parameter ["+name+"] is missing")
		}
	}
	sent, err := time.Parse(wireTime, p["time_stamp"])
	if err != nil {
		return refuseQing(qingMalformed, "parameter [time_stamp] is malformed")
	}
	if x.now.Sub(sent) > qingWindow {
		return refuseQing(qingExpired, "the request has expired")
	}
	if method := p["signature_method"]; method != "HmacSHA256" && method != "HmacSHA1" {
		return refuseQing(qingMalformed, "parameter [signature_method] is malformed")
	}
	owner, ok := x.catalog.keys[x.keyID]
	toSign := qingStringToSign(x.http.Method, x.http.URL.EscapedPath(), p)
	if !ok || owner.key.Disabled || !sameSignature(p["signature"], qingSignature(p["signature_method"], owner.key.Secret, toSign)) {
		return qingUnknownKey()
	}
	if p["token"] != owner.key.Token {
		return refuseQing(qingAuthFailed, "the token is not the one of the access key")
	}
	if owner.key.Expired {
		return qingEnded()
	}
	x.signedBy(owner)
	return nil
}

func qingUnknownKey() error {
	return refuseQing(qingAuthFailed, "the access key or the signature is wrong")
}

func qingEnded() error { return refuseQing(qingSessionEnded, "the session has expired") }
