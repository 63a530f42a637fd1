package fakecloud

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/imagequery/imagequery/image"
)

// applyClockFaults sets the clock of the service.
func (x *exchange) applyClockFaults() {
	for k := range x.activeFaults(stageClock) {
		x.now = x.now.Add(k.Wait)
	}
}

// applyGatewayFaults applies the faults of the gateway. It reports whether the request
// passed; otherwise it returns the response or the error.
func (x *exchange) applyGatewayFaults() (a response, passed bool, broken error) {
	for k := range x.activeFaults(stageGateway) {
		x.updateLog()
		switch k.Do {
		case Latency:
			if err := sleep(x.http.Context(), k.delay()); err != nil {
				return response{}, false, err
			}
		case Hang:
			return response{}, false, waitForCancel(x.http.Context())
		case Reset:
			return response{}, false, errReset()
		case HTMLPage:
			return x.htmlPage(cmp.Or(k.Status, http.StatusBadGateway)), false, nil
		case LongURL:
			return x.htmlPage(http.StatusRequestURITooLong), false, nil
		case Replay:
			return x.replay(k.Fault), false, nil
		}
	}
	return response{}, true, nil
}

// delay is the Wait of a strike with its part of the Jitter.
func (k activeFault) delay() time.Duration { return k.Wait + randomDuration(k.rand, k.Jitter) }

func randomDuration(r *rand.Rand, limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	return time.Duration(r.Int64N(int64(limit)))
}

// wait waits, or returns why the client gave up.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// waitForCancel waits until the client cancels the request.
func waitForCancel(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// errReset is the error of a connection that was reset.
func errReset() error {
	return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}

func (x *exchange) htmlPage(status int) response {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	a := x.newResponse(status, "", net.Buffers{[]byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body bgcolor=\"white\">\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n")})
	a.header.Set("Content-Type", "text/html")
	return a
}

func (x *exchange) replay(f Fault) response {
	a := x.newResponse(cmp.Or(f.Status, http.StatusOK), "", net.Buffers{[]byte(f.Body)})
	for name, value := range f.Header {
		a.header.Set(name, value)
	}
	return a
}

// applyServiceFault applies the faults of the service, and returns the error of the
// first one.
func (x *exchange) applyServiceFault(w protocol) error {
	for k := range x.activeFaults(stageService) {
		return w.faultError(x, k.Fault)
	}
	return nil
}

// operationParams returns the parameters for the operation.
func (x *exchange) operationParams() params {
	seen := x.params
	for k := range x.activeFaults(stageParams) {
		seen = maps.Clone(seen)
		for _, name := range k.Names {
			delete(seen, name)
		}
	}
	return seen
}

