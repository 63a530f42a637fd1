package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// attemptSpans records the spans of attempts. The hooks, and the request, get the
// number of their span as a value of their context.
type attemptSpans struct {
	started []provider.SpanInfo
	ended   []string // number and error of each span
	inside  []string // where the number of a span was seen
}

type spanNumber struct{}

func (s *attemptSpans) trace() *provider.Trace {
	return &provider.Trace{
		Start: func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			s.started = append(s.started, i)
			number := len(s.started)
			return context.WithValue(ctx, spanNumber{}, number), func(_ int, err error) {
				kind := "ok"
				if e := (*provider.Error)(nil); errors.As(err, &e) && e.Kind != 0 {
					kind = e.Kind.Error()
				} else if err != nil {
					kind = err.Error()
				}
				s.ended = append(s.ended, fmt.Sprint(number, " ", kind))
			}
		},
		Request:  func(ctx context.Context, _ provider.RequestInfo) { s.see(ctx, "request") },
		Response: func(ctx context.Context, _ provider.ResponseInfo) { s.see(ctx, "response") },
		Retry:    func(ctx context.Context, _ provider.RetryInfo) { s.see(ctx, "retry") },
		Throttle: func(ctx context.Context, _ provider.ThrottleInfo) { s.see(ctx, "throttle") },
	}
}

func (s *attemptSpans) see(ctx context.Context, place string) {
	s.inside = append(s.inside, fmt.Sprint(place, " ", ctx.Value(spanNumber{})))
}

// in returns a step that notes the span of the request.
func (s *attemptSpans) in(step roundTrip) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		s.see(r.Context(), "transport")
		return step(r)
	}
}

func TestAttemptsAreSpans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s attemptSpans
		sender := newSender(t, newScript(s.in(says(400, "slow")), s.in(fails(errors.New("reset"))), s.in(says(200, "ok"))), provider.Config{})
		if err := sender.Do(provider.WithTrace(t.Context(), s.trace()), request()); err != nil {
			t.Fatal(err)
		}
		var want []provider.SpanInfo
		for n := range 3 {
			want = append(want, provider.SpanInfo{
				Kind: provider.SpanAttempt, Provider: "test", Region: "r1", Action: "List", Attempt: n + 1, Method: "GET", URL: "https://api.example.com/iaas/",
			})
		}
		if diff := cmp.Diff(want, s.started); diff != "" {
			t.Errorf("started (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"1 throttled", "2 unavailable", "3 ok"}, s.ended); diff != "" {
			t.Errorf("ended (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{
			"request 1", "transport 1", "response 1", "throttle <nil>", "retry <nil>",
			"request 2", "transport 2", "response 2", "retry <nil>",
			"request 3", "transport 3", "response 3",
		}, s.inside); diff != "" {
			t.Errorf("inside (-want +got):\n%s", diff)
		}
	})
}

// Each way in which a request can end also ends its span, once.
func TestSpanOfAnAttemptEndsOnce(t *testing.T) {
	garbled := request()
	garbled.read = func([]byte) { dying() }
	for name, c := range map[string]struct {
		step roundTrip
		call call
		want string
	}{
		"cancelled":            {hangs, request(), "1 test r1 List: context deadline exceeded"},
		"cancelled in body":    {hangsInside, request(), "1 test r1 List: context deadline exceeded"},
		"panic of the server":  {dies, request(), "1 the attempt panicked"},
		"panic of the decoder": {says(200, "ok"), garbled, "1 the attempt panicked"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var s attemptSpans
			ctx, cancel := context.WithTimeout(provider.WithTrace(t.Context(), s.trace()), time.Second)
			defer cancel()
			func() {
				defer func() { _ = recover() }()
				_ = newSender(t, newScript(c.step), provider.Config{}).Do(ctx, c.call)
			}()
			if diff := cmp.Diff([]string{c.want}, s.ended); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", name, diff)
			}
		})
	}
}

// The address of a span has neither parameters nor what Sign hides.
func TestSpanShowsNoSecret(t *testing.T) {
	client, err := httpapi.New(httpapi.API{
		Name: "test", Endpoint: func(string) string { return "https://api.example.com/v2/" },
		Sign: func(a *httpapi.Attempt) error {
			a.Hide("top-secret-signature")
			a.URL = a.URL.JoinPath("signed", "top-secret-signature", a.Credentials.Token.Reveal())
			a.URL.RawQuery = "token=" + a.Credentials.Token.Reveal()
			return nil
		},
	}, provider.Config{Credentials: provider.Static("", "", "canary-token"), HTTPClient: &http.Client{Transport: newScript(says(200, "ok"))}})
	if err != nil {
		t.Fatal(err)
	}
	var s attemptSpans
	_, err = httpapi.Do(provider.WithTrace(t.Context(), s.trace()), client, httpapi.Request{Action: "List", Method: "PUT"}, func([]byte) (int, httpapi.Status, error) {
		return 0, httpapi.Status{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []provider.SpanInfo{{Kind: provider.SpanAttempt, Provider: "test", Action: "List", Attempt: 1, Method: "PUT", URL: "https://api.example.com/v2/signed/[redacted]/[redacted]"}}
	if diff := cmp.Diff(want, s.started); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
