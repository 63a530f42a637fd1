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
// These are the names of the checks and what each of them demands:
//
//   - world: Harness.World returns n distinct images, the same for the same n. At
//     least two of them have each field that Info reports, and none has another
//     field.
//   - oracle/one-field: A query with one predicate returns exactly the images that
//     match: for values that images have, for similar values, and for values that
//     no image has.
//   - oracle/two-fields: A query with two predicates returns exactly the images
//     that match both.
//   - oracle/random: A random query with up to four predicates returns exactly the
//     images that match.
//   - superset: The server never returns an image that does not match a predicate
//     that Info calls Exact. It returns such an image at least once for each
//     predicate that Info calls Superset.
//   - defaults: The empty query returns every image in scope. An image of the world
//     has each word in Info.Values.
//   - get: Get returns the image with an ID whatever its status, and NotFound if
//     there is none.
//   - check: Check returns nil for valid credentials, and a *provider.Error for
//     every documented error.
//   - paging/sizes: A listing returns each image once, with the least number of
//     requests, for worlds of no image, of one, and around one and several pages.
//   - paging/totals: A total that is missing or too low does not shorten a listing.
//     A total that is too high leads to Incomplete.
//   - paging/repeated: A server that returns the first page again and again leads
//     to Incomplete, after a bounded number of requests.
//   - paging/capped: A server that returns fewer images per page than requested
//     leaves no gap.
//   - paging/changing: If an image is inserted or deleted between two pages, also
//     the last of a page or of the listing, or the one that a page token names,
//     each other image is returned once, or the error is Incomplete.
//   - limit: A query with a limit returns the first images that match, and requests
//     no page after the last of them.
//   - stop/break: A consumer that stops after the first image causes no further
//     request.
//   - stop/before: A query with a canceled context sends nothing, and its error
//     matches context.Canceled.
//   - stop/during: A query whose deadline expires returns at once. Its error
//     matches context.DeadlineExceeded and has no Kind.
//   - range-twice: Ranging twice over the sequence of a query returns the same
//     images twice, and sends the requests twice.
//   - errors/kinds: Each documented error is a *provider.Error with its Kind, code,
//     request ID, provider, region, action and number of attempts, also in a Search
//     in which another target succeeds.
//   - errors/permanent: An error that is not temporary is not retried.
//   - retry/attempts: A temporary error is retried as often as Retry.Attempts
//     allows, and the last attempt can succeed.
//   - retry/broken: A connection reset, a body that ends early and the error page
//     of a gateway are retried, and lead to Unavailable if they continue.
//   - retry/fresh: Each attempt has new values of the parameters in Harness.Fresh.
//   - retry/hints: A retry waits as long as the server asks, but not longer than
//     Retry.MaxWait.
//   - retry/cancel: Canceling the context during a backoff ends the query at once,
//     without another attempt.
//   - budget/requests: Each attempt waits for Config.Budget, under the region of
//     Info and the action of its call, and gives its slot back when it is over.
//   - budget/holds: After a throttle, every client of the same budget waits as long
//     as the server asks before it requests the operation again.
//   - trace/attempts: The Request and Response hooks of a trace are called once for
//     each attempt, with what was sent and received, and inside a span of the attempt
//     that Trace.Start started.
//   - trace/waits: The Retry hook is called for each attempt that is retried, and
//     the Throttle hook for each wait for the budget, with the time that the wait
//     takes.
//   - config/http: New refuses an Endpoint with plain http as InvalidArgument
//     unless AllowHTTP is set or the host is loopback. The error names AllowHTTP.
//   - config/http-client: Requests go through Config.HTTPClient. Its Timeout bounds
//     an attempt, and no redirect is followed.
//   - config/user-agent: The User-Agent header of a request begins with
//     Config.UserAgent.
//   - config/attempt-timeout: An attempt without a response ends after
//     Retry.AttemptTimeout, and is retried.
//   - config/logger: Config.Logger gets at least one record, of level Debug or
//     above, for each attempt.
//   - mapping/fields: Each image equals the image of the world. Native is a JSON
//     object with Listing.KeepNative, and nil without it. An image has each field
//     that Info reports, and none has another field.
//   - mapping/types: Images stay the same if records have unknown members, numbers
//     as strings, strings as numbers, escaped characters, and null or nothing for
//     empty values.
//   - mapping/enums: An unknown word in any member of the records leaves the field
//     unset, and every image is still returned.
//   - mapping/malformed: A body that is not a response leads to BadResponse or
//     Unavailable.
//   - mapping/huge: A body of many megabytes leads to BadResponse or Unavailable.
//   - memory/aliases: Images share no memory that can be changed with other images,
//     of the same listing or of another.
//   - memory/retained: An image keeps neither the names nor the native records of
//     most other images of its page in memory.
//   - explain: A query sends the calls that Explain shows, and no others. Explain
//     sends nothing.
//   - plan: The plan of a query is the same each time. Changing a plan changes
//     neither another plan nor the query, and fetching its pages does not change a
//     call.
//   - plan/clock: The plan of a query is the same a year later.
//   - support/pushed: A predicate changes the requests if, and only if, Info calls
//     it Exact or Superset.
//   - support/none: A predicate that Info calls None is an Unsupported error that
//     names the field and SkipUnreported. With SkipUnreported the result is empty
//     and complete, and the report lists the field. Nothing is sent.
//   - secrets: Errors, logs, traces, reports, plans, images and printed values
//     contain no secret, no hidden text and no signature.
//   - concurrency: Sixteen goroutines that share a client get the same results as
//     one. The race detector finds no race.
package providertest

