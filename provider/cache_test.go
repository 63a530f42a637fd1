package provider_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// issuer returns numbered credentials, which live for a time, after a delay.
type issuer struct {
	validity time.Duration // 0: not known
	delay    time.Duration
	fail     atomic.Pointer[error]
	count    atomic.Int32
}

func (i *issuer) fetch(ctx context.Context) (provider.Credentials, error) {
	n := i.count.Add(1)
	select {
	case <-time.After(i.delay):
	case <-ctx.Done():
		return provider.Credentials{}, ctx.Err()
	}
	if err := i.fail.Load(); err != nil {
		return provider.Credentials{}, *err
	}
	return issued(int(n), i.validity), nil
}

func issued(n int, validity time.Duration) provider.Credentials {
	c := provider.Credentials{
		AccessKeyID:     provider.NewSecret(fmt.Sprint("id", n)),
		AccessKeySecret: provider.NewSecret("secret"),
		Token:           provider.NewSecret("token"),
	}
	if validity != 0 {
		c.Expires = time.Now().Add(validity)
	}
	return c
}

// ask returns which of the issued credentials a provider has.
func ask(t *testing.T, from provider.CredentialsProvider) string {
	t.Helper()
	c, err := from.Credentials(t.Context())
	if err != nil {
		t.Error(err)
	}
	return c.AccessKeyID.Reveal()
}

func TestCacheKeepsCredentialsUntilShortlyBeforeTheyExpire(t *testing.T) {
	const short = time.Millisecond
	for name, test := range map[string]struct {
		validity time.Duration
		after    map[time.Duration]string
	}{
		"an hour":     {time.Hour, map[time.Duration]string{57*time.Minute - short: "id1", 57 * time.Minute: "id2"}},
		"minutes":     {4 * time.Minute, map[time.Duration]string{2*time.Minute - short: "id1", 2 * time.Minute: "id2"}},
		"unknown":     {0, map[time.Duration]string{time.Minute - short: "id1", time.Minute: "id2"}},
		"expired":     {-time.Hour, map[time.Duration]string{time.Second - short: "id1", time.Second: "id2"}},
		"a long time": {1000 * time.Hour, map[time.Duration]string{999 * time.Hour: "id1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for after, want := range test.after {
				synctest.Test(t, func(t *testing.T) {
					cache := provider.Cache((&issuer{validity: test.validity}).fetch)
					ask(t, cache)
					time.Sleep(after)
					if got := ask(t, cache); got != want {
						t.Errorf("after %s: %s, want %s", after, got, want)
					}
				})
			}
		})
	}
}

func TestCacheSharesOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := &issuer{delay: time.Second}
		cache := provider.Cache(from.fetch)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() { ask(t, cache) })
		}
		all.Wait()
		if n := from.count.Load(); n != 1 {
			t.Errorf("%d fetches for 64 callers, want 1", n)
		}
	})
}

func TestCacheFetchContinuesUntilTheLastCallerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := &issuer{delay: time.Minute}
		cache := provider.Cache(from.fetch)
		start := time.Now()
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		patient := make(chan string)
		go func() { patient <- ask(t, cache) }()
		if _, err := cache.Credentials(hasty); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("error %v after %s, want the caller's deadline", err, time.Since(start))
		}
		if got := <-patient; got != "id1" || from.count.Load() != 1 {
			t.Errorf("%s after %d fetches, want the first one's", got, from.count.Load())
		}
	})
}

func TestCacheStartsANewFetchAfterAnAbandonedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := make(chan error, 1)
		calls := 0
		cache := provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
			if calls++; calls > 1 {
				return issued(calls, 0), nil
			}
			<-ctx.Done()
			stopped <- ctx.Err()
			return issued(calls, 0), nil
		})
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := cache.Credentials(hasty); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the caller's deadline", err)
		}
		if err := <-stopped; !errors.Is(err, context.Canceled) {
			t.Errorf("the fetch ended with %v", err)
		}
		synctest.Wait()
		if got := ask(t, cache); got != "id2" {
			t.Errorf("%s, want those of a new fetch", got)
		}
	})
}

func TestCacheEndedContextDoesNotFetch(t *testing.T) {
	from := &issuer{}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := provider.Cache(from.fetch).Credentials(ended); !errors.Is(err, context.Canceled) || from.count.Load() != 0 {
		t.Errorf("error %v after %d fetches, want canceled before any", err, from.count.Load())
	}
}

func TestCacheKeepsNoFailure(t *testing.T) {
	failure := errors.New("no luck")
	from := &issuer{}
	from.fail.Store(&failure)
	cache := provider.Cache(from.fetch)
	if _, err := cache.Credentials(t.Context()); !errors.Is(err, failure) {
		t.Errorf("error %v, want that of the fetch", err)
	}
	from.fail.Store(nil)
	if got := ask(t, cache); got != "id2" {
		t.Errorf("%s, want those of the second fetch", got)
	}
}

