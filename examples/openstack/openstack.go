// Package openstack searches the images of an OpenStack cloud: GET /v2/images of the
// Image API v2 (Glance), with tokens of the Identity API v3 (Keystone) or without any.
// README.md documents the mapping and the behaviour of the server that it allows for.
package openstack

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
)

// Name is the provider's name in references, errors and Native sections.
const Name = "openstack"

// New returns a client of the images at Config.Endpoint, such as
// "https://image.example.com/". [Login] sets the endpoint and the credentials, and
// returns the ID of the project; an empty project is unknown. Without
// Config.Credentials, requests have no token. New sends nothing. The Kinds:
// [provider.InvalidArgument].
func New(c provider.Config, project string) (*provider.Client, error) {
	api := httpapi.API{Name: Name, Classify: classify, RequestIDHeader: "X-Openstack-Request-Id"}
	if c.Credentials != nil {
		api.Sign = httpapi.TokenHeader("X-Auth-Token")
	}
	client, err := httpapi.New(api, c)
	if err != nil {
		return nil, err
	}
	return provider.New(adapter{client, c.Region, project}, c), nil
}

type adapter struct {
	api             *httpapi.Client
	region, project string
}

func (a adapter) Info() provider.Info {
	info := provider.Info{
		Name: Name, Region: a.region, Host: a.api.Host(),
		Support: map[image.Field]provider.Support{
			image.FieldFamilies: provider.None, image.FieldSourceSnapshots: provider.None, image.FieldResourceGroups: provider.None,
		},
		Values: map[image.Field][]string{
			image.FieldSources:      {"self", "system", "shared", "community"},
			image.FieldVisibilities: {"private", "shared", "public"},
			image.FieldStatuses:     {"pending", "available", "deprecated", "suspended", "failed", "deleted"},
		},
		Defaults: []provider.Default{{
			Param: "member_status", Value: "accepted", Others: "all",
			Effect: "images that other projects share, and that the project has not accepted, are left out; Native member_status=all includes them",
		}},
	}
	for _, f := range pushable {
		info.Support[f] = provider.Superset // a database may ignore case, and blanks at the end
	}
	return info
}

func (a adapter) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	params := maps.Clone(c.Params)
	params.Set("limit", strconv.Itoa(at.Size))
	if at.Token != "" {
		params.Set("marker", at.Token)
	}
	return httpapi.Do(ctx, a.api, httpapi.Request{Action: c.Action, Path: "v2/images", Params: params}, a.decode)
}

// classify knows the ways in which the server refuses the marker of an image that was
// deleted (400) or that the project may not see any more (403, 404). The page before
// had the same parameters, so that the marker is the cause.
func classify(r *httpapi.Response) httpapi.Outcome {
	hasMarker := r.Attempt.Request.Params.Has("marker")
	switch status := r.HTTPStatus; {
	case hasMarker && (status == http.StatusBadRequest || status == http.StatusForbidden || status == http.StatusNotFound):
		return httpapi.Outcome{Kind: provider.Incomplete}
	case status == http.StatusUnauthorized:
		return httpapi.Outcome{Kind: provider.Unauthenticated, Retry: httpapi.Refresh}
	case status == http.StatusRequestEntityTooLarge: // rate limits of proxies before the server
		return httpapi.FailureOf(provider.Throttled, r.Header)
	}
	return httpapi.ByStatus(r)
}

// decode decodes a page of images, or the body of an error. Of the address of the next
// page it takes the marker only, since the server writes each parameter once into it.
func (a adapter) decode(body []byte) (*provider.Page, httpapi.Status, error) {
	var content struct {
		Images              lenient.List[lenient.Object] // nil in an error
		Next, Code, Message lenient.Text
	}
	if err := lenient.Unmarshal(body, &content); err != nil {
		return nil, httpapi.Status{}, err
	}
	message := strings.TrimSpace(strings.ReplaceAll(string(content.Message), "<br />", " "))
	status := httpapi.Status{Code: string(content.Code), Message: message}
	if content.Images == nil {
		return nil, status, errors.New("the response has no list of images")
	}
	next, err := url.Parse(string(content.Next))
	if err != nil || content.Next != "" && next.Query().Get("marker") == "" {
		return nil, status, errors.New("the address of the next page has no marker")
	}
	var c lenient.Converter
	page := &provider.Page{Next: next.Query().Get("marker")}
	for _, r := range content.Images {
		page.Images = append(page.Images, a.image(&c, r))
	}
	page.Unreadable = c.Unreadable
	return page, status, nil
}
