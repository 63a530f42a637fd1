// Package adapter is a complete adapter for an API outside of this library: GET
// /v1/images, which takes a bearer token and returns JSON by pages with tokens. Its
// test runs the conformance suite.
package adapter

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
)

// New returns a client of the API. Without Config.Credentials the environment variable
// EXAMPLE_TOKEN is read. The Kinds: [provider.InvalidArgument], [provider.Unauthenticated].
func New(c provider.Config) (*provider.Client, error) {
	api, err := httpapi.New(httpapi.API{
		Name:        "example",
		Endpoint:    func(string) string { return "https://images.example.com/" },
		Credentials: provider.Env("", "", "EXAMPLE_TOKEN"),
		Sign:        httpapi.Bearer,
		Classify:    classify,
	}, c)
	if err != nil {
		return nil, err
	}
	return provider.New(adapter{api}, c), nil
}

type adapter struct{ api *httpapi.Client }

func (a adapter) Info() provider.Info {
	info := provider.Info{Name: "example", Host: a.api.Host(), Support: map[image.Field]provider.Support{image.FieldNames: provider.Exact}}
	for _, f := range []image.Field{
		image.FieldFamilies, image.FieldSources, image.FieldOSes, image.FieldPlatforms, image.FieldOSVersions, image.FieldArchs,
		image.FieldTags, image.FieldSourceInstances, image.FieldSourceSnapshots, image.FieldResourceGroups, image.FieldVisibilities, image.FieldRegions,
	} {
		info.Support[f] = provider.None
	}
	return info
}

// Plan pushes down a single name.
func (a adapter) Plan(q image.Query) ([]provider.Call, error) {
	call := provider.Call{Action: "ListImages", Params: url.Values{}, Paging: provider.Paging{MaxSize: 100, Tokens: true}}
	if len(q.Names) == 1 {
		call.Params.Set("name", q.Names[0])
		call.Pushed = []image.Field{image.FieldNames}
	}
	return []provider.Call{call}, nil
}

func (a adapter) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	params := url.Values{"limit": {strconv.Itoa(at.Size)}, "name": c.Params["name"]}
	if at.Token != "" {
		params.Set("marker", at.Token)
	}
	return httpapi.Do(ctx, a.api, httpapi.Request{Action: c.Action, Path: "v1/images", Params: params}, decode)
}

// classify knows the code for a page token whose image is gone: the listing changed.
func classify(r *httpapi.Response) httpapi.Outcome {
	if r.Status.Code == "MarkerNotFound" {
		return httpapi.Outcome{Kind: provider.Incomplete}
	}
	return httpapi.ByStatus(r)
}

type record struct{ ID, Name, Owner, Status, Size, CreatedAt lenient.Text }

var statuses = map[string]image.Status{"queued": image.StatusPending, "active": image.StatusAvailable, "killed": image.StatusFailed}

// decode decodes a page of images, or the body of an error.
func decode(body []byte) (*provider.Page, httpapi.Status, error) {
	var content struct {
		Images                         lenient.List[record] // nil in an error
		Next, Code, Message, RequestID lenient.Text
	}
	if err := lenient.Unmarshal(body, &content); err != nil {
		return nil, httpapi.Status{}, err
	}
	status := httpapi.Status{Code: string(content.Code), Message: string(content.Message), RequestID: string(content.RequestID)}
	if content.Images == nil {
		return nil, status, errors.New("the response has no list of images")
	}
	var c lenient.Converter
	page := &provider.Page{Next: string(content.Next)}
	for _, r := range content.Images {
		page.Images = append(page.Images, image.Image{
			Ref: image.Ref{Provider: "example", ID: string(r.ID)}, Name: string(r.Name), Owner: string(r.Owner),
			Status: lenient.Enum(&c, "images.status", r.Status, statuses), SizeGiB: c.Int("images.size", r.Size), Created: c.Time("images.createdAt", r.CreatedAt),
		})
	}
	page.Unreadable = c.Unreadable
	return page, status, nil
}
