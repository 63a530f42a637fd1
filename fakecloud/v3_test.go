package fakecloud_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
)

func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// signV3 signs like the vendor's current clients: POST, only parameters of the
// operation in the query, everything else in headers, all of which are signed.
func signV3(r *http.Request, key fakecloud.Key, action, version, body string) {
	r.Header.Set("x-acs-action", action)
	r.Header.Set("x-acs-version", version)
	r.Header.Set("x-acs-date", clock.Format("2006-01-02T15:04:05Z"))
	r.Header.Set("x-acs-signature-nonce", fmt.Sprint("nonce-", nonces.Add(1)))
	r.Header.Set("x-acs-content-sha256", hexSum(body))
	r.Header.Set("x-acs-credentials-provider", "static_ak")
	if key.Token != "" {
		r.Header.Set("x-acs-security-token", key.Token)
		r.Header.Set("x-acs-accesskey-id", key.ID)
	}
	authorizeV3(r, key, hexSum(body))
}

func authorizeV3(r *http.Request, key fakecloud.Key, bodySum string) {
	r.Header.Set("Authorization", fmt.Sprintf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s",
		key.ID, strings.Join(headersV3(r), ";"), signatureV3(r, key.Secret, bodySum)))
}

func headersV3(r *http.Request) []string {
	names := []string{"host"}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-acs-") {
			names = append(names, lower)
		}
	}
	slices.Sort(names)
	return names
}

func requestV3(r *http.Request, bodySum string) string {
	lines := []string{r.Method, "/", strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")}
	for _, name := range headersV3(r) {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		lines = append(lines, name+":"+value)
	}
	return strings.Join(append(lines, "", strings.Join(headersV3(r), ";"), bodySum), "\n")
}

func signatureV3(r *http.Request, secret, bodySum string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hexSum(requestV3(r, bodySum))))
	return hex.EncodeToString(mac.Sum(nil))
}

