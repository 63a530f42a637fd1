package provider

import (
	"context"
	"sync"
	"time"
)

// Forgetter is a [CredentialsProvider] that caches credentials. If a server refuses
// them before they expire, the client calls Forget and requests new ones.
type Forgetter interface {
	CredentialsProvider

	// Forget drops the credentials if they are still the cached ones.
	Forget(stale Credentials)
}

// Cache returns a provider that caches the credentials that fetch returns. They are
// fetched again three minutes before they expire, or at half of a shorter lifetime.
// Credentials without an Expires time are cached for a minute. Errors are not cached.
//
// Concurrent callers share one call of fetch. Its context has no values, and is
// cancelled when the contexts of all waiting callers have ended, so that the deadline
// of one caller does not affect the others. If fetch fails while the cached
// credentials are still valid, these are returned for up to ten seconds more.
//
// If fetch panics, every caller that waits for it panics with a [*PanicError].
//
// The Kinds are those of fetch, and [Unauthenticated] if [Credentials.Validate] refuses
// the credentials, unless they are a bearer token without a key.
func Cache(fetch func(context.Context) (Credentials, error)) Forgetter {
	return &cache{fetch: fetch}
}

type cache struct {
	fetch func(context.Context) (Credentials, error)

	mu      sync.Mutex
	cached  Credentials
	until   time.Time  // when to fetch again
	pending *fetchCall // in progress, or nil
}

// fetchCall is one call of fetch that several callers wait for.
type fetchCall struct {
	cancel  context.CancelFunc
	waiting int // guarded by the cache

	done        chan struct{}
	credentials Credentials
	err         error
	panicked    panicRecord // of fetch
}

func (c *cache) Credentials(ctx context.Context) (Credentials, error) {
	if err := ctx.Err(); err != nil {
		return Credentials{}, err
	}
	cached, f := c.join()
	if f == nil {
		return cached, nil
	}
	defer c.leave(f)
	select {
	case <-f.done:
		if e := f.panicked.first; e != nil {
			panic(e)
		}
		if end := ctx.Err(); end != nil && f.err != nil {
			return Credentials{}, end
		}
		return f.credentials, f.err
	case <-ctx.Done():
		return Credentials{}, ctx.Err()
	}
}

// join returns the cached credentials, or the fetch to wait for.
func (c *cache) join() (Credentials, *fetchCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.cached, nil
	}
	if c.pending == nil {
		c.pending = c.start()
	}
	c.pending.waiting++
	return Credentials{}, c.pending
}

func (c *cache) start() *fetchCall {
	ctx, cancel := context.WithCancel(context.Background())
	f := &fetchCall{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		credentials, err := Credentials{}, errFetchEnded
		defer func() { c.finish(f, credentials, err) }()
		defer f.panicked.record()
		credentials, err = c.fetch(ctx)
		if err == nil {
			err = credentials.Validate()
		}
	}()
	return f
}

var errFetchEnded error = &Error{Kind: Unauthenticated, Message: "the function that fetches credentials ended its goroutine instead of returning"}

// finish stores the result of a fetch, unless all callers have left.
func (c *cache) finish(f *fetchCall, credentials Credentials, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	if c.pending != f {
		return
	}
	c.pending = nil
	now := wallClock()
	switch {
	case err == nil:
		c.cached, c.until = credentials, now.Add(keepFor(now, credentials.Expires))
	case now.Before(c.cached.Expires):
		credentials, err = c.cached, nil
		c.until = now.Add(min(10*time.Second, c.cached.Expires.Sub(now)))
	}
	f.credentials, f.err = credentials, err
}

// leave removes a caller, and cancels a fetch without callers.
func (c *cache) leave(f *fetchCall) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return
	}
	f.cancel()
	if c.pending == f {
		c.pending = nil
	}
}

// Forget drops the credentials if they are still the cached ones.
func (c *cache) Forget(stale Credentials) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cached.equal(stale) {
		c.cached, c.until = Credentials{}, time.Time{}
	}
}

func (c Credentials) equal(other Credentials) bool {
	return c.AccessKeyID.Reveal() == other.AccessKeyID.Reveal() &&
		c.AccessKeySecret.Reveal() == other.AccessKeySecret.Reveal() &&
		c.Token.Reveal() == other.Token.Reveal()
}

// keepFor returns how long credentials are cached. It is always positive: on a machine
// whose clock is fast, new credentials look expired, and must not be fetched for each
// request.
func keepFor(now, expires time.Time) time.Duration {
	if expires.IsZero() {
		return time.Minute
	}
	left := expires.Sub(now)
	return max(left-3*time.Minute, left/2, time.Second)
}

// wallClock is the time without its monotonic part, which stands still while the
// machine sleeps.
func wallClock() time.Time { return time.Now().Round(0) }
