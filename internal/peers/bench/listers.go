package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/imagequery/imagequery/internal/peers/vendors"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
)

// lister reads a whole listing, and returns how many images it had.
type lister struct {
	name string
	list func(target) (int, error)
}

// target is where a lister asks. The transport is nil but in memory.
type target struct {
	url       string
	total     int
	transport http.RoundTripper
}

func (to target) account(a api) vendors.Account {
	return vendors.Account{
		URL: to.url, Region: a.region, KeyID: worlds.Key, Secret: worlds.Key + worlds.Suffix, Transport: to.transport,
	}
}

// ours streams a listing with our client.
func ours(a api, name string, c provider.Config) lister {
	return lister{name, func(to target) (images int, err error) {
		client, err := to.ours(a, c)
		if err != nil {
			return 0, err
		}
		for _, err := range client.Images(context.Background(), a.query) {
			if err != nil {
				return images, err
			}
			images++
		}
		return images, nil
	}}
}

func (to target) ours(a api, c provider.Config) (*provider.Client, error) {
	c.Endpoint = to.url + a.path
	if to.transport != nil {
		c.HTTPClient = &http.Client{Transport: to.transport}
	}
	return a.client(c)
}

// run runs a lister, which must find every image.
func (l lister) run(to target) variant {
	return func() error {
		images, err := l.list(to)
		if err == nil && images != to.total {
			err = fmt.Errorf("%d images came", images)
		}
		if err != nil {
			return fmt.Errorf("%s, %d images: %w", l.name, to.total, err)
		}
		return nil
	}
}

// summaryOf is the summary of the lister with a name, which must be one of them.
func summaryOf(name string, listers []lister, samples []summary) summary {
	return samples[slices.IndexFunc(listers, func(l lister) bool { return l.name == name })]
}
