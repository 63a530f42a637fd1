package qing

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the time as the server sees it: this machine's, and how far that is
// off. It is safe for concurrent use.
type clock struct{ skew atomic.Int64 } // of the server, in nanoseconds

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.skew.Load())) }

// adjust sets the clock by the date of a response, and reports whether it could.
func (c *clock) adjust(h http.Header) bool {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	c.skew.Store(int64(time.Until(date)))
	return true
}
