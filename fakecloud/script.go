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
	faults []*armed
}

// armed is a fault with its counts, by what is counted apart.
type armed struct {
	Fault
	index  int
	asked  map[string]int // how often each request has matched, where that matters
	seen   map[string]int // towards From; under "" unless Each
	acted  map[string]int // towards Times
	passed map[quota]int  // below Rate
}

// quota is what a Rate counts: one action of an account in a span of time.
type quota struct {
	account, region, action string
	span                    int64
}

// strike is a fault that acts on a request.
type strike struct {
	Fault
	nth  int // how often it has acted, this time included
	rand *rand.Rand
}

func newScript(faults []Fault) *script {
	s := &script{}
	for i, f := range faults {
		s.faults = append(s.faults, &armed{
			Fault: f, index: i, asked: map[string]int{}, seen: map[string]int{}, acted: map[string]int{}, passed: map[quota]int{},
		})
	}
	return s
}

// strikes yields the faults that act on the request at a stage, in their order. A
// fault counts the request when its turn comes.
func (x *exchange) strikes(at stage) iter.Seq[strike] {
	return func(yield func(strike) bool) {
		if x.script == nil {
			return
		}
		for _, f := range x.script.faults {
			if f.Do.trait().stage != at || !f.matches(x) {
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
	if !is(f.Account, x.claimed()) || !is(f.Key, x.keyID) || !is(f.Provider, x.request.Provider) ||
		!is(f.Region, x.request.Region) || !is(f.Action, x.request.Action) || f.Page != 0 && f.Page != x.pageAsked() {
		return false
	}
	for name, value := range f.Params {
		if x.params[name] != value {
			return false
		}
	}
	return true
}

// pageAsked is the number of the page that a request asks for.
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
func (s *script) count(f *armed, x *exchange) (strike, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, key := "", ""
	if f.Each || f.draws() {
		asked = x.asked()
	}
	if f.Each {
		key = asked
	}
	f.asked[asked]++
	f.seen[key]++
	k := strike{Fault: f.Fault, rand: f.chance(asked)}
	switch {
	case f.seen[key] < f.From:
	case f.Times > 0 && f.acted[key] >= f.Times:
	case f.Rate > 0 && f.lets(x):
	case f.Chance > 0 && k.rand.Float64() >= f.Chance:
	default:
		f.acted[key]++
		k.nth = f.acted[key]
		return k, true
	}
	return k, false
}

// draws reports whether the fault leaves anything to chance.
func (f Fault) draws() bool { return f.Chance > 0 || f.Jitter > 0 || f.Anywhere || f.Do == Garbage }

// lets reports whether the request is within the rate.
func (f *armed) lets(x *exchange) bool {
	per := cmp.Or(f.Per, time.Second)
	q := quota{x.claimed(), x.request.Region, x.request.Action, time.Now().UnixNano() / int64(per)}
	if f.passed[q] >= f.Rate {
		return false
	}
	if f.passed[q] == 0 {
		for old := range f.passed {
			if old.span < q.span {
				delete(f.passed, old)
			}
		}
	}
	f.passed[q]++
	return true
}

// chance is the source of chance for what is asked, which is another each time.
func (f *armed) chance(asked string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.Itoa(f.index) + " " + asked)) // it never fails
	return rand.New(rand.NewPCG(f.Seed^h.Sum64(), uint64(f.asked[asked])))
}

// asked says what a request asks, and for whom. Repetitions of it are the same.
func (x *exchange) asked() string {
	values := url.Values{}
	for name, value := range x.params {
		if !slices.Contains(passing, name) {
			values[name] = []string{value}
		}
	}
	text, _ := json.Marshal([]string{x.claimed(), x.request.Provider, x.request.Action, x.request.Path})
	return string(text) + values.Encode()
}

// passing are the parameters that differ between repetitions of a request.
var passing = []string{
	"AccessKeyId", "SecurityToken", "Signature", "SignatureNonce", "Timestamp", "TimeStamp", "ClientToken",
	"access_key_id", "token", "signature", "time_stamp", "expires", "req_id",
}
