package fakecloud

import (
	"sync"
	"time"
)

// nonceMemory remembers the nonces of signed requests for as long as their
// timestamps would be accepted. It is safe for concurrent use.
type nonceMemory struct {
	mu    sync.Mutex
	until map[nonce]time.Time
	swept time.Time
}

type nonce struct{ key, text string }

// use reports whether the nonce is new, and remembers it until the given time.
func (m *nonceMemory) use(n nonce, now, until time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	if known, used := m.until[n]; used && !now.After(known) {
		return false
	}
	if m.until == nil {
		m.until = map[nonce]time.Time{}
	}
	m.until[n] = until
	return true
}

// sweep forgets, once a minute, what no longer matters.
func (m *nonceMemory) sweep(now time.Time) {
	if age := now.Sub(m.swept); 0 <= age && age < time.Minute {
		return
	}
	m.swept = now
	for n, until := range m.until {
		if now.After(until) {
			delete(m.until, n)
		}
	}
}