func postV3(t *testing.T, base, query, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/?"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The request is the example in the vendor's documentation.
func TestPublishedV3SignatureIsAccepted(t *testing.T) {
	r := postV3(t, "https://ecs.cn-shanghai.aliyuncs.com", "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", "")
	for name, value := range map[string]string{
		"x-acs-action": "RunInstances", "x-acs-version": "2014-05-26", "x-acs-date": "2023-10-26T10:22:32Z",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d", "x-acs-content-sha256": hexSum(""),
	} {
		r.Header.Set(name, value)
	}
	request, signature := fakecloud.V3Signature(r, "YourAccessKeySecret", headersV3(r))
	if sum := hexSum(request); sum != "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259" {
		t.Errorf("hashed canonical request %s of\n%s", sum, request)
	}
	if signature != "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0" {
		t.Errorf("signature %s", signature)
	}
}

// On a socket, the signed host has a port.
func TestV3SignedRequestsAreAccepted(t *testing.T) {
	for _, op := range operations()[:4] {
		bothWays(t, op.cloud(t), func(t *testing.T, rt http.RoundTripper, base string) {
			r := postV3(t, base, add(url.Values{}, op.params...).Encode(), "")
			signV3(r, ecsKey, op.action, op.version, "")
			if got := fetch(rt, r); got.code() != "200" || !strings.Contains(got.Body, "m-29") {
				t.Errorf("%s: %s: %s", op.name, got.code(), got.Body)
			}
		})
	}
}

func TestV3RefusesInvalidRequests(t *testing.T) {
	sts := fakecloud.Key{ID: "sts", Secret: "s", Token: "token"}
	plain := fakecloud.Key{ID: "plain", Secret: "s"}
	form := "RegionId=cn-hangzhou&ImageName=a+b"
	for _, tt := range []struct {
		name, query, body string
		key               fakecloud.Key
		edit              func(r *http.Request) // after it was signed
		want              string
	}{
		{"plain", "RegionId=cn-hangzhou", "", plain, nil, "200"},
		{"STS", "RegionId=cn-hangzhou", "", sts, nil, "200"},
		{"odd characters", "RegionId=cn-hangzhou&ImageName=*'()!~%20a%2Bb&Tag.1.Key=%E9%94%AE", "", plain, nil, "200"},
		{"form", "", form, plain, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, "200"},
		{"True", "RegionId=cn-hangzhou&ShowExpired=True", "", plain, nil, "200"},
		{"header not signed", "RegionId=cn-hangzhou", "", plain, func(r *http.Request) { r.Header.Set("x-sdk-client", "x") }, "200"},
		{"no region", "", "", plain, nil, "400 MissingParameter"},
		{"unknown action", "", "", plain, func(r *http.Request) { r.Header.Set("x-acs-action", "X") }, "404 InvalidAction.NotFound"},
		{"no action", "", "", plain, func(r *http.Request) { r.Header.Del("x-acs-action") }, "400 MissingAction"},
		{"no version", "", "", plain, func(r *http.Request) { r.Header.Del("x-acs-version") }, "400 MissingVersion"},
		{"no date", "", "", plain, func(r *http.Request) { r.Header.Del("x-acs-date") }, "400 MissingTimestamp"},
		{"no nonce", "", "", plain, func(r *http.Request) { r.Header.Del("x-acs-signature-nonce") }, "400 MissingSignatureNonce"},
		{"old", "", "", plain, func(r *http.Request) { r.Header.Set("x-acs-date", "2026-11-22T13:00:00Z") }, "400 InvalidTimeStamp.Expired"},
		{"no list", "", "", plain, func(r *http.Request) { r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=plain,Signature=x") }, "400 IncompleteSignature"},
		{"empty", "", "", plain, func(r *http.Request) { r.Header.Set("Authorization", "ACS3-HMAC-SHA256") }, "400 MissingAccessKeyId"},
		{"other body", "", "", plain, func(r *http.Request) { r.Header.Set("x-acs-content-sha256", hexSum("x")) }, "400 InvalidParameter"},
		{"changed query", "RegionId=cn-hangzhou", "", plain, func(r *http.Request) { r.URL.RawQuery += "&a=b" }, "400 SignatureDoesNotMatch"},
		{"changed header", "RegionId=cn-hangzhou", "", plain, func(r *http.Request) { r.Header.Set("x-acs-credentials-provider", "x") }, "400 SignatureDoesNotMatch"},
		{"token not signed", "", "", plain, func(r *http.Request) { r.Header.Set("x-acs-accesskey-id", "x") }, "400 IncompleteSignature"},
		{"no token", "", "", fakecloud.Key{ID: "sts", Secret: "s"}, nil, "400 MissingSecurityToken"},
		{"unknown key", "", "", fakecloud.Key{ID: "nobody", Secret: "s"}, nil, "404 InvalidAccessKeyId.NotFound"},
		{"wrong secret", "", "", fakecloud.Key{ID: "plain", Secret: "x"}, nil, "400 SignatureDoesNotMatch"},
	} {
		r := postV3(t, "https://ecs.cn-hangzhou.aliyuncs.com", tt.query, tt.body)
		signV3(r, tt.key, "DescribeImages", "2014-05-26", tt.body)
		if tt.edit != nil {
			tt.edit(r)
		}
		cloud := newCloud(t, authWorld())
		if got := fetch(cloud.Transport(), r); got.code() != tt.want {
			t.Errorf("%s: got %s, want %s: %s", tt.name, got.code(), tt.want, got.Body)
		}
	}
}

func TestV3NonceIsAcceptedOnce(t *testing.T) {
	cloud := newCloud(t, authWorld())
	r := postV3(t, "https://ecs.cn-hangzhou.aliyuncs.com", "RegionId=cn-hangzhou", "")
	signV3(r, fakecloud.Key{ID: "plain", Secret: "s"}, "DescribeImages", "2014-05-26", "")
	for _, want := range []string{"200", "400 SignatureNonceUsed"} {
		if got := fetch(cloud.Transport(), r); got.code() != want {
			t.Errorf("got %s, want %s", got.code(), want)
		}
	}
	if logged := cloud.Requests()[0]; logged.Action != "DescribeImages" || logged.Account != "prod" || logged.Region != "cn-hangzhou" {
		t.Errorf("logged %+v", logged)
	}
}

func TestV3MismatchEchoesStringToSign(t *testing.T) {
	r := postV3(t, "https://ecs.cn-hangzhou.aliyuncs.com", "RegionId=cn-hangzhou&ImageName=a%20b", "")
	signV3(r, fakecloud.Key{ID: "plain", Secret: "wrong"}, "DescribeImages", "2014-05-26", "")
	request := requestV3(r, hexSum(""))
	want := "Specified signature is not matched with our calculation. server string to sign is:ACS3-HMAC-SHA256\n" + hexSum(request) +
		", server canonical request is:" + request
	if got := fetch(newCloud(t, authWorld()).Transport(), r).json()["Message"]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Older clients send the headers x-acs-action and x-acs-version too.
func TestActionHeaderWithoutV3SignatureIsV1(t *testing.T) {
	r := get(t.Context(), ecsHost, signRPC("POST", "s", add(common("plain", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou")))
	r.Method = http.MethodPost
	for name, value := range map[string]string{
		"x-acs-action": "DescribeImages", "x-acs-version": "2014-05-26", "x-acs-credentials-provider": "static_ak", "x-sdk-client": "golang/1.0.0", "Accept-Encoding": "identity",
	} {
		r.Header.Set(name, value)
	}
	if got := fetch(newCloud(t, authWorld()).Transport(), r); got.code() != "200" {
		t.Errorf("got %s: %s", got.code(), got.Body)
	}
}
