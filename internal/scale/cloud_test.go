// Package scale simulates searches of very many accounts in virtual time: the real
// shards, search, retries and budgets, over a cloud that limits the requests of each
// account. docs/scaling.md has its figures.
package scale

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const pageSize = 100

// cloud is an HTTP transport that answers for all accounts of one shard.
type cloud struct {
	targets map[string]target // by name

	mu                 sync.Mutex
	random             *rand.Rand
	windows            map[string]window // by account
	inFlight, peak     int
	requests, refusals int
	observe            func() // called now and then
}

// window counts the requests of an account since a time.
type window struct {
	began    time.Time
	requests int
}

func newCloud(targets []target, observe func()) *cloud {
	c := &cloud{targets: map[string]target{}, random: rand.New(rand.NewPCG(1, 2)), windows: map[string]window{}, observe: observe}
	for _, t := range targets {
		c.targets[t.name()] = t
	}
	return c
}

// RoundTrip answers a request after the latency of the cloud. An account that has
// used up its requests of the current window gets status 429.
func (c *cloud) RoundTrip(r *http.Request) (*http.Response, error) {
	t := c.targets[strings.TrimPrefix(path.Dir(r.URL.Path), "/")]
	latency := c.begin()
	defer c.end()
	select {
	case <-time.After(latency):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	status, body := http.StatusOK, ""
	switch {
	case !c.admit(t):
		status = http.StatusTooManyRequests
	case t.failure != 0:
		status = t.failure
	default:
		body = fmt.Sprint(r.URL.Query().Get("offset"), " ", t.images)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// begin counts a request and returns its latency, from 50 to 250 ms.
func (c *cloud) begin() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.inFlight++
	c.peak = max(c.peak, c.inFlight)
	if c.requests%256 == 1 {
		c.observe()
	}
	return 50*time.Millisecond + time.Duration(c.random.Int64N(int64(200*time.Millisecond)))
}

func (c *cloud) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
}

// admit reports whether the account of a target may send a request now. Windows are
// fixed, as those of the vendors: an account that is refused in a minute may send again
// in the next one.
func (c *cloud) admit(t target) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.windows[t.account]
	if began := time.Now().Truncate(t.limit.window); !w.began.Equal(began) {
		w = window{began: began}
	}
	w.requests++
	c.windows[t.account] = w
	if w.requests <= t.limit.requests {
		return true
	}
	c.refusals++
	return false
}

// newClient returns a client of one target, with the retries and the budget of any
// adapter that is made of package httpapi.
func (c *cloud) newClient(t target, budget *provider.Budget) (*provider.Client, error) {
	config := provider.Config{Region: t.region, Endpoint: "https://cloud.example/" + t.name(), HTTPClient: &http.Client{Transport: c}, Budget: budget}
	api, err := httpapi.New(httpapi.API{Name: "simulated", Endpoint: func(string) string { return "" }}, config)
	if err != nil {
		return nil, err
	}
	return provider.New(adapter{api, t.region}, config), nil
}

// adapter lists the images of one target. Its pages state the number of the first
// image and that of all images, so that the simulation spends its time on the search
// and not on decoding.
type adapter struct {
	api    *httpapi.Client
	region string
}

func (a adapter) Info() provider.Info {
	return provider.Info{Name: "simulated", Region: a.region, Host: a.api.Host()}
}

func (a adapter) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "ListImages", Paging: provider.Paging{MaxSize: pageSize}}}, nil
}

func (a adapter) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	params := url.Values{"offset": {strconv.Itoa(at.Offset)}}
	return httpapi.Do(ctx, a.api, httpapi.Request{Action: c.Action, Path: "images", Params: params}, a.decode)
}

func (a adapter) decode(body []byte) (*provider.Page, httpapi.Status, error) {
	offset, total, found := strings.Cut(string(body), " ")
	if !found {
		return nil, httpapi.Status{}, errors.New("the response has no images")
	}
	first, err := strconv.Atoi(offset)
	if err != nil {
		return nil, httpapi.Status{}, err
	}
	page := new(provider.Page)
	if page.Total, err = strconv.Atoi(total); err != nil {
		return nil, httpapi.Status{}, err
	}
	for n := first; n < min(first+pageSize, page.Total); n++ {
		page.Images = append(page.Images, image.Image{Ref: image.Ref{Provider: "simulated", Region: a.region, ID: "m-" + strconv.Itoa(n)}})
	}
	return page, httpapi.Status{}, nil
}
