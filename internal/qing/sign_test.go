package qing_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/qing"
)

func TestSignMatchesPublishedSignatures(t *testing.T) {
	runInstances := map[string]string{
		"access_key_id": "QYACCESSKEYIDEXAMPLE", "action": "RunInstances", "count": "1", "image_id": "centos64x86a",
		"instance_name": "demo", "instance_type": "small_b", "login_mode": "passwd", "login_passwd": "QingCloud20130712",
		"signature_method": "HmacSHA256", "signature_version": "1", "time_stamp": "2013-08-27T14:30:10Z",
		"version": "1", "vxnets.1": "vxnet-0", "zone": "pek3a",
	}
	for _, test := range []struct {
		name, path, secret string
		params             map[string]string
		want               string
	}{
		{"the vendor's example", "/iaas/", "SECRETACCESSKEY", runInstances, "byjccvWIvAftaq+oublemagH3bYAlDWxxLFAzAsyslw="},
		{"the same in another zone", "/iaas/", "SECRETACCESSKEY", with(runInstances, "zone", "pek1"), "32bseYy39DOlatuewpeuW5vpmW51sD1A/JdGynqSpP8="},
		{"a path without the last slash", "/iaas", "ENV_SECRET_ACCESS_KEY", map[string]string{
			"access_key_id": "ENV_ACCESS_KEY_ID", "action": "DescribeInstance", "instance.0": "i-xxxxxxxx", "verbose": "1",
			"signature_method": "HmacSHA256", "signature_version": "1", "time_stamp": "0001-01-01T00:00:00Z",
		}, "ZHa2iQ8PeyP1ktMF9C+DjOQBl537ti9RnYZ1Qqr6KRg="},
		{"the common parameters alone", "/iaas/", "SECRETACCESSKEY", map[string]string{
			"access_key_id": "QYACCESSKEYIDEXAMPLE", "signature_method": "HmacSHA256", "signature_version": "1",
		}, "O5EhQeUqTF00g59t5Pb46QPfnPMhUOAcxTWvzlnraeE="},
		{"images, with blanks and Chinese", "/iaas/", "SECRETACCESSKEY", map[string]string{
			"access_key_id": "QYACCESSKEYIDEXAMPLE", "action": "DescribeImages", "images.1": "img-37amqany", "images.2": "centos64x86a",
			"limit": "100", "offset": "0", "provider": "self", "search_word": "a b+c/中", "status.1": "available",
			"signature_method": "HmacSHA256", "signature_version": "1", "time_stamp": "2013-08-27T14:30:10Z",
			"verbose": "0", "version": "1", "zone": "pek3a",
		}, "CxaQZG1EgRT/id3cFQUziltddE+hsz4BVbkbSZW6oXw="},
	} {
		t.Run(test.name, func(t *testing.T) {
			query, err := url.ParseQuery(qing.Sign("GET", test.path, values(test.params), test.secret))
			if err != nil {
				t.Fatal(err)
			}
			if got := query.Get("signature"); got != test.want {
				t.Errorf("signature %s, want %s", got, test.want)
			}
		})
	}
}

func TestSignedQueryEndsWithTheSignature(t *testing.T) {
	signed := qing.Sign("GET", "/iaas/", values(map[string]string{
		"images.2": "b", "images.10": "c", "images.1": "a b+c/中*~", "zone": "pek3a",
	}), "SECRETACCESSKEY")
	got, signature, _ := strings.Cut(signed, "&signature=")
	want := "images.1=a%20b%2Bc%2F%E4%B8%AD%2A~&images.10=c&images.2=b&zone=pek3a"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if signature == "" || strings.ContainsAny(signature, "+/=&") {
		t.Errorf("signature %q, want it last and encoded", signature)
	}
}

func values(params map[string]string) url.Values {
	out := url.Values{}
	for key, value := range params {
		out.Set(key, value)
	}
	return out
}

func with(params map[string]string, key, value string) map[string]string {
	out := map[string]string{key: value}
	for k, v := range params {
		if k != key {
			out[k] = v
		}
	}
	return out
}
