package fakecloud_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

const qingHost = "https://api.qingcloud.com"

func signQing(method, path, secret string, values url.Values) url.Values {
	values.Del("signature")
	encode := strings.NewReplacer("+", "%20", "*", "%2A").Replace
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + "\n" + path + "\n" + encode(values.Encode())))
	values.Set("signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return values
}

func qingCommon(keyID string) url.Values {
	return url.Values{
		"access_key_id": {keyID}, "action": {"DescribeImages"}, "zone": {"pek3a"}, "version": {"1"},
		"signature_method": {"HmacSHA256"}, "signature_version": {"1"}, "time_stamp": {clock.Format("2006-01-02T15:04:05Z")},
	}
}

func qing(t *testing.T, cloud *fakecloud.Cloud, path string, params ...string) answer {
	t.Helper()
	values := signQing("GET", path, "secret", add(qingCommon("key"), params...))
	return send(t, cloud.Transport(), get(t.Context(), qingHost+path, values))
}

// retCode is the number in the body, as text.
func retCode(a answer) string { return fmt.Sprint(a.status, " ", a.body["ret_code"]) }

func qingImage(id string, day int, edit func(*fakecloud.Image)) fakecloud.Image {
	m := ecsImage(id, day, nil)
	m.Provider, m.Region, m.Progress, m.Owner = "qingcloud", "pek3a", 0, "usr-1"
	m.StatusChanged = m.Created.Add(time.Hour)
	if edit != nil {
		edit(&m)
	}
	return m
}

func qingWorld() fakecloud.World {
	return fakecloud.World{
		Accounts: []fakecloud.Account{{
			Name: "prod",
			Keys: []fakecloud.Key{
				ecsKey,
				{ID: "denied", Secret: "secret", Denied: true},
				{ID: "disabled", Secret: "secret", Disabled: true},
				{ID: "iam", Secret: "secret", Token: "token"},
				{ID: "ended", Secret: "secret", Token: "token", Expired: true},
			},
			Images: []fakecloud.Image{
				qingImage("img-a", 9, func(m *fakecloud.Image) {
					m.Description, m.Tags, m.Visibility = "my image", map[string]string{"k": "v"}, image.VisibilityPublic
				}),
				qingImage("img-b", 8, func(m *fakecloud.Image) { m.Status, m.Arch = image.StatusCeased, image.ArchI386 }),
				qingImage("img-c", 7, func(m *fakecloud.Image) {
					m.Name, m.Tags = "", map[string]string{"old": "x"}
					m.Extra = map[string]any{"tags": []any{map[string]any{"tag_id": "tag-1", "tag_key": "", "tag_name": "old", "tag_value": "x"}}}
				}),
				qingImage("img-d", 6, func(m *fakecloud.Image) { m.Status, m.Extra = "", map[string]any{"status": "dreaming"} }),
				qingImage("img-s", 5, func(m *fakecloud.Image) { m.Source, m.Owner = image.SourceShared, "usr-2" }),
			},
		}},
		Images: []fakecloud.Image{qingImage("sysx64", 4, func(m *fakecloud.Image) {
			m.Source, m.Visibility, m.Owner, m.Arch = image.SourceSystem, image.VisibilityPublic, "system", image.ArchARM64
			m.Extra = map[string]any{"default_passwd": "p12cHANgepwD", "sub_code": 1}
		})},
		Regions: map[string][]string{"qingcloud": {"empty"}},
	}
}

