package peers_test

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/vendors"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
)

const images = 1000 // in the world of each operation

// lab is a fake cloud on a loopback address.
type lab struct {
	cloud *fakecloud.Cloud
	url   string
}

func serve(t *testing.T, world fakecloud.World) *lab {
	t.Helper()
	cloud, err := fakecloud.New(world)
	if err != nil {
		t.Fatal(err)
	}
	server, err := cloud.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{cloud: cloud, url: server.URL()}
}

// account is a vendor's client with one of the keys of worlds.
func (l *lab) account(region, key string) vendors.Account {
	return vendors.Account{URL: l.url, Region: region, KeyID: key, Secret: key + worlds.Suffix, Transport: http.DefaultTransport}
}

// ours is one of our clients with a key of worlds.
func (l *lab) ours(t *testing.T, make func(provider.Config) (*provider.Client, error), region, path, key, token string) *provider.Client {
	t.Helper()
	client, err := make(provider.Config{
		Listing: provider.Listing{KeepNative: true},
		Region:  region, Endpoint: l.url + path, Credentials: provider.Static(key, key+worlds.Suffix, token),
		Retry: provider.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// last is the latest request that the server got. All of its parameters must be
// known to the server.
func (l *lab) last(t *testing.T) fakecloud.Request {
	t.Helper()
	requests := l.cloud.Requests()
	if len(requests) == 0 {
		t.Fatal("no request came")
	}
	last := requests[len(requests)-1]
	if len(last.Unknown) > 0 {
		t.Errorf("the server does not know the parameters %q", last.Unknown)
	}
	return last
}

func collect(t *testing.T, client *provider.Client, q image.Query) []image.Image {
	t.Helper()
	got, err := provider.Collect(client.Images(t.Context(), q))
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return got
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%.4000s", what, diff)
	}
}

func ids(images []image.Image) []string {
	var out []string
	for _, m := range images {
		out = append(out, m.ID)
	}
	slices.Sort(out)
	return out
}

// seen fails unless every field of the vendor's struct, but for those named, has a
// value in one of the rows: a comparison of empty fields proves nothing.
func seen[T any](t *testing.T, rows []T, except ...string) {
	t.Helper()
	unseen := map[string]bool{}
	for i := range rows {
		recordUnset(unseen, "", reflect.ValueOf(rows[i]))
	}
	for path, empty := range unseen {
		if empty && !slices.Contains(except, path) {
			t.Errorf("no row has a value for %s", path)
		}
	}
}

func recordUnset(unseen map[string]bool, path string, v reflect.Value) {
	note := func(empty bool) {
		if before, known := unseen[path]; !known || before {
			unseen[path] = empty
		}
	}
	_, isTime := v.Interface().(time.Time)
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		recordUnset(unseen, path, v.Elem())
	case v.Kind() == reflect.Struct && !isTime:
		for i := range v.NumField() {
			recordUnset(unseen, strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		note(v.Len() == 0)
		for i := range v.Len() {
			recordUnset(unseen, path+"[]", v.Index(i))
		}
	default:
		note(v.IsZero())
	}
}

// moment reads a time as the vendors write it.
func moment(t *testing.T, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
