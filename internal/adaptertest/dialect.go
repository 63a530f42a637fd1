package adaptertest

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"hash"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// dialect is how a family of providers words requests and answers.
type dialect struct {
	action                  string // the parameter with the operation
	paging, protocol, fresh []string
	size                    string // the parameter with the size of a page
	start, first            string // the parameter with the place of a page, and its value for the first
	total                   string // the field with the total
	hasIDs                  bool   // answers have request IDs
	sign                    func(r *http.Request, params url.Values) (query string)
	refusal                 func(code, message, id string) []byte
}

func rpcDialect() dialect {
	return dialect{
		action: "Action",
		paging: []string{"PageNumber", "PageSize"},
		protocol: []string{
			"Action", "Version", "Format", "AccessKeyId", "SecurityToken", "Signature", "SignatureMethod",
			"SignatureNonce", "SignatureVersion", "Timestamp",
		},
		fresh: []string{"Signature", "SignatureNonce", "Timestamp"},
		size:  "PageSize", start: "PageNumber", first: "1", total: "TotalCount", hasIDs: true,
		sign: func(r *http.Request, params url.Values) string {
			params.Del("Signature")
			query := escape(params)
			text := r.Method + "&%2F&" + strings.ReplaceAll(url.QueryEscape(query), "+", "%20")
			return query + "&Signature=" + url.QueryEscape(mac(sha1.New, keySecret+"&", text))
		},
		refusal: func(code, message, id string) []byte {
			return inJSON(map[string]any{"Code": code, "Message": message, "RequestId": id, "HostId": "fake.invalid"})
		},
	}
}

func qingDialect() dialect {
	return dialect{
		action: "action",
		paging: []string{"offset", "limit"},
		protocol: []string{
			"action", "version", "access_key_id", "signature", "signature_method", "signature_version", "time_stamp", "token",
		},
		fresh: []string{"signature", "time_stamp"},
		size:  "limit", start: "offset", first: "0", total: "total_count",
		sign: func(r *http.Request, params url.Values) string {
			params.Del("signature")
			query := escape(params)
			text := r.Method + "\n" + r.URL.EscapedPath() + "\n" + query
			return query + "&signature=" + url.QueryEscape(mac(sha256.New, keySecret, text))
		},
		refusal: func(code, message, _ string) []byte {
			number, _ := strconv.Atoi(code)
			return inJSON(map[string]any{"action": "DescribeImagesResponse", "ret_code": number, "message": message})
		},
	}
}

func inJSON(v any) []byte {
	out, _ := json.Marshal(v)
	return out
}

// escape is the canonical query: sorted, in the percent-encoding of RFC 3986.
func escape(params url.Values) string {
	return strings.NewReplacer("+", "%20", "%7E", "~").Replace(params.Encode())
}

func mac(algorithm func() hash.Hash, key, text string) string {
	h := hmac.New(algorithm, []byte(key))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// capped makes pages as small as a server that gives no more.
func (d dialect) capped(size int) func(url.Values) {
	return func(params url.Values) {
		if asked, err := strconv.Atoi(params.Get(d.size)); err != nil || asked > size {
			params.Set(d.size, strconv.Itoa(size))
		}
	}
}

// firstPage asks for the first page, whichever was wanted.
func (d dialect) firstPage(params url.Values) { params.Set(d.start, d.first) }
