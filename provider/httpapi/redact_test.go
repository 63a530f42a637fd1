package httpapi_test

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// TestRedactEchoes takes what was signed, and with what, out of the words of a
// server that repeats the address.
func TestRedactEchoes(t *testing.T) {
	used := provider.Credentials{
		AccessKeyID: provider.NewSecret("canary-id"), AccessKeySecret: provider.NewSecret("canary+secret/"), Token: provider.NewSecret("canary=token"),
	}
	for _, echo := range []string{
		"https://ecs.example.com/?AccessKeyId=canary-id&SignatureNonce=canarynonce&Signature=canarysig%3D&Version=1",
		"GET&%2F&AccessKeyId%3Dcanary-id%26SecurityToken%3Dcanary%253Dtoken%26SignatureNonce%3Dcanarynonce",
		"signature=canarysig access_key_id=canary-id",
		"your secret canary+secret/ or canary%2Bsecret%2F",
	} {
		if got := httpapi.Redact(echo, used); strings.Contains(got, "canary") {
			t.Errorf("%s became %s", echo, got)
		}
	}
	if got := httpapi.Redact("SignatureMethod=HMAC-SHA1 is unknown", used); got != "SignatureMethod=HMAC-SHA1 is unknown" {
		t.Errorf("%s", got)
	}
}
