package scale

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// target is one region of one account.
type target struct {
	account, region string
	limit           limit // of the account
	images          int
	failure         int // the HTTP status of all its responses; 0: none
}

// pages is the number of requests that a listing needs.
func (t target) pages() int { return t.images/pageSize + 1 }

func (t target) name() string { return t.account + "/" + t.region }

// limit is what a provider allows an account.
type limit struct {
	requests int // in a window
	window   time.Duration
}

// limits are those that the providers document, or assumed ones where they document
// none, with the number of accounts in a hundred.
var limits = []struct {
	limit
	percent int
}{
	{limit{60, time.Minute}, 80}, // assumed, as ECS publishes none
	{limit{10, time.Minute}, 15}, // of an operation of SWAS
	{limit{2000, time.Hour}, 5},  // of QingCloud
}

// budget returns the budget of an account that needs so many requests: nine tenths of
// its limit, if they do not fit into three windows, which retries get through.
func (l limit) budget(requests int) *provider.Budget {
	if requests <= 3*l.requests {
		return new(provider.Budget)
	}
	return &provider.Budget{PerSecond: 0.9 * float64(l.requests) / l.window.Seconds()}
}

const (
	mostRegions = 40   // of an account
	mostImages  = 5000 // of a target
	skew        = 1.5  // exponent of both distributions
)

// population returns so many targets in so many accounts. Regions per account and
// images per target are Zipf distributed. Of 200 targets one lacks a permission, and
// one is unavailable.
func population(targets, accounts int) []target {
	random := rand.New(rand.NewPCG(3, 4))
	images := rand.NewZipf(random, skew, 1, mostImages-1)
	var all []target
	for account, regions := range regionsOf(random, targets, accounts) {
		of := limitAt(account % 100)
		for region := range regions {
			t := target{account: fmt.Sprintf("account-%05d", account), region: fmt.Sprintf("r-%02d", region), limit: of, images: 1 + int(images.Uint64())}
			switch random.IntN(200) {
			case 0:
				t.failure = http.StatusForbidden
			case 1:
				t.failure = http.StatusServiceUnavailable
			}
			all = append(all, t)
		}
	}
	return all
}

// regionsOf returns the number of regions of each account.
func regionsOf(random *rand.Rand, targets, accounts int) []int {
	regions := rand.NewZipf(random, skew, 1, mostRegions-1)
	of := make([]int, accounts)
	sum := 0
	for i := range of {
		of[i] = 1 + int(regions.Uint64())
		sum += of[i]
	}
	for i := 0; sum != targets; i = (i + 1) % accounts { // the drawn sum is near
		switch {
		case sum < targets && of[i] < mostRegions:
			of[i]++
			sum++
		case sum > targets && of[i] > 1:
			of[i]--
			sum--
		}
	}
	return of
}

// limitAt returns the limit of an account by a number below 100.
func limitAt(percent int) limit {
	at := slices.IndexFunc(limits, func(l struct {
		limit
		percent int
	}) bool {
		percent -= l.percent
		return percent < 0
	})
	return limits[at].limit
}
