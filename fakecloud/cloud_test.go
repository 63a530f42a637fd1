package fakecloud_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

var clock = time.Date(2026, time.November, 22, 14, 45, 5, 0, time.UTC)

// newCloud opens a world whose clock stands still.
func newCloud(t *testing.T, w fakecloud.World) *fakecloud.Cloud {
	t.Helper()
	cloud, err := fakecloud.New(w)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Now = func() time.Time { return clock }
	return cloud
}

var nonces atomic.Int64

// common are the parameters that every RPC client adds, without a signature.
func common(keyID, version, action string) url.Values {
	return url.Values{
		"AccessKeyId": {keyID}, "Version": {version}, "Action": {action}, "Format": {"JSON"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "SignatureType": {""},
		"SignatureNonce": {fmt.Sprint("nonce-", nonces.Add(1))}, "Timestamp": {clock.Format("2006-01-02T15:04:05Z")},
	}
}

// params turns "a=b" texts into parameters that are added to values.
func add(values url.Values, params ...string) url.Values {
	for _, pair := range params {
		name, value, _ := strings.Cut(pair, "=")
		values.Set(name, value)
	}
	return values
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	code   string
}

func send(t *testing.T, rt http.RoundTripper, r *http.Request) answer {
	t.Helper()
	resp, err := rt.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&a.body); err != nil {
		t.Fatalf("body %q: %v", text, err)
	}
	a.code, _ = a.body["Code"].(string)
	return a
}

func get(ctx context.Context, host string, query url.Values) *http.Request {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, host+"?"+query.Encode(), nil)
	if err != nil {
		panic(err)
	}
	return r
}

const ecsHost = "https://ecs.cn-hangzhou.aliyuncs.com/"

// ecs asks an ECS operation as the account of key k.
func ecs(t *testing.T, cloud *fakecloud.Cloud, k fakecloud.Key, action string, params ...string) answer {
	t.Helper()
	values := add(common(k.ID, "2014-05-26", action), params...)
	if k.Token != "" {
		values.Set("SecurityToken", k.Token)
	}
	return send(t, cloud.Transport(), get(t.Context(), ecsHost, signRPC(http.MethodGet, k.Secret, values)))
}

// at walks into nested objects.
func at(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

func ids(v any, field string) []string {
	list, _ := v.([]any)
	out := []string{}
	for _, row := range list {
		out = append(out, fmt.Sprint(at(row, field)))
	}
	return out
}

func imageIDs(images []image.Image) []string {
	out := []string{}
	for _, m := range images {
		out = append(out, m.ID)
	}
	return out
}
