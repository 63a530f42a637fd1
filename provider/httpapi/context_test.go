package httpapi_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// stages are the stages of a request in which a context can end. Each makes a sender
// and a request that hang there for at least a minute.
var stages = map[string]struct {
	transport func() *script
	sent      int // requests before the end
	words     string
	prepare   func(c *provider.Config, r *call)
}{
	"in the budget, held": {
		transport: func() *script { return newScript(says(200, "ok")) },
		prepare: func(c *provider.Config, _ *call) {
			c.Budget.Hold(c.Region, "List", time.Now().Add(time.Minute))
		},
	},
	"in the budget, full": {
		transport: func() *script { return newScript(says(200, "ok")) },
		prepare: func(c *provider.Config, _ *call) {
			if _, _, err := c.Budget.Acquire(context.Background(), c.Region, "Other"); err != nil {
				panic(err)
			}
		},
	},
	"in the credentials": {
		transport: func() *script { return newScript(says(200, "ok")) },
		prepare: func(_ *provider.Config, r *call) {
			r.credentials = hangingCredentials
		},
	},
	"in credentials that do not notice": {
		transport: func() *script { return newScript(says(200, "ok")) },
		prepare: func(_ *provider.Config, r *call) {
			r.credentials = func(ctx context.Context) (provider.Credentials, error) {
				<-ctx.Done()
				return provider.Static("LTAIsecret", "late", "").Credentials(ctx)
			}
		},
	},
	"awaiting headers": {
		transport: func() *script { return newScript(hangs) },
		sent:      1,
	},
	"inside the body": {
		transport: func() *script { return newScript(hangsInside) },
		sent:      1,
	},
	"awaiting headers again": {
		transport: func() *script { return newScript(says(503, "busy as ever"), hangs) },
		sent:      2,
		words:     "busy as ever",
	},
	"in the backoff": {
		transport: func() *script {
			return newScript(func(*http.Request) (*http.Response, error) {
				response := answers(503, "come back later")
				response.Header.Set("Retry-After", "60")
				return response, nil
			})
		},
		sent:  1,
		words: "come back later",
	},
}

func hangingCredentials(ctx context.Context) (provider.Credentials, error) {
	<-ctx.Done()
	return provider.Credentials{}, ctx.Err()
}

func TestWaitsEndWithTheContext(t *testing.T) {
	ends := map[string]struct {
		context func(context.Context) (context.Context, context.CancelFunc)
		want    error
	}{
		"canceled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		"canceled with a cause": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(2*time.Second, func() { cancel(errors.New("lunch")) })
			return ctx, func() { cancel(nil) }
		}, context.Canceled},
		"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2*time.Second)
		}, context.DeadlineExceeded},
	}
	for stage, at := range stages {
		for how, end := range ends {
			t.Run(stage+"/"+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					c := provider.Config{Region: "r1", Budget: &provider.Budget{InFlight: 1}, Retry: provider.Retry{AttemptTimeout: 30 * time.Second}}
					r := request()
					if at.prepare != nil {
						at.prepare(&c, &r)
					}
					transport := at.transport()
					ctx, cancel := end.context(t.Context())
					defer cancel()
					start := time.Now()
					err := newSender(t, transport, c).Do(ctx, r)
					if took := time.Since(start); took != 2*time.Second {
						t.Errorf("it took %s, want the 2s until the context ends", took)
					}
					isEnd(t, err, end.want)
					if len(transport.sent()) != at.sent {
						t.Errorf("%d requests were sent, want %d", len(transport.sent()), at.sent)
					}
					if !strings.Contains(err.Error(), at.words) {
						t.Errorf("the error %q forgets %q", err, at.words)
					}
				})
			})
		}
	}
}

func TestEndedContextSendsNoRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, budget := range map[string]*provider.Budget{"no budget": nil, "budget": {InFlight: 1, PerSecond: 1}} {
		transport := newScript(says(200, "ok"))
		err := newSender(t, transport, provider.Config{Budget: budget}).Do(ctx, request())
		isEnd(t, err, context.Canceled)
		if len(transport.sent()) != 0 {
			t.Errorf("%s: %d requests were sent", name, len(transport.sent()))
		}
	}
}

