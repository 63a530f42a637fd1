package qing_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func TestReturnCodesDecideKindAndRetries(t *testing.T) {
	const state = "check the state of the account in the provider's console"
	remedies := map[int]string{1500: state, 1600: state, 1662: state, 2400: "pay the account's balance", 4000: "check the license of the cloud", 4005: "check the license of the cloud"}
	for _, test := range []struct {
		code     int
		want     provider.Kind
		attempts int
		least    time.Duration
	}{
		{1100, provider.InvalidArgument, 1, 0},
		{1101, provider.InvalidArgument, 1, 0},
		{1200, provider.Unauthenticated, 1, 0},
		{1300, provider.Unauthenticated, 1, 0}, // these responses have no date
		{1400, provider.PermissionDenied, 1, 0},
		{1500, provider.PermissionDenied, 1, 0},
		{1600, provider.PermissionDenied, 1, 0},
		{1662, provider.PermissionDenied, 1, 0},
		{1663, provider.InvalidArgument, 1, 0},
		{2000, provider.Unauthenticated, 1, 0},
		{2100, provider.NotFound, 1, 0},
		{2110, provider.InvalidArgument, 1, 0},
		{2200, provider.InvalidArgument, 1, 0},
		{2300, provider.InvalidArgument, 1, 0},
		{2400, provider.PermissionDenied, 1, 0},
		{2500, provider.Throttled, 3, 2 * time.Minute},
		{3300, provider.InvalidArgument, 1, 0},
		{4000, provider.PermissionDenied, 1, 0},
		{4005, provider.PermissionDenied, 1, 0},
		{5000, provider.Unavailable, 3, 0},
		{5100, provider.Unavailable, 3, 0},
		{5200, provider.Unavailable, 1, 0},
		{5300, provider.Unavailable, 3, 10 * time.Second},
		{5400, provider.Unavailable, 3, 0},
		{5500, provider.Unavailable, 1, 0},
		{5600, provider.Unavailable, 1, 0},
		{5601, provider.InvalidArgument, 1, 0},
		{8000, provider.InvalidArgument, 1, 0},
		{8004, provider.InvalidArgument, 1, 0},
		{-1, provider.InvalidArgument, 1, 0},
	} {
		t.Run(fmt.Sprint(test.code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, provider.Config{Retry: provider.Retry{Attempts: 3}}, func(*http.Request) (*http.Response, error) {
					return answer(200, time.Time{}, fmt.Sprintf(`{"ret_code":%d,"message":null}`, test.code)), nil
				})
				start := time.Now()
				err := send(t, c, url.Values{"zone": {"pek3a"}})
				var got *provider.Error
				if !errors.As(err, &got) {
					t.Fatalf("error %v, want a *provider.Error", err)
				}
				want := provider.Error{
					Provider: "qingcloud", Region: "pek3a", Action: "DescribeImages", Kind: test.want,
					HTTPStatus: 200, Code: fmt.Sprint(test.code), Attempts: test.attempts,
					Remedy: remedies[test.code],
				}
				if diff := cmp.Diff(want, *got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if took := time.Since(start); took < test.least {
					t.Errorf("gave up after %v, want %v at least", took, test.least)
				}
			})
		})
	}
}

func TestBodiesWithoutCodesAreClassifiedByStatus(t *testing.T) {
	const html = "<html><body>bad gateway</body></html>"
	for _, test := range []struct {
		name     string
		status   int
		body     string
		want     provider.Kind
		attempts int
	}{
		{"a gateway's page", 502, html, provider.Unavailable, 2},
		{"a page in a success", 200, html, provider.BadResponse, 2},
		{"the answer of another operation", 200, `{"ret_code":0,"total_count":3,"instance_set":[]}`, provider.BadResponse, 2},
		{"a body that is cut off", 200, emptyPage[:40], provider.Unavailable, 2},
		{"nothing", 200, "", provider.Unavailable, 2},
		{"too many requests", 429, html, provider.Throttled, 2},
		{"a timeout of the gateway", 408, "", provider.Unavailable, 2},
		{"unauthorized", 401, html, provider.Unauthenticated, 1},
		{"forbidden", 403, html, provider.PermissionDenied, 1},
		{"not found", 404, html, provider.InvalidArgument, 1},
		{"a redirect", 302, "", provider.BadResponse, 1},
		{"a code in a failure", 500, `{"ret_code":1400,"message":"no"}`, provider.PermissionDenied, 1},
		{"an unknown code in a failure", 503, `{"ret_code":9999,"message":"no"}`, provider.Unavailable, 2},
		{"a success in a failure", 500, emptyPage, provider.Unavailable, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, provider.Config{Retry: provider.Retry{Attempts: 2}}, func(*http.Request) (*http.Response, error) {
					return answer(test.status, time.Time{}, test.body), nil
				})
				var got *provider.Error
				err := send(t, c, nil)
				if !errors.As(err, &got) || got.Kind != test.want || got.Attempts != test.attempts || got.HTTPStatus != test.status {
					t.Errorf("error %v, want %v after %d attempts", err, test.want, test.attempts)
				}
			})
		})
	}
}

// Without an ID in the request, the code is an error.
func TestMissingImageIsAnEmptyListing(t *testing.T) {
	for _, test := range []struct {
		params url.Values
		want   error
	}{
		{url.Values{"images.1": {"img-1"}}, nil},
		{url.Values{"tags.1": {"tag-1"}}, provider.NotFound},
		{nil, provider.NotFound},
	} {
		c := newClient(t, provider.Config{}, func(*http.Request) (*http.Response, error) {
			return answer(200, time.Time{}, `{"ret_code":2100,"message":"ResourceNotFound, resource [img-1] does not exist"}`), nil
		})
		if err := send(t, c, test.params); !errors.Is(err, test.want) {
			t.Errorf("%v: error %v, want %v", test.params, err, test.want)
		}
	}
}

func TestCanceledContextHasNoKind(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newClient(t, provider.Config{}, func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, r.Context().Err()
	})
	_, err := c.Send(ctx, "DescribeImages", nil, func([]byte) (*provider.Page, httpapi.Status, error) { return nil, httpapi.Status{}, nil })
	var e *provider.Error
	if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Kind != 0 {
		t.Errorf("error %v, want canceled and no kind", err)
	}
}

func TestEchoedSecretsAreRedacted(t *testing.T) {
	c := newClient(t, provider.Config{}, func(r *http.Request) (*http.Response, error) {
		return answer(200, time.Time{}, fmt.Sprintf(`{"ret_code":1200,"message":%q}`, "bad "+r.URL.String()+" "+keyID+" "+secret+" "+token)), nil
	})
	err := send(t, c, nil)
	if !errors.Is(err, provider.Unauthenticated) {
		t.Fatalf("error %v, want unauthenticated", err)
	}
	for _, hidden := range []string{keyID, secret, token, url.QueryEscape(token)} {
		if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, hidden) {
			t.Errorf("%s is in %s", hidden, text)
		}
	}
}
