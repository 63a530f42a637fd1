package fakecloud_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// signRPC signs like Go clients do: from the standard encoding, corrected.
func signRPC(method, secret string, values url.Values) url.Values {
	values.Del("Signature")
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(stringToSign(method, values)))
	values.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return values
}

func stringToSign(method string, values url.Values) string {
	encode := strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace
	return method + "&%2F&" + encode(url.QueryEscape(encode(values.Encode())))
}

// vector is the common part of the published signature examples.
func vector(params ...string) url.Values {
	return add(url.Values{}, append([]string{"AccessKeyId=testid", "SignatureMethod=HMAC-SHA1", "SignatureVersion=1.0"}, params...)...)
}

var documented = []string{"SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "Timestamp=2016-02-23T12:46:24Z"}

func TestPublishedRPCSignaturesAreAccepted(t *testing.T) {
	regions := append([]string{"Action=DescribeRegions", "Format=XML", "Version=2014-05-26"}, documented...)
	mock := []string{
		"Version=", "Action=", "Format=JSON", "Timestamp=mock date", "SignatureType=", "SignatureNonce=MOCK_UUID",
		"AccessKeyId=accessKeyId", "RegionId=regionId",
	}
	for _, tt := range []struct {
		name, method, secret string
		values               url.Values
		want                 string
	}{
		{"DescribeRegions", "GET", "testsecret", vector(regions...), "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
		{"DescribeRegions by POST", "POST", "testsecret", vector(regions...), "MxbnVAM4w6sft9xjVpe/GCKueuk="},
		{"DescribeDedicatedHosts", "GET", "testsecret", vector(
			"Action=DescribeDedicatedHosts", "Format=JSON", "RegionId=cn-beijing", "Version=2014-05-26",
			"SignatureNonce=edb2b34af0af9a6d14deaf7c1a5315eb", "Timestamp=2023-03-13T08:34:30Z"),
			"9NaGiOspFP5UPcwX8Iwt2YJXXuk="},
		{"TimeStamp", "GET", "testsecret", vector(
			"TimeStamp=2012-12-26T10:33:56Z", "Format=XML", "Action=DescribeRegions", "RegionId=region1",
			"SignatureNonce=NwDAxvLU6tFE0DVb", "Version=2014-05-26"),
			"K9fCVP6Jrklpd3rLYKh1pfrrFNo="},
		{"SendSms", "GET", "testSecret", vector(
			"AccessKeyId=testId", "Action=SendSms", "Format=XML", "OutId=123", "PhoneNumbers=15300000001", "RegionId=cn-hangzhou",
			"SignName=阿里云短信测试专用", "SignatureNonce=45e25e9b-0a6f-4070-8c85-2956eda1b466", "TemplateCode=SMS_71390007",
			`TemplateParam={"customer":"test"}`, "Timestamp=2017-07-12T02:42:19Z", "Version=2017-05-25"),
			"zJDF+Lrzhj/ThnlvIToysFRq6t4="},
		{"empty values", "GET", "accessKeySecret", vector(mock...), "7loPmFjvDnzOVnQeQNj85S6nFGY="},
		{"token", "GET", "accessKeySecret", vector(append(mock, "SecurityToken=accessKeyStsToken")...), "5Nxdcler+ihqWqv0Hr2On4PsBf4="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fakecloud.RPCSignature(tt.method, tt.secret, tt.values); got != tt.want {
				t.Errorf("signature is %s, want %s", got, tt.want)
			}
		})
	}
}

// vectorWorld has the keys of the examples, and the places that they name.
func vectorWorld(token string) fakecloud.World {
	return fakecloud.World{
		Accounts: []fakecloud.Account{{Name: "vector", Keys: []fakecloud.Key{{ID: "testid", Secret: "testsecret", Token: token}}}},
		Regions:  map[string][]string{"aliyunecs": {"cn-hangzhou"}, "aliyunswas": {"cn-hangzhou"}, "qingcloud": {"pek3a"}},
	}
}

// The signatures were computed by other programs.
func TestSignedOperationsAreAccepted(t *testing.T) {
	images := []string{
		"Version=2014-05-26", "Action=DescribeImages", "RegionId=cn-hangzhou", "PageNumber=1", "PageSize=100",
		"ImageOwnerAlias=self", "Status=Available,Creating", "ImageName=aliyun_3_*", "DryRun=false",
		"Filter.1.Key=CreationStartTime", "Filter.1.Value=2017-12-05T22:40Z", "Tag.1.Key=键 ~", "Tag.1.Value=v+/=",
	}
	swas := []string{
		"Version=2020-06-01", "Action=ListCustomImages", "RegionId=cn-hangzhou", `ImageIds=["m-a","m-b"]`,
		"PageNumber=1", "PageSize=100", "Share=true",
	}
	ens := []string{"Version=2017-11-10", "Action=DescribeSelfImages", "ImageId=m-5s", "PageNumber=1", "PageSize=50"}
	family := []string{"Version=2014-05-26", "Action=DescribeImageFromFamily", "RegionId=cn-hangzhou", "ImageFamily=acs:centos_7_9_x64"}
	for _, tt := range []struct {
		name, method, token string
		params              []string
		signature           string
	}{
		{"DescribeImages", "GET", "", images, "VOgT1QL+Tn4swX8FJA/b1Umge0k="},
		{"DescribeImages", "POST", "", images, "9/7HWmDKVSs9ouA+D7I2VssBzck="},
		{"DescribeImages with token", "GET", "sts/tok+en==", images, "IkKZBc5d7wNJBFtjxKP5jauVfc0="},
		{"DescribeImageFromFamily", "GET", "", family, "/r4y7Mt/gTRefNbohPNeHDcEfKA="},
		{"DescribeImageFromFamily", "POST", "", family, "3fmGsT/UqQ7RfRLKML1H3ryqTmM="},
		{"ListCustomImages", "GET", "", swas, "O+GKEg2YPCvMVRPr0g0urD9Bg6g="},
		{"ListCustomImages", "POST", "", swas, "IXWH7y9vsfcubHjI0dakKC94GS0="},
		{"DescribeSelfImages", "GET", "", ens, "l9F0m1csnORzOd2R3QegGGd7eBE="},
		{"DescribeSelfImages", "POST", "", ens, "LonM3qmxEjX7ayBStfn4+ua+Fsc="},
	} {
		t.Run(tt.name+" "+tt.method, func(t *testing.T) {
			cloud := newCloud(t, vectorWorld(tt.token))
			cloud.Now = func() time.Time { return time.Date(2016, 2, 23, 12, 46, 30, 0, time.UTC) }
			values := add(vector(append([]string{"Format=JSON", "Signature=" + tt.signature}, documented...)...), tt.params...)
			if tt.token != "" {
				values.Set("SecurityToken", tt.token)
			}
			r := get(t.Context(), ecsHost, values)
			r.Method = tt.method
			if got := send(t, cloud.Transport(), r); got.status != 200 {
				t.Errorf("status %d: %v", got.status, got.body)
			}
		})
	}
}

func TestMismatchEchoesStringToSign(t *testing.T) {
	cloud := newCloud(t, vectorWorld(""))
	values := signRPC("GET", "wrong", add(common("testid", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou", "ImageName=a b*~中"))
	got := send(t, cloud.Transport(), get(t.Context(), ecsHost, values))
	values.Del("Signature")
	want := "Specified signature is not matched with our calculation. server string to sign is:" + stringToSign("GET", values)
	if got.status != 400 || got.code != "SignatureDoesNotMatch" || got.body["Message"] != want {
		t.Errorf("got %d %s\n%s\nwant 400 SignatureDoesNotMatch\n%s", got.status, got.code, got.body["Message"], want)
	}
}

func TestKeyPrintsItsIDOnly(t *testing.T) {
	key := fakecloud.Key{ID: "id", Secret: "canary", Token: "canary"}
	world := fakecloud.World{Accounts: []fakecloud.Account{{Keys: []fakecloud.Key{key}, Images: []fakecloud.Image{{Image: image.Image{}}}}}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		if text := fmt.Sprintf(verb, world); strings.Contains(text, "canary") || !strings.Contains(text, "key id") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
