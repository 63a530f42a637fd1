// Package httpapi is what an adapter of an HTTP image API needs below its tables:
// attempts and backoff, the budget of the account, signing or authorization of
// each attempt, bounded reading of response bodies, redaction, and errors that
// name provider, region and operation.
//
// An adapter describes its protocol once, as an [API], makes a [Client] with
// [New], and calls [Do] for each request:
//
//	client, err := httpapi.New(httpapi.API{
//		Name:     "example",
//		Endpoint: func(region string) string { return "https://api.example.com/" },
//		Sign:     httpapi.Bearer,
//	}, config)
//	page, err := httpapi.Do(ctx, client, httpapi.Request{Action: "ListImages", Path: "v1/images", Params: params}, decode)
//
// A request without signature, such as one to a metadata service, uses an API
// whose Sign is nil. It is retried like any other.
package httpapi
