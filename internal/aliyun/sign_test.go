package aliyun_test

import (
	"maps"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/aliyun"
)

type params = map[string]string

// with is a request of the documentation's example key, and what is given.
func with(more params) params {
	all := params{
		"AccessKeyId": "testid", "Format": "JSON", "Version": "2014-05-26",
		"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
		"SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "Timestamp": "2016-02-23T12:46:24Z",
	}
	maps.Copy(all, more)
	return all
}

var describeImages = params{
	"Action": "DescribeImages", "RegionId": "cn-hangzhou", "PageNumber": "1", "PageSize": "100",
	"ImageOwnerAlias": "self", "Status": "Available,Creating", "ImageName": "aliyun_3_*", "DryRun": "false",
	"Filter.1.Key": "CreationStartTime", "Filter.1.Value": "2017-12-05T22:40Z", "Tag.1.Key": "键 ~", "Tag.1.Value": "v+/=",
}

func withToken(p params, token string) params {
	all := maps.Clone(p)
	all["SecurityToken"] = token
	return all
}

// vectors are published signatures, and some that were derived from them with an
// independent implementation.
var vectors = []struct {
	name, method, secret string
	params               params
	want                 string
}{
	{"documentation", "GET", "testsecret", with(params{"Action": "DescribeRegions", "Format": "XML"}), "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
	{"documentation, posted", "POST", "testsecret", with(params{"Action": "DescribeRegions", "Format": "XML"}), "MxbnVAM4w6sft9xjVpe/GCKueuk="},
	{"documentation of 2023", "GET", "testsecret", with(params{
		"Action": "DescribeDedicatedHosts", "RegionId": "cn-beijing",
		"SignatureNonce": "edb2b34af0af9a6d14deaf7c1a5315eb", "Timestamp": "2023-03-13T08:34:30Z",
	}), "9NaGiOspFP5UPcwX8Iwt2YJXXuk="},
	{"libcloud", "GET", "testsecret", params{
		"TimeStamp": "2012-12-26T10:33:56Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
		"SignatureMethod": "HMAC-SHA1", "RegionId": "region1", "SignatureNonce": "NwDAxvLU6tFE0DVb",
		"Version": "2014-05-26", "SignatureVersion": "1.0",
	}, "K9fCVP6Jrklpd3rLYKh1pfrrFNo="},
	{"SMS", "GET", "testSecret", with(params{
		"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
		"RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
		"TemplateCode": "SMS_71390007", "TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
	}), "zJDF+Lrzhj/ThnlvIToysFRq6t4="},
	{"SDK", "GET", "accessKeySecret", sdk, "7loPmFjvDnzOVnQeQNj85S6nFGY="},
	{"SDK with token", "GET", "accessKeySecret", withToken(sdk, "accessKeyStsToken"), "5Nxdcler+ihqWqv0Hr2On4PsBf4="},

	{"DescribeImages", "GET", "testsecret", with(describeImages), "VOgT1QL+Tn4swX8FJA/b1Umge0k="},
	{"DescribeImages, posted", "POST", "testsecret", with(describeImages), "9/7HWmDKVSs9ouA+D7I2VssBzck="},
	{"DescribeImages with token", "GET", "testsecret", with(withToken(describeImages, "sts/tok+en==")), "IkKZBc5d7wNJBFtjxKP5jauVfc0="},
	{"DescribeImageFromFamily", "GET", "testsecret", with(fromFamily), "/r4y7Mt/gTRefNbohPNeHDcEfKA="},
	{"DescribeImageFromFamily, posted", "POST", "testsecret", with(fromFamily), "3fmGsT/UqQ7RfRLKML1H3ryqTmM="},
	{"ListCustomImages", "GET", "testsecret", with(listCustomImages), "O+GKEg2YPCvMVRPr0g0urD9Bg6g="},
	{"ListCustomImages, posted", "POST", "testsecret", with(listCustomImages), "IXWH7y9vsfcubHjI0dakKC94GS0="},
	{"DescribeSelfImages", "GET", "testsecret", with(describeSelfImages), "l9F0m1csnORzOd2R3QegGGd7eBE="},
	{"DescribeSelfImages, posted", "POST", "testsecret", with(describeSelfImages), "LonM3qmxEjX7ayBStfn4+ua+Fsc="},
}

var (
	sdk = params{
		"Version": "", "Action": "", "Format": "JSON", "Timestamp": "mock date", "SignatureMethod": "HMAC-SHA1",
		"SignatureVersion": "1.0", "SignatureType": "", "SignatureNonce": "MOCK_UUID", "AccessKeyId": "accessKeyId", "RegionId": "regionId",
	}
	fromFamily       = params{"Action": "DescribeImageFromFamily", "RegionId": "cn-hangzhou", "ImageFamily": "acs:centos_7_9_x64"}
	listCustomImages = params{
		"Action": "ListCustomImages", "Version": "2020-06-01", "RegionId": "cn-hangzhou",
		"ImageIds": `["m-a","m-b"]`, "PageNumber": "1", "PageSize": "100", "Share": "true",
	}
	describeSelfImages = params{
		"Action": "DescribeSelfImages", "Version": "2017-11-10", "ImageId": "m-5s", "PageNumber": "1", "PageSize": "50",
	}
)

func TestSignMatchesPublishedSignatures(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			signed := parsed(t, aliyun.Sign(v.method, v.params, v.secret))
			if signed["Signature"] != v.want {
				t.Errorf("the signature is %s, want %s", signed["Signature"], v.want)
			}
			delete(signed, "Signature")
			if diff := cmp.Diff(v.params, signed); diff != "" {
				t.Errorf("other parameters are sent (-want +got):\n%s", diff)
			}
		})
	}
}

func parsed(t *testing.T, query string) params {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	out := params{}
	for key, list := range values {
		if len(list) != 1 {
			t.Errorf("%s is there %d times", key, len(list))
		}
		out[key] = list[0]
	}
	return out
}
