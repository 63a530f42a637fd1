package adaptertest_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// stageCases keep a request in a stage that only the end of the context ends. The cases
// of hanging servers have the other stages.
func stageCases() []hostileCase {
	all := append(dialCases(), []hostileCase{
		{name: "before the request", unsent: true},
		{name: "sending", clients: retryingClients, set: func(v *exercise) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe() // the other end does not read
				go func() {
					<-v.end
					theirs.Close() // the transport may keep a connection that comes after the cancellation
				}()
				v.reached()
				return ours, nil
			}
			v.config.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: dial}}
		}},
		{name: "in the backoff", clients: retryingClients, set: retryOften, serve: hangs(respondWith("503 Unavailable", "", "{}"))},
		{name: "throttled", clients: retryingClients, set: retryOften, serve: hangs(respondWith("429 Slow", "Retry-After: 60\n", "{}"))},
		{name: "waiting for the budget", clients: adapterClients, set: withSpent(&provider.Budget{InFlight: 1})},
		{name: "waiting for the rate", clients: adapterClients, set: withSpent(&provider.Budget{PerSecond: 0.001})},
		{name: "fetching credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = credentialsFunc(v.waitForContext)
		}},
		{name: "fetching cached credentials", clients: retryingClients, set: func(v *exercise) {
			v.config.Credentials = provider.Cache(v.waitForContext)
		}},
		{name: "while the second page hangs", clients: listingClients, set: onePerPage, serve: pagesFrom(2)},
		{name: "while prefetched pages hang", clients: listingClients, set: onePerPage, serve: pagesFrom(5)},
		{name: "between pages", clients: listingClients, set: onePerPage, serve: each(sendPage)},
	}...)
	for i := range all {
		all[i].waits = true
	}
	return all
}

// retryOften makes retries outlast the cancellation, although a backoff may be short.
func retryOften(v *exercise) {
	v.config.Retry.MaxWait, v.config.Retry.Attempts = time.Minute, 1000
}

func onePerPage(v *exercise) { v.config.Listing.PageSize = 1 }

// withSpent gives every client a budget like the given one that admits no request.
func withSpent(like *provider.Budget) func(*exercise) {
	return func(v *exercise) {
		v.config.Budget = &provider.Budget{InFlight: like.InFlight, PerSecond: like.PerSecond}
		_, _, _ = v.config.Budget.Acquire(context.Background(), "", "other")
		v.reached()
	}
}

var pagePattern = regexp.MustCompile(`\b(PageNumber|offset)=(\d+)`)

// pageOf returns the number of the requested page, from 1, if pages have one image.
func pageOf(r request) int {
	found := pagePattern.FindStringSubmatch(r.text)
	if found == nil {
		return 1
	}
	page, _ := strconv.Atoi(found[2])
	if found[1] == "offset" {
		page++
	}
	return page
}

// sendPage sends a page of one image, of a listing that does not end in a test.
func sendPage(p *peer) {
	body := strings.NewReplacer(`"TotalCount":1`, `"TotalCount":1000000`, `"total_count":1`, `"total_count":1000000`,
		`m-1`, fmt.Sprint("m-", pageOf(p.request))).Replace(p.fill("<body>"))
	send(respondWith("200 OK", "Set-Cookie: a=b\n", body))(p)
}

// pagesFrom serves the pages before one, and hangs from then on.
func pagesFrom(hangs int) func(*peer) {
	return each(func(p *peer) {
		if pageOf(p.request) < hangs {
			sendPage(p)
		}
	})
}
