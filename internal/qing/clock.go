package qing

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the time of the server: the time of this machine plus a skew. It is safe for
// concurrent use.
type clock struct{ skew atomic.Int64 } // of the server, in nanoseconds

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.skew.Load())) }

// adjust sets the clock by the date of a response. It reports false if the response has
// no usable date.
func (c *clock) adjust(h http.Header) bool {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	c.skew.Store(int64(time.Until(date)))
	return true
}
