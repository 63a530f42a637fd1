// Package providertest is a conformance suite for any [provider.Adapter], in this
// module or elsewhere. [Run] runs it.
//
// The suite queries a client that is connected to an emulator of its provider. It
// compares each result with the images that the emulator holds. A [Harness] tells
// the suite how to make images, how to start the emulator, and which errors the
// provider documents:
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Harness{
//			World: func(n int) []image.Image { return providertest.Images(info, n) },
//			Open:  open, // starts the emulator and returns a client of it
//			…
//		})
//	}
//
// Each check is a parallel subtest with a world of its own. A failure says what the
// client did and why it matters. go test -short runs every check with an eighth of
// the random queries.
//
// # Checks
//
// These are the names of the checks, what each of them demands, and why:
//
//   - world: Harness.World returns n distinct images, the same for the same n. At least two of
//     them have each field that Info reports, and none has another field. A check proves nothing
//     about a field that no image has.
//   - oracle/one-field: A query with one predicate returns exactly the images that match: for
//     values that images have, for similar values, and for values that no image has. A pushdown
//     may save work, but it must not change the result.
//   - oracle/two-fields: A query with two predicates returns exactly the images that match both.
//     Parameters that work alone can exclude images when they are sent together.
//   - oracle/random: A random query with up to four predicates returns exactly the images that
//     match. Users combine predicates in ways that no test lists.
//   - superset: The server never returns an image that does not match a predicate that Info calls
//     Exact. It returns such an image at least once for each predicate that Info calls Superset.
//     The client must check again what the server widens, and Exact must mean exact.
//   - defaults: The empty query returns every image in scope. An image of the world has each word
//     in Info.Values. A default of the provider that hides images makes a result silently wrong.
//   - get: Get returns the image with an ID whatever its status, and NotFound if there is none. A
//     lookup by ID must not depend on the defaults of a listing.
//   - check: Check returns nil for valid credentials, and a *provider.Error for every documented
//     error. Users call Check to find out whether credentials work.
//   - paging/sizes: A listing returns each image once, with the least number of requests, for
//     worlds of no image, of one, and around one and several pages. An error at the end of a page
//     loses images or costs requests.
//   - paging/totals: A total that is missing or too low does not shorten a listing. A total that
//     is too high leads to Incomplete. Providers state wrong totals, and a listing must be
//     complete or an error.
//   - paging/repeated: A server that returns the first page again and again leads to Incomplete,
//     after a bounded number of requests. Such a listing must neither run for ever nor look
//     complete.
//   - paging/capped: A server that returns fewer images per page than requested leaves no gap.
//     Servers limit page sizes without saying so.
//   - paging/changing: If an image is inserted or deleted between two pages, also the last of a
//     page or of the listing, or the one that a page token names, each other image is returned
//     once, or the error is Incomplete. Images move to other pages while a listing is read.
//   - limit: A query with a limit returns the first images that match, and requests no page after
//     the last of them. Requests cost time and budget.
//   - stop/break: A consumer that stops after the first image causes no further request. Requests
//     cost time and budget.
//   - stop/before: A query with a canceled context sends nothing, and its error matches
//     context.Canceled. A program that shuts down must not send requests.
//   - stop/during: A query whose deadline expires returns at once. Its error matches
//     context.DeadlineExceeded and has no Kind. A deadline must not look like the end of the
//     listing or like a failure of the provider.
//   - range-twice: Ranging twice over the sequence of a query returns the same images twice, and
//     sends the requests twice. The state of an iteration must not stay in the sequence.
//   - errors/kinds: Each documented error is a *provider.Error with its Kind, code, request ID,
//     provider, region, action and number of attempts, also in a Search in which another target
//     succeeds. Programs decide by the Kind, and providers find a request by its ID.
//   - errors/permanent: An error that is not temporary is not retried. A retry costs time, and
//     repeated failures to authenticate can lock an account.
//   - retry/attempts: A temporary error is retried as often as Retry.Attempts allows, and the last
//     attempt can succeed. Most temporary errors pass within seconds.
//   - retry/broken: A connection reset, a body that ends early and the error page of a gateway are
//     retried, and lead to Unavailable if they continue. An incomplete response must not become an
//     incomplete result.
//   - retry/fresh: Each attempt has new values of the parameters in Harness.Fresh. Providers
//     refuse a repeated nonce, timestamp or signature.
//   - retry/hints: A retry waits as long as the server asks, but not longer than Retry.MaxWait. A
//     server that is asked again too early refuses again.
//   - retry/cancel: Canceling the context during a backoff ends the query at once, without another
//     attempt. A backoff can last longer than the caller wants to wait.
//   - budget/requests: Each attempt waits for Config.Budget, under the region of Info and the
//     action of its call, and gives its slot back when it is over. An adapter that goes past the
//     budget gets the account throttled.
//   - budget/holds: After a throttle, every client of the same budget waits as long as the server
//     asks before it requests the operation again. Providers throttle an account, not a client.
//   - trace/attempts: The Request and Response hooks of a trace are called once for each attempt,
//     with what was sent and received, and inside a span of the attempt that Trace.Start started.
//     Operators see requests through the hooks alone.
//   - trace/waits: The Retry hook is called for each attempt that is retried, and the Throttle
//     hook for each wait for the budget, with the time that the wait takes. Without them a slow
//     query has no explanation.
//   - config/http: New refuses an Endpoint with plain http as InvalidArgument unless AllowHTTP is
//     set or the host is loopback. The error names AllowHTTP. Plain http shows the credentials to
//     the network.
//   - config/http-client: Requests go through Config.HTTPClient. Its Timeout bounds an attempt,
//     and no redirect is followed. Proxies, certificates and instrumentation belong to that
//     client, and a redirect would get the credentials.
//   - config/user-agent: The User-Agent header of a request begins with Config.UserAgent.
//     Providers find the program that sends a request by it.
//   - config/attempt-timeout: An attempt without a response ends after Retry.AttemptTimeout, and
//     is retried. A server that does not respond must not use up the time of the query.
//   - config/logger: Config.Logger gets at least one record, of level Debug or above, for each
//     attempt. A log is often the only thing left of a failure.
//   - mapping/fields: Each image equals the image of the world. Native is a JSON object with
//     Listing.KeepNative, and nil without it. An image has each field that Info reports, and none
//     has another field. An image must say what its provider said, no more and no less.
//   - mapping/types: Images stay the same if records have unknown members, numbers as strings,
//     strings as numbers, escaped characters, and null or nothing for empty values. Providers
//     change types without notice.
//   - mapping/enums: An unknown word in any member of the records leaves the field unset, and
//     every image is still returned. Providers add words without notice.
//   - mapping/malformed: A body that is not a response leads to BadResponse or Unavailable. A
//     response that cannot be parsed must not become an empty result.
//   - mapping/huge: A body of many megabytes leads to BadResponse or Unavailable. A response must
//     not exhaust the memory of the client.
//   - memory/aliases: Images share no memory that can be changed with other images, of the same
//     listing or of another. A caller owns the images that it gets.
//   - memory/retained: An image keeps neither the names nor the native records of most other
//     images of its page in memory. A program that keeps one image of each page must not hold all
//     pages.
//   - explain: A query sends the calls that Explain shows, and no others. Explain sends nothing.
//     Users review a plan before they run it.
//   - plan: The plan of a query is the same each time. Changing a plan changes neither another
//     plan nor the query, and fetching its pages does not change a call. Clients are shared by
//     goroutines, and plans belong to their callers.
//   - plan/clock: The plan of a query is the same a year later. A plan that depends on the clock
//     cannot be reviewed or cached.
//   - support/pushed: A predicate changes the requests if, and only if, Info calls it Exact or
//     Superset. Users rely on Info to write queries that are cheap.
//   - support/none: A predicate that Info calls None is an Unsupported error that names the field
//     and SkipUnreported. With SkipUnreported the result is empty and complete, and the report
//     lists the field. Nothing is sent. A predicate on a field that is never reported would match
//     nothing without a reason.
//   - secrets: Errors, logs, traces, reports, plans, images and printed values contain no secret,
//     no hidden text and no signature. What can be printed ends up in a log.
//   - concurrency: Sixteen goroutines that share a client get the same results as one. The race
//     detector finds no race. Programs share a client.
package providertest

import (
	_ "embed"
	"regexp"
	"strings"
)

// checks are the checks in the order of the documentation, which is the only place for
// what they demand.
var checks = []check{
	{name: "world", run: world},
	{name: "oracle/one-field", run: oracleOneField},
	{name: "oracle/two-fields", run: oracleTwoFields},
	{name: "oracle/random", run: oracleRandom},
	{name: "superset", run: supersetRows},
	{name: "defaults", run: defaults},
	{name: "get", run: get},
	{name: "check", run: checkClient, waits: true},
	{name: "paging/sizes", run: pagingSizes},
	{name: "paging/totals", run: pagingTotals, waits: true},
	{name: "paging/repeated", run: pagingRepeated, waits: true},
	{name: "paging/capped", run: pagingCapped, waits: true},
	{name: "paging/changing", run: pagingChanging, waits: true},
	{name: "limit", run: limit},
	{name: "stop/break", run: stopBreak, waits: true},
	{name: "stop/before", run: stopBefore},
	{name: "stop/during", run: stopDuring, waits: true},
	{name: "range-twice", run: rangeTwice},
	{name: "errors/kinds", run: errorKinds, waits: true},
	{name: "errors/permanent", run: errorPermanent, waits: true},
	{name: "retry/attempts", run: retryAttempts, waits: true},
	{name: "retry/broken", run: retryBroken, waits: true},
	{name: "retry/fresh", run: retryFresh, waits: true},
	{name: "retry/hints", run: retryHints, waits: true},
	{name: "retry/cancel", run: retryCancel, waits: true},
	{name: "budget/requests", run: budgetRequests, waits: true},
	{name: "budget/holds", run: budgetHolds, waits: true},
	{name: "trace/attempts", run: traceAttempts, waits: true},
	{name: "trace/waits", run: traceWaits, waits: true},
	{name: "config/http", run: configHTTP},
	{name: "config/http-client", run: configHTTPClient, waits: true},
	{name: "config/user-agent", run: configUserAgent},
	{name: "config/attempt-timeout", run: configAttemptTimeout, waits: true},
	{name: "config/logger", run: configLogger, waits: true},
	{name: "mapping/fields", run: mappingFields},
	{name: "mapping/types", run: mappingTypes, waits: true},
	{name: "mapping/enums", run: mappingEnums, waits: true},
	{name: "mapping/malformed", run: mappingMalformed, waits: true},
	{name: "mapping/huge", run: mappingHuge, waits: true},
	{name: "memory/aliases", run: memoryAliases},
	{name: "memory/retained", run: memoryRetained},
	{name: "explain", run: explain},
	{name: "plan", run: plan},
	{name: "plan/clock", run: planClock, waits: true},
	{name: "support/pushed", run: supportPushed},
	{name: "support/none", run: supportNone},
	{name: "secrets", run: secrets, waits: true},
	{name: "concurrency", run: concurrency},
}

//go:embed checks.go
var documentation string

// demand returns what the documentation says of the check.
func (c check) demand() string {
	item := regexp.MustCompile(`(?m)^//   - ` + c.name + `: (.*(?:\n//     .*)*)`).FindStringSubmatch(documentation)
	return strings.Join(strings.Fields(strings.ReplaceAll(item[1], "\n//", "")), " ")
}
