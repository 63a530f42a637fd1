// Package httpapi sends the requests of an adapter. It retries with backoff, observes
// the budget of the account, signs or authorizes each attempt, limits the size of
// response bodies, redacts secrets, and returns errors that name provider, region and
// operation.
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
// For requests without a signature, such as those to a metadata service, Sign is nil.
// They are retried like signed ones.
package httpapi