func TestContextEndTakesPrecedenceOverFailures(t *testing.T) {
	for _, status := range []int{403, 503} {
		ctx, cancel := context.WithCancel(t.Context())
		r := request()
		r.read = func([]byte) { cancel() }
		c := provider.Config{Retry: provider.Retry{Attempts: 1}}
		err := newSender(t, newScript(says(status, "last words")), c).Do(ctx, r)
		isEnd(t, err, context.Canceled)
		if !strings.Contains(err.Error(), "last words") || strings.Count(err.Error(), "R-1") != 1 {
			t.Errorf("the error %q does not have what the server said, once", err)
		}
	}
}

// The timer of a connection can fire shortly before that of the context.
func TestDeadlineIsReportedIfAConnectionSeesItFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		ctx := early{late}
		err := newSender(t, fails(&net.OpError{Op: "dial", Err: errors.New("i/o timeout")}), provider.Config{}).Do(ctx, request())
		isEnd(t, err, context.DeadlineExceeded)
	})
}

// early is a context whose deadline has passed and that does not know it yet.
type early struct{ context.Context }

func (early) Deadline() (time.Time, bool) { return time.Now(), true }

func TestAttemptTimeoutIsUnavailable(t *testing.T) {
	slow := func(r *call) {
		r.credentials = hangingCredentials
	}
	for name, test := range map[string]struct {
		step      roundTrip
		own, user time.Duration // the attempt's timeout and that of the user's client
		prepare   func(*call)
		sent      int
	}{
		"headers":                       {step: hangs, own: 3 * time.Second, sent: 2},
		"body":                          {step: hangsInside, own: 3 * time.Second, sent: 2},
		"credentials":                   {step: says(200, "ok"), own: 3 * time.Second, prepare: slow},
		"headers, user's timeout":       {step: hangs, own: time.Hour, user: 3 * time.Second, sent: 2},
		"body, user's timeout":          {step: hangsInside, own: time.Hour, user: 3 * time.Second, sent: 2},
		"headers, user's larger":        {step: hangs, own: 3 * time.Second, user: time.Hour, sent: 2},
		"headers, user's is the same":   {step: hangs, own: 3 * time.Second, user: 3 * time.Second, sent: 2},
		"headers, user's and the usual": {step: hangs, user: 3 * time.Second, sent: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := newScript(test.step)
				sender := newSender(t, nil, provider.Config{
					HTTPClient: &http.Client{Transport: transport, Timeout: test.user},
					Retry:      provider.Retry{Attempts: 2, AttemptTimeout: test.own},
				})
				r := request()
				if test.prepare != nil {
					test.prepare(&r)
				}
				start := time.Now()
				err := sender.Do(t.Context(), r)
				if !errors.Is(err, provider.Unavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
					t.Errorf("error %v, want unavailable, and no end of a context", err)
				}
				if took := time.Since(start); took < 6*time.Second || took > 7*time.Second {
					t.Errorf("it took %s, want two attempts of 3s", took)
				}
				if len(transport.sent()) != test.sent || !strings.Contains(err.Error(), "3s") {
					t.Errorf("%d requests were sent, want %d: %v", len(transport.sent()), test.sent, err)
				}
			})
		})
	}
}

func TestTimeoutExcludesTheWaitForTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		budget := &provider.Budget{}
		budget.Hold("r1", "List", time.Now().Add(time.Minute))
		sender := newSender(t, nil, provider.Config{
			HTTPClient: &http.Client{Transport: newScript(says(200, "ok")), Timeout: time.Second}, Budget: budget,
		})
		if err := sender.Do(t.Context(), request()); err != nil {
			t.Error(err)
		}
	})
}

// Their errors match context.DeadlineExceeded although the context of the caller has
// not ended.
func TestTimeoutsOfTransportsAreUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, end := range []error{context.DeadlineExceeded, context.Canceled, &net.OpError{Op: "dial", Err: context.DeadlineExceeded}} {
			err := newSender(t, fails(end), provider.Config{Retry: provider.Retry{Attempts: 2}}).Do(t.Context(), request())
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || !errors.Is(err, provider.Unavailable) {
				t.Errorf("error %v, want unavailable, and no end of a context", err)
			}
			if asError(t, err).Attempts != 2 || !strings.Contains(err.Error(), end.Error()) {
				t.Errorf("error %v, want 2 attempts and the transport's words", err)
			}
		}
	})
}