// checks are the checks in the order of the documentation.
var checks = []check{
	{name: "world", run: world,
		demand: "Harness.World returns n distinct images, the same for the same n. At least two of them have each field that Info reports, and none has another field.",
		why:    "A check proves nothing about a field that no image has."},
	{name: "oracle/one-field", run: oracleOneField,
		demand: "A query with one predicate returns exactly the images that match: for values that images have, for similar values, and for values that no image has.",
		why:    "A pushdown may save work, but it must not change the result."},
	{name: "oracle/two-fields", run: oracleTwoFields,
		demand: "A query with two predicates returns exactly the images that match both.",
		why:    "Parameters that work alone can exclude images when they are sent together."},
	{name: "oracle/random", run: oracleRandom,
		demand: "A random query with up to four predicates returns exactly the images that match.",
		why:    "Users combine predicates in ways that no test lists."},
	{name: "superset", run: supersetRows,
		demand: "The server never returns an image that does not match a predicate that Info calls Exact. It returns such an image at least once for each predicate that Info calls Superset.",
		why:    "The client must check again what the server widens, and Exact must mean exact."},
	{name: "defaults", run: defaults,
		demand: "The empty query returns every image in scope. An image of the world has each word in Info.Values.",
		why:    "A default of the provider that hides images makes a result silently wrong."},
	{name: "get", run: get,
		demand: "Get returns the image with an ID whatever its status, and NotFound if there is none.",
		why:    "A lookup by ID must not depend on the defaults of a listing."},
	{name: "check", run: checkClient, waits: true,
		demand: "Check returns nil for valid credentials, and a *provider.Error for every documented error.",
		why:    "Users call Check to find out whether credentials work."},
	{name: "paging/sizes", run: pagingSizes,
		demand: "A listing returns each image once, with the least number of requests, for worlds of no image, of one, and around one and several pages.",
		why:    "An error at the end of a page loses images or costs requests."},
	{name: "paging/totals", run: pagingTotals, waits: true,
		demand: "A total that is missing or too low does not shorten a listing. A total that is too high leads to Incomplete.",
		why:    "Providers state wrong totals, and a listing must be complete or an error."},
	{name: "paging/repeated", run: pagingRepeated, waits: true,
		demand: "A server that returns the first page again and again leads to Incomplete, after a bounded number of requests.",
		why:    "Such a listing must neither run for ever nor look complete."},
	{name: "paging/capped", run: pagingCapped, waits: true,
		demand: "A server that returns fewer images per page than requested leaves no gap.",
		why:    "Servers limit page sizes without saying so."},
	{name: "paging/changing", run: pagingChanging, waits: true,
		demand: "If an image is inserted or deleted between two pages, also the last of a page or of the listing, or the one that a page token names, each other image is returned once, or the error is Incomplete.",
		why:    "Images move to other pages while a listing is read."},
	{name: "limit", run: limit,
		demand: "A query with a limit returns the first images that match, and requests no page after the last of them.",
		why:    "Requests cost time and budget."},
	{name: "stop/break", run: stopBreak, waits: true,
		demand: "A consumer that stops after the first image causes no further request.",
		why:    "Requests cost time and budget."},
	{name: "stop/before", run: stopBefore,
		demand: "A query with a canceled context sends nothing, and its error matches context.Canceled.",
		why:    "A program that shuts down must not send requests."},
	{name: "stop/during", run: stopDuring, waits: true,
		demand: "A query whose deadline expires returns at once. Its error matches context.DeadlineExceeded and has no Kind.",
		why:    "A deadline must not look like the end of the listing or like a failure of the provider."},
	{name: "range-twice", run: rangeTwice,
		demand: "Ranging twice over the sequence of a query returns the same images twice, and sends the requests twice.",
		why:    "The state of an iteration must not stay in the sequence."},
	{name: "errors/kinds", run: errorKinds, waits: true,
		demand: "Each documented error is a *provider.Error with its Kind, code, request ID, provider, region, action and number of attempts, also in a Search in which another target succeeds.",
		why:    "Programs decide by the Kind, and providers find a request by its ID."},
	{name: "errors/permanent", run: errorPermanent, waits: true,
		demand: "An error that is not temporary is not retried.",
		why:    "A retry costs time, and repeated failures to authenticate can lock an account."},
	{name: "retry/attempts", run: retryAttempts, waits: true,
		demand: "A temporary error is retried as often as Retry.Attempts allows, and the last attempt can succeed.",
		why:    "Most temporary errors pass within seconds."},
	{name: "retry/broken", run: retryBroken, waits: true,
		demand: "A connection reset, a body that ends early and the error page of a gateway are retried, and lead to Unavailable if they continue.",
		why:    "An incomplete response must not become an incomplete result."},
	{name: "retry/fresh", run: retryFresh, waits: true,
		demand: "Each attempt has new values of the parameters in Harness.Fresh.",
		why:    "Providers refuse a repeated nonce, timestamp or signature."},
	{name: "retry/hints", run: retryHints, waits: true,
		demand: "A retry waits as long as the server asks, but not longer than Retry.MaxWait.",
		why:    "A server that is asked again too early refuses again."},
	{name: "retry/cancel", run: retryCancel, waits: true,
		demand: "Canceling the context during a backoff ends the query at once, without another attempt.",
		why:    "A backoff can last longer than the caller wants to wait."},
	{name: "budget/requests", run: budgetRequests, waits: true,
		demand: "Each attempt waits for Config.Budget, under the region of Info and the action of its call, and gives its slot back when it is over.",
		why:    "An adapter that goes past the budget gets the account throttled."},
	{name: "budget/holds", run: budgetHolds, waits: true,
		demand: "After a throttle, every client of the same budget waits as long as the server asks before it requests the operation again.",
		why:    "Providers throttle an account, not a client."},
	{name: "trace/attempts", run: traceAttempts, waits: true,
		demand: "The Request and Response hooks of a trace are called once for each attempt, with what was sent and received, and inside a span of the attempt that Trace.Start started.",
		why:    "Operators see requests through the hooks alone."},
	{name: "trace/waits", run: traceWaits, waits: true,
		demand: "The Retry hook is called for each attempt that is retried, and the Throttle hook for each wait for the budget, with the time that the wait takes.",
		why:    "Without them a slow query has no explanation."},
	{name: "config/http", run: configHTTP,
		demand: "New refuses an Endpoint with plain http as InvalidArgument unless AllowHTTP is set or the host is loopback. The error names AllowHTTP.",
		why:    "Plain http shows the credentials to the network."},
	{name: "config/http-client", run: configHTTPClient, waits: true,
		demand: "Requests go through Config.HTTPClient. Its Timeout bounds an attempt, and no redirect is followed.",
		why:    "Proxies, certificates and instrumentation belong to that client, and a redirect would get the credentials."},
	{name: "config/user-agent", run: configUserAgent,
		demand: "The User-Agent header of a request begins with Config.UserAgent.",
		why:    "Providers find the program that sends a request by it."},
	{name: "config/attempt-timeout", run: configAttemptTimeout, waits: true,
		demand: "An attempt without a response ends after Retry.AttemptTimeout, and is retried.",
		why:    "A server that does not respond must not use up the time of the query."},
	{name: "config/logger", run: configLogger, waits: true,
		demand: "Config.Logger gets at least one record, of level Debug or above, for each attempt.",
		why:    "A log is often the only thing left of a failure."},
	{name: "mapping/fields", run: mappingFields,
		demand: "Each image equals the image of the world. Native is a JSON object with Listing.KeepNative, and nil without it. An image has each field that Info reports, and none has another field.",
		why:    "An image must say what its provider said, no more and no less."},
	{name: "mapping/types", run: mappingTypes, waits: true,
		demand: "Images stay the same if records have unknown members, numbers as strings, strings as numbers, escaped characters, and null or nothing for empty values.",
		why:    "Providers change types without notice."},
	{name: "mapping/enums", run: mappingEnums, waits: true,
		demand: "An unknown word in any member of the records leaves the field unset, and every image is still returned.",
		why:    "Providers add words without notice."},
	{name: "mapping/malformed", run: mappingMalformed, waits: true,
		demand: "A body that is not a response leads to BadResponse or Unavailable.",
		why:    "A response that cannot be parsed must not become an empty result."},
	{name: "mapping/huge", run: mappingHuge, waits: true,
		demand: "A body of many megabytes leads to BadResponse or Unavailable.",
		why:    "A response must not exhaust the memory of the client."},
	{name: "memory/aliases", run: memoryAliases,
		demand: "Images share no memory that can be changed with other images, of the same listing or of another.",
		why:    "A caller owns the images that it gets."},
	{name: "memory/retained", run: memoryRetained,
		demand: "An image keeps neither the names nor the native records of most other images of its page in memory.",
		why:    "A program that keeps one image of each page must not hold all pages."},
	{name: "explain", run: explain,
		demand: "A query sends the calls that Explain shows, and no others. Explain sends nothing.",
		why:    "Users review a plan before they run it."},
	{name: "plan", run: plan,
		demand: "The plan of a query is the same each time. Changing a plan changes neither another plan nor the query, and fetching its pages does not change a call.",
		why:    "Clients are shared by goroutines, and plans belong to their callers."},
	{name: "plan/clock", run: planClock, waits: true,
		demand: "The plan of a query is the same a year later.",
		why:    "A plan that depends on the clock cannot be reviewed or cached."},
	{name: "support/pushed", run: supportPushed,
		demand: "A predicate changes the requests if, and only if, Info calls it Exact or Superset.",
		why:    "Users rely on Info to write queries that are cheap."},
	{name: "support/none", run: supportNone,
		demand: "A predicate that Info calls None is an Unsupported error that names the field and SkipUnreported. With SkipUnreported the result is empty and complete, and the report lists the field. Nothing is sent.",
		why:    "A predicate on a field that is never reported would match nothing without a reason."},
	{name: "secrets", run: secrets, waits: true,
		demand: "Errors, logs, traces, reports, plans, images and printed values contain no secret, no hidden text and no signature.",
		why:    "What can be printed ends up in a log."},
	{name: "concurrency", run: concurrency,
		demand: "Sixteen goroutines that share a client get the same results as one. The race detector finds no race.",
		why:    "Programs share a client."},
}
