package fakecloud_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// ENS reports no description, and derives the operating system from the platform.
func ExampleImage_Reported() {
	wanted := fakecloud.Image{Image: image.Image{
		Ref: image.Ref{Provider: "aliyunens", ID: "m-1"}, Name: "edge", Description: "for tests",
		Source: image.SourceSelf, Status: image.StatusAvailable, Platform: "ubuntu", OSVersion: "22.04",
	}}
	m, err := wanted.Reported()
	fmt.Printf("%q %q %q %v\n", m.Description, m.OS, m.Visibility, err)
	// Output: "" "linux" "private" <nil>
}

// A world of one image. The request is not signed, and so it is refused as the
// vendor would; give the transport to a real client instead.
func ExampleNew() {
	cloud, err := fakecloud.New(fakecloud.World{
		Accounts: []fakecloud.Account{{
			Name: "test",
			Keys: []fakecloud.Key{{ID: "test-key", Secret: "test-secret"}},
			Images: []fakecloud.Image{{
				Image: image.Image{
					Ref: image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: "m-1"}, Name: "web-1",
					Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
					OS: image.OSLinux, Platform: "ubuntu", Created: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC),
				},
				Extra: map[string]any{"Platform": "Ubuntu", "Usage": "instance"},
			}},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := &http.Client{Transport: cloud.Transport()}
	resp, err := client.Get("https://ecs.cn-hangzhou.aliyuncs.com/?Version=2014-05-26&Action=DescribeImages&Format=JSON")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var body struct{ Code string }
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, body.Code)
	fmt.Println(cloud.Requests()[0].Action)
	// Output:
	// 400 MissingAccessKeyId
	// DescribeImages
}

// An image that its provider could not describe is refused.
func ExampleNew_untrue() {
	ubuntu := image.Image{Ref: image.Ref{Provider: "aliyunens", ID: "m-1"}, Platform: "ubuntu", OSName: "ubuntu", OS: image.OSLinux, Family: "web"}
	_, err := fakecloud.New(fakecloud.World{Images: []fakecloud.Image{{Image: ubuntu}}})
	fmt.Println(err)
	// Output:
	// fakecloud: image aliyunens/m-1: field family: it is "web", but the record that aliyunens would send, with extra and omit, reads as unset: leave the field unset, or add it to the record with extra
}

func ExampleReadWorld() {
	w, err := fakecloud.ReadWorld(strings.NewReader(`{
		"accounts": [{"name": "test", "keys": [{"id": "test-key", "secret": "test-secret"}]}],
		"images": [{
			"provider": "aliyunecs", "region": "cn-hangzhou", "id": "base.vhd", "source": "system", "visibility": "public",
			"extra": {"IsPublic": false}
		}]
	}`))
	fmt.Println(len(w.Images), err)
	_, err = fakecloud.ReadWorld(strings.NewReader(`{"acounts": []}`))
	fmt.Println(err)
	// Output:
	// 1 <nil>
	// fakecloud: world: json: unknown field "acounts"
}

func ExampleWorld_Visible() {
	for _, m := range fakecloud.Sample().Visible("sample-prod", "aliyunecs", "cn-hangzhou")[:3] {
		fmt.Println(m.Source, m.Name)
	}
	// Output:
	// system win2016_x64_zh-cn_40G_sample_20240524.vhd
	// system kylin_10_arm64_20G_sample_20240524.vhd
	// system debian_12_x64_20G_sample_20240524.vhd
}

func ExampleCloud_Listen() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := cloud.Listen("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	resp, err := http.Get(server.URL() + "/iaas/?action=DescribeImages")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output:
	// 200 OK
}

// A client that trusts the server's authority uses https.
func ExampleCloud_ListenTLS() {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := cloud.ListenTLS("")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(server.CA())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	resp, err := client.Get(server.URL() + "/iaas/?action=DescribeZones")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(text), err)
	// Output:
	// 200 {"message":"parameter [access_key_id] is missing","ret_code":1100} <nil>
}

// A log of the requests has no credentials.
func ExampleRequest_MarshalJSON() {
	cloud, err := fakecloud.New(fakecloud.World{})
	if err != nil {
		fmt.Println(err)
		return
	}
	cloud.Now = func() time.Time { return time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC) }
	cloud.OnResponse = func(r fakecloud.Request) {
		line, err := json.Marshal(r)
		fmt.Println(string(line), err)
	}
	client := &http.Client{Transport: cloud.Transport()}
	resp, err := client.Get("http://ens.aliyuncs.com/?Version=2017-11-10&Action=DescribeSelfImages&ImageName=web&SecurityToken=secret")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = resp.Body.Close()
	// Output:
	// {"time":"2026-05-01T00:00:00Z","id":"AD1B9DE9-1051-3527-B407-147D7A055690","provider":"aliyunens","action":"DescribeSelfImages","method":"GET","host":"ens.aliyuncs.com","path":"/","params":{"ImageName":"web"},"status":400,"code":"MissingAccessKeyId"} <nil>
}
