package providertest

// checks are the rules, in the order in which they are best read.
var checks = []check{
	{name: "world", run: world, why: "a world that lacks something proves nothing about it"},

	{name: "oracle/single", run: oracleSingle, why: "what is sent to the server may save work, and must never change the answer"},
	{name: "oracle/pairs", run: oraclePairs, why: "predicates that work alone can lose images when they are sent together"},
	{name: "oracle/random", run: oracleRandom, why: "users ask what nobody thought of"},
	{name: "decoys", run: decoys, why: "a predicate that the server widens must be checked again, and one that is called exact must be exact"},
	{name: "defaults", run: defaults, why: "a provider's default that hides images makes an answer silently wrong"},
	{name: "get", run: get, why: "an image is found by its identifier in whatever state, and its absence is NotFound"},
	{name: "check", run: checkClient, waits: true, why: "who tries credentials first believes what Check says"},

	{name: "paging/sizes", run: pagingSizes, why: "each image comes once whatever the number of pages, for the least number of requests"},
	{name: "paging/totals", run: pagingTotals, waits: true, why: "totals may be missing or wrong: an answer is whole, or says that it is not"},
	{name: "paging/stuck", run: pagingStuck, waits: true, why: "a server that repeats itself must neither be asked for ever nor pass for complete"},
	{name: "paging/capped", run: pagingCapped, waits: true, why: "a server that gives less than was asked leaves no gap"},
	{name: "paging/changing", run: pagingChanging, waits: true, why: "an image that is there all the time comes once, or the answer says that it is incomplete"},
	{name: "limit", run: limit, why: "nothing is asked for beyond the last image that is wanted"},
	{name: "stop/break", run: stopBreak, waits: true, why: "who stops reading wants no more requests"},
	{name: "stop/before", run: stopBefore, why: "a context that has ended sends nothing"},
	{name: "stop/during", run: stopDuring, waits: true, why: "the end of a context is prompt, and is not mistaken for the end of the answer"},
	{name: "replay", run: replay, why: "a sequence that is ranged over twice asks twice"},

	{name: "errors/kinds", run: errorKinds, waits: true, why: "programs decide by the Kind, and people ask the provider by code and request ID, also where one of many targets fails"},
	{name: "errors/permanent", run: errorPermanent, waits: true, why: "what cannot pass is not tried again: it costs time, and may lock an account"},
	{name: "retry/attempts", run: retryAttempts, waits: true, why: "a retry is for what may pass, and ends"},
	{name: "retry/broken", run: retryBroken, waits: true, why: "half an answer is no answer"},
	{name: "retry/fresh", run: retryFresh, waits: true, why: "a repeated nonce or signature is refused as a replay"},
	{name: "retry/hints", run: retryHints, waits: true, why: "a server that says when to come back is obeyed, within reason"},
	{name: "retry/cancel", run: retryCancel, waits: true, why: "who gives up does not wait for the next attempt"},

	{name: "mapping/fields", run: mappingFields, why: "an image says what its provider said, no more and no less"},
	{name: "mapping/types", run: mappingTypes, waits: true, why: "providers change types without notice, and images must not change with them"},
	{name: "mapping/words", run: mappingWords, waits: true, why: "a word that nobody knows yet is unknown, and no failure"},
	{name: "mapping/garbage", run: mappingGarbage, waits: true, why: "what cannot be understood is an error, never an empty answer"},
	{name: "mapping/huge", run: mappingHuge, waits: true, why: "an answer without end must not take all memory"},

	{name: "explain", run: explain, why: "what Explain shows is what is sent"},
	{name: "plan", run: plan, why: "a plan depends on nothing but the query, and belongs to its caller"},
	{name: "support/pushed", run: supportPushed, why: "Info says what is sent to the server, and users rely on it"},
	{name: "support/none", run: supportNone, why: "a question that can never be answered is refused with a remedy, and sends nothing"},
	{name: "secrets", run: secrets, waits: true, why: "a credential that can be printed will be"},
	{name: "concurrency", run: concurrency, why: "a client is shared by all goroutines of a program"},
}
