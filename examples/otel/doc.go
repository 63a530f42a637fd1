// Package otelimagequery instruments queries of imagequery with OpenTelemetry: spans
// that nest, and metrics. [New] returns the hooks for [provider.WithTrace]:
//
//	hooks, err := otelimagequery.New(nil, nil) // the global providers
//	ctx = provider.WithTrace(ctx, hooks)
//	for hit, err := range provider.Search(ctx, targets, query, nil) { … }
//
// # Spans
//
// A search has a span for each target, a target one for each page that it requests, and
// a page one for each attempt. The outermost span is a child of the span of the context.
// A query outside of a search has the spans of pages and attempts.
//
//	span               kind      attributes
//	imagequery.search  internal  imagequery.images
//	imagequery.target  internal  imagequery.target, imagequery.provider, cloud.region, and at its end the figures of
//	                             the report: imagequery.complete, .images, .matched, .pages, .requests, .retries, .throttle.time
//	imagequery.page    internal  imagequery.provider, cloud.region, imagequery.action, imagequery.images;
//	                             an event "throttle" or "retry" for each wait
//	POST, GET          client    http.request.method, url.full, server.address, server.port, http.response.status_code,
//	                             http.response.body.size, http.request.resend_count; imagequery.provider, cloud.region,
//	                             imagequery.action, imagequery.code, imagequery.request_id
//
// The attribute url.full has no parameters. The attribute error.type is the Kind of the
// error in snake case, such as "permission_denied", or "canceled", "deadline_exceeded" or
// "_OTHER". The status of a span that failed is Error with the text of the error. The end
// of a context by cancellation is no error of the span: a search that has found enough
// cancels pages that it requested ahead.
//
// # Metrics
//
//	metric                        unit       attributes
//	http.client.request.duration  s          http.request.method, server.address, server.port, http.response.status_code, error.type
//	http.client.active_requests   {request}  server.address, server.port
//	imagequery.requests           {request}  imagequery.target, imagequery.provider, cloud.region
//	imagequery.retries            {retry}    the same, and error.type
//	imagequery.pages              {page}     imagequery.target, imagequery.provider, cloud.region
//	imagequery.images             {image}    the same
//	imagequery.throttle.time      s          the same
//	imagequery.search.duration    s          error.type
//	imagequery.target.duration    s          imagequery.provider, cloud.region, error.type
//	imagequery.page.duration      s          the same
//
// The counters of a target equal the figures of its [provider.Report]. The throttle time
// is counted when a target of a search is done: the time during which at least one of its
// requests waited. Outside of a search it is not counted, and imagequery.target is empty.
// A process that searches more than 2,000 targets reaches the default limit of the SDK
// for attribute sets: drop imagequery.target with a View, or raise the limit.
//
// The transport of [provider.Config].HTTPClient needs no instrumentation of its own. If it
// has one, its spans are children of those of the attempts, and it must not count
// http.client.request.duration again. It is what propagates the trace to the server.
//
// Nothing that is exported contains credentials or signatures. It contains the names of
// targets, endpoints, and error texts of the providers.
package otelimagequery
