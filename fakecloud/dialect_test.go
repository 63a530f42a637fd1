package fakecloud_test

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

// element is any XML.
type xmlElement struct {
	XMLName xml.Name
	Text    string       `xml:",chardata"`
	Inside  []xmlElement `xml:",any"`
}

// find returns the texts of all elements at a path.
func (e xmlElement) find(path ...string) []string {
	if len(path) == 0 {
		return []string{e.Text}
	}
	var texts []string
	for _, inner := range e.Inside {
		if inner.XMLName.Local == path[0] {
			texts = append(texts, inner.find(path[1:]...)...)
		}
	}
	return texts
}

func (op operation) askXML(t *testing.T, cloud *fakecloud.Cloud, format []string, params ...string) (outcome, xmlElement) {
	t.Helper()
	values := add(common("key", op.version, op.action), append(slices.Clone(op.params), params...)...)
	values.Del("Format")
	if format != nil {
		values["Format"] = format
	}
	got := fetch(cloud.Transport(), get(t.Context(), "https://cloud.example/", signRPC("GET", "secret", values)))
	var root xmlElement
	if err := xml.Unmarshal([]byte(got.Body), &root); err != nil && len(got.Body) > 0 && got.Body[0] == '<' {
		t.Errorf("%s: %v in %s", op.name, err, got.Body)
	}
	return got, root
}

// Without Format, a response is XML.
func TestResponsesCanBeXML(t *testing.T) {
	for _, op := range operations()[:4] {
		cloud := op.cloud(t)
		for _, format := range [][]string{nil, {""}, {"XML"}, {"xml"}} {
			var paging []string
			if op.list != nil {
				paging = []string{"PageSize=2"}
			}
			got, root := op.askXML(t, cloud, format, paging...)
			if got.Status != 200 || root.XMLName.Local != op.action+"Response" || got.Header.Get("Content-Type") != "text/xml;charset=utf-8" || len(root.find("RequestId")) != 1 {
				t.Errorf("%s, Format %q: %d %s", op.name, format, got.Status, got.Body)
			}
			want, path := []string{"m-29", "m-28"}, append(slices.Clone(op.list), "ImageId")
			if op.list == nil {
				want, path = want[:1], []string{"Image", "ImageId"}
			}
			if diff := cmp.Diff(want, root.find(path...)); diff != "" {
				t.Errorf("%s: images differ (-want +got):\n%s", op.name, diff)
			}
			if total := strings.Join(root.find("TotalCount"), " "); op.list != nil && total != "30" {
				t.Errorf("%s: TotalCount %q", op.name, total)
			}
		}
		got, root := op.askXML(t, cloud, []string{"XML"}, "SecurityToken=x")
		if code := root.find("Code"); got.Status != 400 || root.XMLName.Local != "Error" || !slices.Equal(code, []string{"InvalidSecurityToken.MismatchWithAccessKey"}) ||
			len(root.find("Message")) != 1 || len(root.find("RequestId")) != 1 || !slices.Equal(root.find("HostId"), []string{"cloud.example"}) {
			t.Errorf("%s: error %s", op.name, got.Body)
		}
		for _, format := range []string{"JSON", "json"} {
			if got, _ := op.askXML(t, cloud, []string{format}); got.code() != "200" || got.json()["RequestId"] == nil {
				t.Errorf("%s, Format %s: %s", op.name, format, got.Body)
			}
		}
	}
}

// Texts with special characters, nested lists and null values.
func TestXMLEscapesTexts(t *testing.T) {
	w := ecsWorld()
	own := &w.Accounts[0].Images[0]
	own.Name, own.Extra = "<a> & \"b\"\n", map[string]any{"ProductCode": nil}
	op := operations()[0]
	_, root := op.askXML(t, newCloud(t, w), nil, "ImageId=m-own")
	for path, want := range map[string]string{
		"ImageName": own.Name, "ProductCode": "", "Tags/Tag/TagKey": "app,env", "DiskDeviceMappings/DiskDeviceMapping/SnapshotId": "s-sys,s-data",
		"IsPublic": "false", "Size": "20", "Features/NvmeSupport": "supported",
	} {
		if got := strings.Join(root.find(append(op.list, strings.Split(path, "/")...)...), ","); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

// The requests are sent byte for byte as clients write them.
func TestSpellingsOfParametersAreAccepted(t *testing.T) {
	for name, change := range map[string]func(encoded string) string{
		"plus":    func(s string) string { return s },
		"percent": func(s string) string { return strings.ReplaceAll(s, "+", "%20") },
		"raw marks": func(s string) string {
			return strings.NewReplacer("%2A", "*", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%3A", ":", "%2C", ",").Replace(s)
		},
		"tilde": func(s string) string { return strings.ReplaceAll(s, "~", "%7E") },
		"backwards": func(s string) string {
			parts := strings.Split(s, "&")
			slices.Reverse(parts)
			return strings.Join(parts, "&")
		},
	} {
		cloud := newCloud(t, authWorld())
		values := signRPC("GET", "s", add(common("plain", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou", "ImageName=a b*~'(!)", "SecurityToken="))
		r := get(t.Context(), ecsHost, nil)
		r.URL.RawQuery = change(values.Encode())
		if got := fetch(cloud.Transport(), r); got.code() != "200" {
			t.Errorf("%s: %s: %s", name, got.code(), got.Body)
		}
	}
}

func TestQingSpellingsOfParametersAreAccepted(t *testing.T) {
	for name, tt := range map[string]struct {
		path   string
		change func(values url.Values)
		encode func(string) string
	}{
		"Go":        {"/iaas", func(v url.Values) { v.Del("version") }, nil},
		"Ruby":      {"/iaas", func(v url.Values) { v.Set("images.0", "img-a") }, nil},
		"Python":    {"/iaas/", func(v url.Values) { v.Set("req_id", "x"); v.Set("images.1", "img-a") }, nil},
		"Java":      {"/iaas/", func(v url.Values) { v.Set("api_lang", "en-us") }, nil},
		"fit2cloud": {"/iaas/", func(v url.Values) { v.Set("time_stamp", "2026-11-22T22:45:05Z"); v.Set("search_word", "name ~") }, func(s string) string { return strings.ReplaceAll(s, "~", "%7E") }},
	} {
		values := qingCommon("key")
		tt.change(values)
		r := get(t.Context(), qingHost+tt.path, nil)
		r.URL.RawQuery = signQing("GET", tt.path, "secret", values).Encode()
		if tt.encode != nil {
			r.URL.RawQuery = tt.encode(r.URL.RawQuery)
		}
		if got := fetch(newCloud(t, qingWorld()).Transport(), r); got.code() != "200 0" {
			t.Errorf("%s: %s: %s", name, got.code(), got.Body)
		}
	}
}

func TestAbsoluteTargetsAreAccepted(t *testing.T) {
	for _, op := range operations() {
		server, err := op.cloud(t).Listen("")
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		r := op.request(t.Context(), server.URL(), 1, 0)
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", r.URL, r.URL.Host); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "m-29") {
			t.Errorf("%s: %d %s %v", op.name, resp.StatusCode, body, err)
		}
	}
}