func TestQingFiltersByParameters(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"", "img-a img-b img-c img-d"},
		{"limit=20 offset=0 verbose=0 req_id=x api_lang=en-us expires=2030-01-01T00:00:00Z project_id=", "img-a img-b img-c img-d"},
		{"provider=self", "img-a img-b img-c img-d"},
		{"provider=system", "sysx64"},
		{"provider=shared", "img-s"},
		{"limit=2", "img-a img-b"},
		{"limit=2 offset=3", "img-d"},
		{"offset=4", ""},
		{"offset=9223372036854775807", ""},
		{"images.1=img-b images.2=img-a", "img-a img-b"},
		{"images.0=img-b", "img-b"},
		{"status.1=ceased status.2=pending", "img-b"},
		{"status.0=ceased", "img-b"},
		{"status.1=pending status.2=available status.3=deprecated status.4=suspended status.5=deleted", "img-a img-c"},
		{"status.1=pending status.2=available status.3=deprecated status.4=suspended status.5=deleted status.6=ceased", "img-a img-b img-c img-d"},
		{"visibility=public", "img-a"},
		{"visibility.1=public", "img-a"},
		{"processor_type=32bit", "img-b"},
		{"os_family.1=ubuntu processor_type.1=32bit", "img-b"},
		{"os_family=centos", ""},
		{"owner=usr-1 search_word=name-img-a", "img-a"},
		{"search_word=img-c", "img-c"},
		{"tags.1=tag-1", "img-c"},
		{"zone=empty", ""},
	} {
		t.Run(tt.query, func(t *testing.T) {
			got := qing(t, newCloud(t, qingWorld()), "/iaas/", strings.Fields(tt.query)...)
			if code := retCode(got); code != "200 0" || got.body["action"] != "DescribeImagesResponse" {
				t.Fatalf("%s: %v", code, got.body)
			}
			if diff := cmp.Diff(strings.Fields(tt.want), ids(got.body["image_set"], "image_id")); diff != "" {
				t.Errorf("images differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQingClampsTheLimit(t *testing.T) {
	w := qingWorld()
	for i := range 130 {
		w.Accounts[0].Images = append(w.Accounts[0].Images, qingImage(fmt.Sprint("more-", i), 1, nil))
	}
	cloud := newCloud(t, w)
	for query, want := range map[string]int{"": 20, "limit=100": 100, "limit=999": 100, "offset=100 limit=100": 34, "offset=200": 0} {
		got := qing(t, cloud, "/iaas", strings.Fields(query)...)
		if n := len(ids(got.body["image_set"], "image_id")); n != want || fmt.Sprint(got.body["total_count"]) != "134" {
			t.Errorf("%q: %d images of %v, want %d of 134", query, n, got.body["total_count"], want)
		}
	}
}

func TestQingLooksUpImageIDsAnywhere(t *testing.T) {
	for anywhere, want := range map[bool]string{false: "200 2100", true: "200 0"} {
		w := qingWorld()
		w.ImageIDsAnywhere = anywhere
		if got := retCode(qing(t, newCloud(t, w), "/iaas/", "images.1=sysx64")); got != want {
			t.Errorf("anywhere %v: got %s, want %s", anywhere, got, want)
		}
	}
}

func TestQingRefusesInvalidParameters(t *testing.T) {
	for _, tt := range []struct{ query, want string }{
		{"zone=", "1100"},
		{"zone=mars", "1100"},
		{"action=DescribeInstances", "1100"},
		{"status.1=asleep", "1100"},
		{"provider=others", "1100"},
		{"visibility=secret", "1100"},
		{"processor_type=16bit", "1100"},
		{"limit=0", "1100"},
		{"offset=-1", "1100"},
		{"verbose=loud", "1100"},
		{"images.1=nobody", "2100"},
		{"images.1=img-a images.2=nobody", "2100"},
		{"images.1=img-s", "2100"},
		{"access_key_id=nobody", "1200"},
		{"access_key_id=disabled", "1200"},
		{"access_key_id=denied", "1400"},
		{"access_key_id=iam", "1200"},
		{"access_key_id=iam token=other", "1200"},
		{"access_key_id=iam token=token", "0"},
		{"access_key_id=ended token=token", "2000"},
		{"token=token", "1200"},
		{"time_stamp=2026-11-22T14:44:06Z", "0"},
		{"time_stamp=2026-11-22T14:44:04Z", "1300"},
		{"time_stamp=2026-11-22T22:45:05Z", "0"},
		{"time_stamp=now", "1100"},
		{"time_stamp=", "1100"},
		{"signature_method=MD5", "1100"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			cloud := newCloud(t, qingWorld())
			got := qing(t, cloud, "/iaas/", strings.Fields(tt.query)...)
			if code := retCode(got); code != "200 "+tt.want {
				t.Errorf("got %s, want %s: %v", code, tt.want, got.body)
			}
			logged := cloud.Requests()[0].Code
			if want := strings.TrimPrefix(tt.want, "0"); logged != want {
				t.Errorf("logged code %q, want %q", logged, want)
			}
		})
	}
}

func TestQingRefusesWrongSignatures(t *testing.T) {
	values := signQing("GET", "/iaas/", "secret", qingCommon("key"))
	for _, path := range []string{"/iaas", "/iaas/"} {
		want := map[string]string{"/iaas": "200 1200", "/iaas/": "200 0"}[path]
		if got := retCode(send(t, newCloud(t, qingWorld()).Transport(), get(t.Context(), qingHost+path, values))); got != want {
			t.Errorf("signed for /iaas/, sent to %s: got %s, want %s", path, got, want)
		}
	}
}

func TestQingAcceptsRequestsOfKnownClients(t *testing.T) {
	old := qingCommon("key")
	old.Set("signature_method", "HmacSHA1")
	old.Set("signature", fakecloud.QingSignature("GET", "/iaas/", "secret", old))
	strict := qingWorld()
	strict.Strict = true
	for _, tt := range []struct {
		name, method, query, want string
		world                     fakecloud.World
	}{
		{"HmacSHA1", "GET", old.Encode(), "200 0", qingWorld()},
		{"DELETE", "DELETE", "", "200 1101", qingWorld()},
		{"bad escape", "GET", "action=%zz", "200 1100", qingWorld()},
		{"strict", "GET", signQing("GET", "/iaas/", "secret", add(qingCommon("key"), "images.1.x=a")).Encode(), "200 1100", strict},
	} {
		r := get(t.Context(), qingHost+"/iaas/", nil)
		r.Method, r.URL.RawQuery = tt.method, tt.query
		if got := send(t, newCloud(t, tt.world).Transport(), r); retCode(got) != tt.want {
			t.Errorf("%s: got %s, want %s: %v", tt.name, retCode(got), tt.want, got.body)
		}
	}
}

func TestQingReadsForms(t *testing.T) {
	form := signQing("POST", "/iaas/", "secret", qingCommon("key"))
	r, err := http.NewRequestWithContext(t.Context(), "POST", qingHost+"/iaas/", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := retCode(send(t, newCloud(t, qingWorld()).Transport(), r)); got != "200 0" {
		t.Errorf("got %s", got)
	}
}

// The response has the date of the server.
func TestQingRefusesOldTimestamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud, err := fakecloud.New(qingWorld())
		if err != nil {
			t.Fatal(err)
		}
		stamp := "time_stamp=" + time.Now().UTC().Format("2006-01-02T15:04:05Z")
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "200 0"}, {time.Minute, "200 0"}, {time.Second, "200 1300"}} {
			time.Sleep(step.wait)
			got := qing(t, cloud, "/iaas/", stamp)
			date, err := http.ParseTime(got.header.Get("Date"))
			if retCode(got) != step.want || err != nil || !date.Equal(time.Now()) {
				t.Errorf("after another %v: %s dated %v, want %s", step.wait, retCode(got), date, step.want)
			}
		}
	})
}

