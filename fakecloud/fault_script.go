package fakecloud

import (
	"cmp"
	"encoding/json"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// script is a list of faults and how often each has acted. It is safe for
// concurrent use, and a nil one has no faults.
type script struct {
	mu     sync.Mutex
	faults []*faultState
}

// faultState is a fault with its counts.
type faultState struct {
	Fault
	index    int
	matched  map[string]int  // how often each request has matched, where that matters
	seen     map[string]int  // towards From; under "" unless Each
	acted    map[string]int  // towards Times
	admitted map[rateKey]int // below Rate
}

// rateKey identifies the requests that a Rate counts together: one action of an account
// in a period.
type rateKey struct {
	account, region, action string
	window                  int64
}

// activeFault is a fault that acts on a request.
type activeFault struct {
	Fault
	nth  int // how often it has acted, this time included
	rand *rand.Rand
}

func newScript(faults []Fault) *script {
	s := &script{}
	for i, f := range faults {
		s.faults = append(s.faults, &faultState{
			Fault: f, index: i, matched: map[string]int{}, seen: map[string]int{}, acted: map[string]int{}, admitted: map[rateKey]int{},
		})
	}
	return s
}

// activeFaults yields the faults that act on the request at a stage, in their order. A
// fault counts the request when its turn comes.
func (x *exchange) activeFaults(at stage) iter.Seq[activeFault] {
	return func(yield func(activeFault) bool) {
		if x.script == nil {
			return
		}
		for _, f := range x.script.faults {
			if f.Do.spec().stage != at || !f.matches(x) {
				continue
			}
			k, acts := x.script.count(f, x)
			if !acts {
				continue
			}
			x.request.Faults = append(x.request.Faults, f.Do)
			if !yield(k) {
				return
			}
		}
	}
}

func (f Fault) matches(x *exchange) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	if !is(f.Account, x.accountName()) || !is(f.Key, x.keyID) || !is(f.Provider, x.request.Provider) ||
		!is(f.Region, x.request.Region) || !is(f.Action, x.request.Action) || f.Page != 0 && f.Page != x.pageAsked() {
		return false
	}
	if f.Do == LongURL && len(x.http.URL.RequestURI()) <= cmp.Or(f.Bytes, 8<<10) {
		return false
	}
	for name, value := range f.Params {
		if x.params[name] != value {
			return false
		}
	}
	return true
}

// pageAsked returns the number of the requested page.
func (x *exchange) pageAsked() int {
	if x.request.Provider != providerQing {
		n, err := strconv.Atoi(cmp.Or(x.params["PageNumber"], "1"))
		if err != nil {
			return 0
		}
		return n
	}
	offset, err := strconv.Atoi(cmp.Or(x.params["offset"], "0"))
	limit, err2 := strconv.Atoi(cmp.Or(x.params["limit"], strconv.Itoa(qingPageDefault)))
	if limit = min(limit, qingPageLimit); err != nil || err2 != nil || limit <= 0 || offset%limit != 0 {
		return 0
	}
	return offset/limit + 1
}

// count takes the request into account, and reports whether the fault acts on it.
func (s *script) count(f *faultState, x *exchange) (activeFault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	request, key := "", ""
	if f.Each || f.usesRandom() {
		request = x.requestKey()
	}
	if f.Each {
		key = request
	}
	f.matched[request]++
	f.seen[key]++
	k := activeFault{Fault: f.Fault, rand: f.newRand(request)}
	switch {
	case f.seen[key] < f.From:
	case f.Times > 0 && f.acted[key] >= f.Times:
	case f.Rate > 0 && f.withinRate(x):
	case f.Chance > 0 && k.rand.Float64() >= f.Chance:
	default:
		f.acted[key]++
		k.nth = f.acted[key]
		return k, true
	}
	return k, false
}

// usesRandom reports whether the fault leaves anything to chance.
func (f Fault) usesRandom() bool {
	return f.Chance > 0 || f.Jitter > 0 || f.Anywhere || f.Do == Garbage || f.Do == UnstableOrder
}

// withinRate reports whether the request is within the rate.
func (f *faultState) withinRate(x *exchange) bool {
	per := cmp.Or(f.Per, time.Second)
	q := rateKey{x.accountName(), x.request.Region, x.request.Action, time.Now().UnixNano() / int64(per)}
	if f.admitted[q] >= f.Rate {
		return false
	}
	if f.admitted[q] == 0 {
		for old := range f.admitted {
			if old.window < q.window {
				delete(f.admitted, old)
			}
		}
	}
	f.admitted[q]++
	return true
}

// newRand returns the random source of a request, which differs for each repetition.
func (f *faultState) newRand(request string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.Itoa(f.index) + " " + request)) // it never fails
	return rand.New(rand.NewPCG(f.Seed^h.Sum64(), uint64(f.matched[request])))
}

// requestKey identifies a request by its account and parameters. Repetitions have the
// same key.
func (x *exchange) requestKey() string {
	values := url.Values{}
	for name, value := range x.params {
		if !slices.Contains(volatileParams, name) {
			values[name] = []string{value}
		}
	}
	text, _ := json.Marshal([]string{x.accountName(), x.request.Provider, x.request.Action, x.request.Path})
	return string(text) + values.Encode()
}

// volatileParams are the parameters that differ between repetitions of a request.
var volatileParams = []string{
	"AccessKeyId", "SecurityToken", "Signature", "SignatureNonce", "Timestamp", "TimeStamp", "ClientToken",
	"access_key_id", "token", "signature", "time_stamp", "expires", "req_id",
}
