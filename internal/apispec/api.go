package apispec

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
)

// API holds the tables of one provider. [Define] prepares it; afterwards it is
// read-only.
type API[R any] struct {
	Name       string
	Operations []Operation[R] // the first one is the listing that plans use
	Record     *wire.Object[R]
	Scopes     func(image.Query) []Scope
	Unreported []image.Field            // predicates on fields that the record never has
	Values     map[image.Field][]string // see [provider.Info]
	Sources    []image.Source           // see [provider.Info]
	Defaults   []provider.Default
	Check      Check

	// All clients share these.
	pages       map[string]*wire.Page[envelope, R] // by action
	permissions map[string]string
	support     map[image.Field]provider.Support
}

// Define prepares what all clients of an API share, such as the decoders of responses.
func Define[R any](a API[R]) *API[R] {
	a.pages = make(map[string]*wire.Page[envelope, R])
	for i := range a.Operations {
		op := &a.Operations[i]
		a.pages[op.Action] = newPage(op, a.Record)
	}
	a.permissions, a.support = a.permissionsByAction(), a.supportByField()
	return &a
}

func (a *API[R]) permissionsByAction() map[string]string {
	out := map[string]string{}
	for _, op := range a.Operations {
		out[op.Action] = op.Permit.Name + ", see " + op.Permit.Page
	}
	return out
}

func (a *API[R]) supportByField() map[image.Field]provider.Support {
	out := map[image.Field]provider.Support{}
	for _, field := range image.AllFields() {
		out[field] = provider.Local
	}
	for _, field := range a.Unreported {
		out[field] = provider.None
	}
	for _, p := range a.Operations[0].Params {
		if p.Support.StrongerThan(out[p.Field]) {
			out[p.Field] = p.Support
		}
	}
	return out
}

// Operation is one documented operation.
type Operation[R any] struct {
	Action   string
	Permit   Permit
	Params   []Param              // all documented parameters
	Image    func(*R) image.Image // without Provider, and without Region if the record has none
	Envelope Envelope
	Rows     string // path of the images in a response, such as "Images.Image"
	Single   bool   // Rows is one object or null, not a list
	MaxPage  int    // the documented maximum number of images in a page; 0: the listing has one page
}

// Permit is the permission that an operation needs.
type Permit struct{ Name, Page string } // Page documents it

// Permissions returns the permission of each operation, for httpapi.API. The map is
// read-only.
func (a *API[R]) Permissions() map[string]string { return a.permissions }

// Envelope names the members around the images of a response.
type Envelope struct{ Code, Message, RequestID, Total string }

// Scope is a set of images that one listing returns, such as the system images, and
// the parameters that select it.
type Scope struct {
	Params  map[string]string
	Without []image.Field // predicates that cannot be pushed down in this scope
}

// Check is the request that verifies credentials: a listing with Params. Passed is
// the error code that also means valid credentials; it may be empty.
type Check struct {
	Params map[string]string
	Passed string
}

// Param is one documented parameter.
type Param struct {
	// Name is the documented name. "Filter.X" is an entry of a list of Filter.N.Key
	// and Filter.N.Value. An "n" between dots or at the end stands for a position.
	Name string
	Role Role
	Type Type
	Why  string // for Refused: the remedy

	// Field is the predicate that the parameter expresses. Support says how well;
	// with Local it is not sent.
	Field   image.Field
	Support provider.Support
	Encode  Encode // nil: values are sent unchanged
	Layout  Layout
	Max     int      // the largest number of values in one call, for layouts of several values; 0: no limit
	Unset   []string // the values to send, in one call, if Field is not sent
	WithIDs string   // the value to send if the query has IDs, so that no default of the provider narrows the look-up
}

// Role says from where a parameter gets its value.
type Role uint8

// The roles of parameters.
const (
	Free       Role = iota // a predicate, or the user by Query.Native
	Scoped                 // a scope, or the user by Query.Native
	Location               // the client: its region or zone
	PageNumber             // the engine
	PageSize               // the engine
	PageOffset             // the engine
	Refused                // never sent, for the reason in Why
)

// Type is the type of a parameter. Values in Query.Native must have it.
type Type uint8

// The types of parameters.
const (
	Text Type = iota
	Bool
	Int
)

// Layout says how the values of a predicate are arranged in the parameters of a call.
type Layout uint8

// The layouts of values.
const (
	OnePerCall Layout = iota
	CommaList         // a,b
	JSONArray         // ["a","b"]
	Numbered          // name.1=a, name.2=b; the name ends in ".n"
	TagPairs          // name.1.Key=a, name.1.Value=b; the name is "Tag.n.Key"
)

// isPaging reports whether the engine sets the parameter for each page.
func (r Role) isPaging() bool { return r == PageNumber || r == PageSize || r == PageOffset }

// nameOf returns the name of the first parameter with a role.
func (o *Operation[R]) nameOf(role Role) (name string, ok bool) {
	for _, p := range o.Params {
		if p.Role == role {
			return p.Name, true
		}
	}
	return "", false
}

func (o *Operation[R]) paging() provider.Paging {
	_, numbered := o.nameOf(PageNumber)
	return provider.Paging{MaxSize: o.MaxPage, Aligned: numbered}
}