func TestPublishedQingSignaturesAreAccepted(t *testing.T) {
	run := []string{
		"access_key_id=QYACCESSKEYIDEXAMPLE", "action=RunInstances", "count=1", "image_id=centos64x86a", "instance_name=demo",
		"instance_type=small_b", "login_mode=passwd", "login_passwd=QingCloud20130712", "signature_method=HmacSHA256",
		"signature_version=1", "time_stamp=2013-08-27T14:30:10Z", "version=1", "vxnets.1=vxnet-0",
	}
	for _, tt := range []struct {
		path, secret string
		params       []string
		want         string
	}{
		{"/iaas/", "SECRETACCESSKEY", append(run[:13:13], "zone=pek3a"), "byjccvWIvAftaq+oublemagH3bYAlDWxxLFAzAsyslw="},
		{"/iaas/", "SECRETACCESSKEY", append(run[:13:13], "zone=pek1"), "32bseYy39DOlatuewpeuW5vpmW51sD1A/JdGynqSpP8="},
		{"/iaas", "ENV_SECRET_ACCESS_KEY", []string{
			"instance.0=i-xxxxxxxx", "action=DescribeInstance", "verbose=1", "access_key_id=ENV_ACCESS_KEY_ID",
			"time_stamp=0001-01-01T00:00:00Z", "signature_method=HmacSHA256", "signature_version=1",
		}, "ZHa2iQ8PeyP1ktMF9C+DjOQBl537ti9RnYZ1Qqr6KRg="},
		{"/iaas/", "SECRETACCESSKEY", []string{
			"access_key_id=QYACCESSKEYIDEXAMPLE", "signature_method=HmacSHA256", "signature_version=1",
		}, "O5EhQeUqTF00g59t5Pb46QPfnPMhUOAcxTWvzlnraeE="},
		{"/iaas/", "SECRETACCESSKEY", []string{
			"access_key_id=QYACCESSKEYIDEXAMPLE", "action=DescribeImages", "images.1=img-37amqany", "images.2=centos64x86a", "limit=100",
			"offset=0", "provider=self", "search_word=a b+c/中", "signature_method=HmacSHA256", "signature_version=1", "status.1=available",
			"time_stamp=2013-08-27T14:30:10Z", "verbose=0", "version=1", "zone=pek3a",
		}, "CxaQZG1EgRT/id3cFQUziltddE+hsz4BVbkbSZW6oXw="},
	} {
		if got := fakecloud.QingSignature("GET", tt.path, tt.secret, add(url.Values{}, tt.params...)); got != tt.want {
			t.Errorf("%s %v: signature is %s, want %s", tt.path, tt.params, got, tt.want)
		}
	}
}

func TestQingRecordHasDocumentedFields(t *testing.T) {
	got := qing(t, newCloud(t, qingWorld()), "/iaas/", "provider=system")
	want := map[string]any{
		"image_id": "sysx64", "image_name": "name-sysx64", "description": nil, "size": json.Number("20"), "processor_type": "64bit", "architecture": "aarch64",
		"platform": "linux", "os_family": "ubuntu", "visibility": "public", "provider": "system", "owner": "system", "status": "available",
		"transition_status": "", "recommended_type": "small_b", "sub_code": json.Number("1"), "default_passwd": "p12cHANgepwD",
		"create_time": "2024-05-04T10:20:30Z", "status_time": "2024-05-04T11:20:30Z", "tags": []any{},
	}
	if diff := cmp.Diff([]any{want}, got.body["image_set"]); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
	if header := got.header.Get("Content-Type"); header != "application/json" {
		t.Errorf("Content-Type is %q", header)
	}
}
