package fakecloud_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func signedGet(ctx context.Context) *http.Request {
	return get(ctx, ecsHost, signRPC("GET", "secret", add(common("key", "2014-05-26", "DescribeImages"), "RegionId=cn-hangzhou")))
}

func TestTransportRespondsAsTheServerDoes(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	server, err := cloud.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	read := func(rt http.RoundTripper, host string) *http.Response {
		r := signedGet(t.Context())
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(host, "http://")
		resp, err := rt.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if int64(len(body)) != resp.ContentLength {
			t.Errorf("Content-Length %d, body of %d", resp.ContentLength, len(body))
		}
		for _, name := range []string{"X-Acs-Request-Id", "X-Acs-Trace-Id"} {
			if resp.Header.Get(name) == "" {
				t.Errorf("no %s", name)
			}
			resp.Header.Del(name)
		}
		return resp
	}
	want, got := read(&http.Transport{DisableKeepAlives: true}, server.URL()), read(cloud.Transport(), "anywhere.example")
	want.Header.Del("Connection")
	type facts struct {
		Status, Proto string
		Code          int
		Length        int64
		Encoding      []string
		Header        http.Header
	}
	of := func(r *http.Response) facts {
		return facts{r.Status, r.Proto, r.StatusCode, r.ContentLength, r.TransferEncoding, r.Header}
	}
	if diff := cmp.Diff(of(want), of(got)); diff != "" {
		t.Errorf("response differs (-server +transport):\n%s", diff)
	}
}

func TestTransportEndsWithTheContext(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	resp, err := cloud.Transport().RoundTrip(signedGet(ctx))
	if err != nil {
		t.Fatal(err)
	}
	cancel(cause)
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, cause) {
		t.Errorf("reading the body: %v, want %v", err, cause)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if _, err := cloud.Transport().RoundTrip(signedGet(ctx)); !errors.Is(err, cause) {
		t.Errorf("next request: %v, want %v", err, cause)
	}
	if n := len(cloud.Requests()); n != 1 {
		t.Errorf("%d requests arrived, want 1", n)
	}
}

func TestConcurrentRequestsAreServed(t *testing.T) {
	cloud := newCloud(t, ecsWorld())
	seen := sync.Map{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 5 {
				got := send(t, cloud.Transport(), signedGet(t.Context()))
				if _, again := seen.LoadOrStore(got.body["RequestId"], true); again || got.status != 200 {
					t.Errorf("request id again, or %v", got.body)
				}
				cloud.Requests()
			}
		})
	}
	wg.Wait()
	if n := len(cloud.Requests()); n != 80 {
		t.Errorf("%d requests logged, want 80", n)
	}
}
