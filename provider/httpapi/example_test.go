package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// listImages is an adapter of an API with one operation and numbered pages.
type listImages struct{ client *httpapi.Client }

func (l listImages) Info() provider.Info {
	return provider.Info{Name: "example", Host: l.client.Host()}
}

func (l listImages) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "ListImages", Paging: provider.Paging{MaxSize: 100, Aligned: true}}}, nil
}

func (l listImages) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	params := url.Values{"page": {fmt.Sprint(at.Offset/at.Size + 1)}, "size": {fmt.Sprint(at.Size)}}
	return l.client.Send(ctx, c.Action, params, decodePage)
}

// decodePage decodes the body of a page, or of an error.
func decodePage(body []byte) (*provider.Page, httpapi.Status, error) {
	var content struct {
		Code, Message string
		Total         int
		Images        []struct{ ID, Name string }
	}
	err := json.Unmarshal(body, &content)
	page := &provider.Page{Total: content.Total}
	for _, m := range content.Images {
		page.Images = append(page.Images, image.Image{Ref: image.Ref{Provider: "example", ID: m.ID}, Name: m.Name})
	}
	return page, httpapi.Status{Code: content.Code, Message: content.Message}, err
}

// An adapter of an HTTP API plans calls and decodes pages. The package sends and
// retries its requests: here the server fails the first time.
func Example() {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"total": 2, "images": [{"id": "m-2", "name": "web-2"}, {"id": "m-1", "name": "web-1"}]}`)
	}))
	defer server.Close()

	login := func(context.Context) (provider.Credentials, error) {
		return provider.Credentials{Token: provider.NewSecret("made-up-token")}, nil
	}
	config := provider.Config{Endpoint: server.URL, Credentials: provider.Cache(login)}
	client, err := httpapi.New(httpapi.API{
		Name:     "example",
		Endpoint: func(string) string { return "https://api.example.com/v1/images" },
		Sign:     httpapi.Bearer,
	}, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	for m, err := range provider.New(listImages{client}, config).Images(context.Background(), image.Query{Names: []string{"web-1"}}) {
		fmt.Println(m, err)
	}
	fmt.Println(requests, "requests")
	// Output:
	// example/m-1 (web-1) <nil>
	// 2 requests
}

// A Classify function gives the error codes of an API their Kinds.
func ExampleDo() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"code": "QuotaExceeded", "message": "at most 10 requests per second"}`)
	}))
	defer server.Close()

	client, err := httpapi.New(httpapi.API{
		Name:     "example",
		Endpoint: func(string) string { return "https://api.example.com/v1/" },
		Classify: func(r *httpapi.Response) httpapi.Outcome {
			if r.Status.Code == "QuotaExceeded" {
				return httpapi.FailureOf(provider.Throttled, r.Header)
			}
			return httpapi.ByStatus(r)
		},
	}, provider.Config{Endpoint: server.URL, Retry: provider.Retry{Attempts: 3, MaxWait: time.Millisecond}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = httpapi.Do(context.Background(), client, httpapi.Request{Action: "ListImages", Path: "images"}, decodePage)
	fmt.Println(err)
	fmt.Println("throttled:", errors.Is(err, provider.Throttled))
	// Output:
	// example ListImages: throttled: QuotaExceeded: at most 10 requests per second (HTTP 400, 3 attempts)
	// throttled: true
}

func ExampleTokenHeader() {
	client, err := httpapi.New(httpapi.API{Name: "example", Sign: httpapi.TokenHeader("X-Auth-Token")}, provider.Config{
		Endpoint: "https://images.example.com/", Credentials: provider.Static("", "", "a token"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Host())
	// Output: images.example.com
}
