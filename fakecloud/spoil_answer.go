package fakecloud

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

// skew sets the clock of the service.
func (x *exchange) skew() {
	for k := range x.strikes(atClock) {
		x.now = x.now.Add(k.Wait)
	}
}

// passGateway lets the faults act that need no service. It reports whether the
// request passed; if not, the answer or the error is what becomes of it.
func (x *exchange) passGateway() (a answer, passed bool, broken error) {
	for k := range x.strikes(atGateway) {
		x.learned()
		switch k.Do {
		case Latency:
			if err := pause(x.http.Context(), k.delay()); err != nil {
				return answer{}, false, err
			}
		case Hang:
			return answer{}, false, forever(x.http.Context())
		case Reset:
			return answer{}, false, errReset()
		case HTMLPage:
			return x.htmlPage(cmp.Or(k.Status, http.StatusBadGateway)), false, nil
		case Replay:
			return x.replay(k.Fault), false, nil
		}
	}
	return answer{}, true, nil
}

// delay is the Wait of a strike with its part of the Jitter.
func (k strike) delay() time.Duration { return k.Wait + part(k.rand, k.Jitter) }

func part(r *rand.Rand, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(r.Int64N(int64(most)))
}

// pause waits, or returns why the client gave up.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// forever waits until the client gives up.
func forever(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// errReset is what a client sees of a connection that was reset.
func errReset() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}

func (x *exchange) htmlPage(status int) answer {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	a := x.answer(status, "", net.Buffers{[]byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body bgcolor=\"white\">\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n")})
	a.header.Set("Content-Type", "text/html")
	return a
}

func (x *exchange) replay(f Fault) answer {
	a := x.answer(cmp.Or(f.Status, http.StatusOK), "", net.Buffers{[]byte(f.Body)})
	for name, value := range f.Header {
		a.header.Set(name, value)
	}
	return a
}

// passService lets the faults act that a service shows itself, and returns the
// refusal of the first.
func (x *exchange) passService(w wire) error {
	for k := range x.strikes(atService) {
		return w.spoil(x, k.Fault)
	}
	return nil
}

func (f *rpc) spoil(x *exchange, fault Fault) error {
	switch fault.Do {
	case ExpiredToken:
		return expiredToken()
	case UnknownKey:
		return unknownKey()
	case UnknownRegion:
		if x.request.Provider == providerENS {
			return refuse(http.StatusBadRequest, "InvalidParameter.RegionId", "The specified parameter RegionId is not valid.")
		}
		return unknownRegion()
	case Throttle:
		return fault.refusal(http.StatusBadRequest, "Throttling.User", "Request was denied due to user flow control.")
	}
	if fault.Status == http.StatusServiceUnavailable {
		return fault.refusal(fault.Status, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
	}
	return fault.refusal(http.StatusInternalServerError, "InternalError", "The request processing has failed due to some unknown error.")
}

func (qing) spoil(_ *exchange, fault Fault) error {
	switch fault.Do {
	case ExpiredToken:
		return qingEnded()
	case UnknownKey:
		return qingUnknownKey()
	case UnknownRegion:
		return refuseQing(qingMalformed, "parameter [zone] is not valid")
	}
	if _, err := strconv.Atoi(fault.Code); err != nil {
		fault.Code = ""
	}
	if fault.Do == Throttle {
		return fault.refusal(http.StatusOK, qingQuota, "QuotaExceeded, too many requests")
	}
	return fault.refusal(http.StatusOK, qingInternal, "InternalError, try again later")
}

// refusal is a fault as an error, with what it says of status, code and hints.
func (f Fault) refusal(status int, code, message string) error {
	e := &refusal{status: cmp.Or(f.Status, status), code: cmp.Or(f.Code, code), message: message, header: http.Header{}, forced: f.Status != 0}
	if f.RetryAfter > 0 {
		e.header.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	if f.RateLimit > 0 {
		left := fmt.Sprintf("Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", max(f.Rate, 1), f.RateLimit.Milliseconds(), time.Now().Add(f.RateLimit).UnixMilli())
		e.header.Set("X-Ratelimit-User-Api", left)
	}
	return e
}