func (f *rpc) faultError(x *exchange, fault Fault) error {
	switch fault.Do {
	case ExpiredToken:
		return expiredTokenError()
	case UnknownKey:
		return unknownKeyError()
	case UnknownRegion:
		if x.request.Provider == providerENS {
			return newAPIError(http.StatusBadRequest, "InvalidParameter.RegionId", "The specified parameter RegionId is not valid.")
		}
		return unknownRegionError()
	case Throttle:
		return fault.toAPIError(http.StatusBadRequest, "Throttling.User", "Request was denied due to user flow control.")
	}
	if fault.Status == http.StatusServiceUnavailable {
		return fault.toAPIError(fault.Status, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.")
	}
	return fault.toAPIError(http.StatusInternalServerError, "InternalError", "The request processing has failed due to some unknown error.")
}

func (qing) faultError(_ *exchange, fault Fault) error {
	switch fault.Do {
	case ExpiredToken:
		return qingExpiredTokenError()
	case UnknownKey:
		return qingUnknownKeyError()
	case UnknownRegion:
		return qingError(qingMalformed, "parameter [zone] is not valid")
	}
	if _, err := strconv.Atoi(fault.Code); err != nil {
		fault.Code = ""
	}
	if fault.Do == Throttle {
		return fault.toAPIError(http.StatusOK, qingQuota, "QuotaExceeded, too many requests")
	}
	return fault.toAPIError(http.StatusOK, qingInternal, "InternalError, try again later")
}

// toAPIError returns the error of a fault, with its status, code and hints.
func (f Fault) toAPIError(status int, code, message string) error {
	e := &apiError{status: cmp.Or(f.Status, status), code: cmp.Or(f.Code, code), message: cmp.Or(f.Message, message), header: http.Header{}, forced: f.Status != 0}
	if f.RetryAfter > 0 {
		e.header.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	if f.RateLimit > 0 {
		left := fmt.Sprintf("Limit:%d,Remain:0,TimeLeft:%d,Reset:%d", max(f.Rate, 1), f.RateLimit.Milliseconds(), time.Now().Add(f.RateLimit).UnixMilli())
		e.header.Set("X-Ratelimit-User-Api", left)
	}
	return e
}

// applyWorldFaults applies the faults that insert and delete images.
func (x *exchange) applyWorldFaults(l listing) {
	for k := range x.activeFaults(stageWorld) {
		_ = x.cloud.live.update(func(next *catalog) error { // the image may have been inserted or deleted already
			switch found := next.find(l); k.Do {
			case InsertImages:
				return next.addRows(x.account.Name, k.newRows(found, &x.cloud.live.copies))
			case DeleteImages:
				for _, ref := range k.refsToDelete(found) {
					next.remove(ref)
				}
			}
			return nil
		})
		x.catalog = x.cloud.live.current.Load()
	}
}

// newRows are the images to insert: those of the fault, or copies of found ones.
func (k activeFault) newRows(found []*row, copies *int) []*row {
	rows, _ := newRows(k.Images) // checked when the fault was set
	if len(k.Images) > 0 || len(found) == 0 {
		return rows
	}
	for i := range k.count() {
		like := found[k.pickIndex(len(found))]
		created := like.Created
		if !k.Anywhere && !created.IsZero() {
			created = created.Add(time.Duration(i+1) * time.Second)
		}
		*copies++
		name, _, _ := strings.Cut(like.ID, "-copy")
		rows = append(rows, like.copy(name+"-copy"+strconv.Itoa(*copies), created))
	}
	return rows
}

// pickIndex is the first, or any.
func (k activeFault) pickIndex(n int) int {
	if k.Anywhere {
		return k.rand.IntN(n)
	}
	return 0
}

// refsToDelete are the images to delete.
func (k activeFault) refsToDelete(found []*row) []image.Ref {
	var refs []image.Ref
	for _, r := range found {
		if slices.Contains(k.IDs, r.ID) {
			refs = append(refs, r.Ref)
		}
	}
	if len(k.IDs) > 0 {
		return refs
	}
	left := slices.Clone(found)
	for range min(k.count(), len(left)) {
		i := k.pickIndex(len(left))
		refs = append(refs, left[i].Ref)
		left = slices.Delete(left, i, i+1)
	}
	return refs
}

// applyPageFaults selects the rows of the page, and applies the faults of the page.
func (x *exchange) applyPageFaults(s *resultPage) {
	active := slices.Collect(x.activeFaults(stagePage))
	for _, k := range active {
		switch k.Do {
		case PageClamp:
			s.page = s.page.withMaxSize(k.Count)
		case UnstableOrder:
			s.found = shuffleTies(s.found, k.rand)
		}
	}
	s.rows = s.page.of(s.found)
	for _, k := range active {
		s.applyToTotal(k)
		s.applyToRows(k)
	}
}

func (s *resultPage) applyToTotal(k activeFault) {
	switch k.Do {
	case TotalMissing:
		s.noTotal = true
	case TotalZero:
		s.total = 0
	case TotalAdd:
		s.total += k.Count
	case TotalDrift:
		s.total += k.count() * (k.nth - 1)
	case TotalFirst:
		s.noTotal = s.page.number > 1 || s.page.offset > 0
	case PageFilter:
		s.total -= len(s.found) / k.Count
	case TotalText:
		s.paging.text = true
	case TotalNumber:
		s.paging.text = false
	}
}

func (s *resultPage) applyToRows(k activeFault) {
	switch k.Do {
	case PageCap:
		s.rows = s.rows[:min(k.Count, len(s.rows))]
	case PageShort:
		s.rows = s.rows[:max(len(s.rows)-k.count(), 0)]
	case PageEmpty:
		s.rows = nil
	case PageRepeat:
		s.rows = s.page.before().of(s.found)
	case PageFirst:
		s.rows = s.page.first().of(s.found)
	case PageExtend:
		if len(s.rows) > 0 {
			s.rows = window(s.found, s.page.start(), len(s.rows)+k.count())
		}
	case PageFilter:
		s.rows = leaveOutEvery(s.rows, s.page.start(), k.Count)
	case RepeatRows:
		s.rows = repeatRow(s.rows, s.found, k.count())
	case DuplicateRows:
		s.rows = slices.Concat(s.rows[:min(k.count(), len(s.rows))], s.rows)
	}
}

// count is the Count of a strike, 1 unless it says otherwise.
func (k activeFault) count() int {
	if k.Count == 0 {
		return 1
	}
	return k.Count
}

// shuffleTies returns the rows with those of the same creation time in random order.
func shuffleTies(rows []*row, r *rand.Rand) []*row {
	rows = slices.Clone(rows)
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Created.Equal(rows[start].Created) {
			end++
		}
		ties := rows[start:end]
		r.Shuffle(len(ties), func(i, j int) { ties[i], ties[j] = ties[j], ties[i] })
		start = end
	}
	return rows
}

// leaveOutEvery leaves out every n-th row of the listing. Start is the position of the
// first row.
func leaveOutEvery(rows []*row, start, n int) []*row {
	var out []*row
	for i, r := range rows {
		if (start+i+1)%n != 0 {
			out = append(out, r)
		}
	}
	return out
}

// repeatRow puts the first row found in place of the last n rows.
func repeatRow(rows, found []*row, n int) []*row {
	rows = slices.Clone(rows)
	for i := max(0, len(rows)-n); i < len(rows); i++ {
		rows[i] = found[0]
	}
	return rows
}