func TestCacheRefusesEmptyKeys(t *testing.T) {
	cache := provider.Cache(func(context.Context) (provider.Credentials, error) {
		return provider.Credentials{AccessKeyID: provider.NewSecret("id")}, nil
	})
	_, err := cache.Credentials(t.Context())
	checkUnauthenticated(t, err, "empty")
}

func TestCacheReturnsValidCredentialsAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("down")
		from := &issuer{validity: time.Hour}
		cache := provider.Cache(from.fetch)
		ask(t, cache)
		from.fail.Store(&failure)
		var got []string
		for _, later := range []time.Duration{57 * time.Minute, 9 * time.Second, 9 * time.Second} {
			time.Sleep(later)
			got = append(got, fmt.Sprint(ask(t, cache), " of ", from.count.Load()))
		}
		if diff := cmp.Diff([]string{"id1 of 2", "id1 of 2", "id1 of 3"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		time.Sleep(3 * time.Minute)
		if _, err := cache.Credentials(t.Context()); !errors.Is(err, failure) {
			t.Errorf("error %v of expired credentials, want that of the fetch", err)
		}
	})
}

func TestForgetDropsOnlyTheCachedCredentials(t *testing.T) {
	cache := provider.Cache((&issuer{validity: time.Hour}).fetch)
	first, err := cache.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := first
	other.Token = provider.NewSecret("another")
	cache.Forget(other)
	if got := ask(t, cache); got != "id1" {
		t.Errorf("%s after others were forgotten, want id1", got)
	}
	cache.Forget(first)
	if got := ask(t, cache); got != "id2" {
		t.Errorf("%s after the first were forgotten, want id2", got)
	}
	cache.Forget(first)
	if got := ask(t, cache); got != "id2" {
		t.Errorf("%s after the first were forgotten again, want id2", got)
	}
}

func TestCacheShowsNoSecret(t *testing.T) {
	cache := provider.Cache(provider.Static(canary, canary, canary).Credentials)
	ask(t, cache)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(format, cache); leaks(text) {
			t.Errorf("%s shows the secret", format)
		}
	}
}

func BenchmarkCache(b *testing.B) {
	cache := provider.Cache(func(context.Context) (provider.Credentials, error) { return issued(1, time.Hour), nil })
	for b.Loop() {
		if _, err := cache.Credentials(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// A fetch that ends its goroutine counts as a panic.
func TestCacheRaisesPanicsForAllWaiters(t *testing.T) {
	for name, fetch := range map[string]func(){
		"panic":  func() { panic("no vault") },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				cache := provider.Cache(func(context.Context) (provider.Credentials, error) {
					if calls++; calls > 1 {
						return provider.Static("id", "secret", "").Credentials(t.Context())
					}
					time.Sleep(time.Second)
					fetch()
					return provider.Credentials{}, nil
				})
				var raised, failed atomic.Int32
				var waiters sync.WaitGroup
				for range 3 {
					waiters.Go(func() {
						defer func() {
							if e, ok := recover().(*provider.PanicError); ok && e.Value == "no vault" && len(e.Stack) > 0 {
								raised.Add(1)
							}
						}()
						if _, err := cache.Credentials(t.Context()); errors.Is(err, provider.Unauthenticated) {
							failed.Add(1)
						}
					})
				}
				waiters.Wait()
				if got := map[string]int32{"panic": raised.Load(), "goexit": failed.Load()}[name]; got != 3 {
					t.Errorf("%d of 3 waiters learned of it", got)
				}
				if _, err := cache.Credentials(t.Context()); err != nil || calls != 2 {
					t.Errorf("the next caller: error %v after %d calls, want new credentials", err, calls)
				}
			})
		})
	}
}

// slowContext is a context whose caller waits for it late.
type slowContext struct {
	context.Context
	wait func()
}

func (c slowContext) Done() <-chan struct{} {
	c.wait()
	return c.Context.Done()
}

// Both the end of the context and the failure are there when the caller looks.
func TestCacheReportsTheEndOfTheContextBeforeAFailure(t *testing.T) {
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan bool)
		c := provider.Cache(func(context.Context) (provider.Credentials, error) {
			defer close(failed)
			cancel()
			return provider.Credentials{}, &provider.Error{Kind: provider.Unavailable, Message: "too late"}
		})
		_, err := c.Credentials(slowContext{ctx, func() {
			<-failed
			for range 100 {
				runtime.Gosched()
			}
		}})
		if !errors.Is(err, context.Canceled) || errors.Is(err, provider.Unavailable) {
			t.Fatalf("error %v, want that of the context", err)
		}
	}
}
