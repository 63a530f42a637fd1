package apispec

import (
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/wire"
	"github.com/imagequery/imagequery/provider"
)

// API is what an adapter knows about its provider. [Define] makes it ready for
// use, and then it never changes.
type API[R any] struct {
	Name       string
	Operations []Operation[R] // the first one is the listing that plans use
	Record     *wire.Object[R]
	Scopes     func(image.Query) []Scope
	Unreported []image.Field            // predicates on what the record never holds
	Values     map[image.Field][]string // see [provider.Info]
	Defaults   []provider.Default
	Check      Check

	pages map[string]*wire.Page[envelope, R] // by action
}

// Define prepares the tables that read the answers of an API.
func Define[R any](a API[R]) *API[R] {
	a.pages = make(map[string]*wire.Page[envelope, R])
	for i := range a.Operations {
		op := &a.Operations[i]
		a.pages[op.Action] = newPage(op, a.Record)
	}
	return &a
}

// Operation is one documented operation.
type Operation[R any] struct {
	Action   string
	Permit   Permit
	Params   []Param              // every documented one
	Image    func(*R) image.Image // without Provider, and without Region where the record has none
	Envelope Envelope
	Rows     string // path of the images in an answer, such as "Images.Image"
	Single   bool   // there is one object at Rows, or none
	MaxPage  int    // the documented maximum of images in a page; 0: there is one page
}

// Permit is the permission that an operation needs.
type Permit struct{ Name, Page string } // Page documents it

// Permissions returns the permission of each operation, for httpapi.API.
func (a *API[R]) Permissions() map[string]string {
	out := map[string]string{}
	for _, op := range a.Operations {
		out[op.Action] = op.Permit.Name + ", see " + op.Permit.Page
	}
	return out
}

// Envelope names the members around the images of an answer.
type Envelope struct{ Code, Message, RequestID, Total string }

// Scope is one way of asking that only some images answer to.
type Scope struct {
	Params  map[string]string
	Without []image.Field // predicates that cannot be pushed in it
}

// Check is the request that finds out whether credentials work: the listing with
// these parameters, and the error code that means that they do, if any.
type Check struct {
	Params map[string]string
	Passed string
}

// Param is one documented parameter.
type Param struct {
	Name string // "Filter.X" is an entry of a Filter.N.Key, Filter.N.Value list; an "n" between dots or at the end stands for a position
	Role Role
	Type Type
	Why  string // for Refused: what to do instead

	// Field is the predicate that the parameter expresses, and Support how well;
	// Local if it is better not sent.
	Field   image.Field
	Support provider.Support
	Encode  Encode // nil: every value as it is
	Layout  Layout
	Max     int      // values in one call, for layouts that take several; 0: any number
	Unset   []string // what to send where Field is not sent, in one call
	WithIDs string   // what to send where the query names IDs, so that no default of the provider narrows the look-up
}

// Role is who fills a parameter in.
type Role uint8

// The roles of parameters.
const (
	Free       Role = iota // a predicate, or the user by Query.Native
	Scoped                 // a scope, or the user by Query.Native
	Location               // the client: its region or zone
	PageNumber             // the engine
	PageSize               // the engine
	PageOffset             // the engine
	Refused                // nobody, for the reason in Why
)

// Type is what a parameter's value must look like when a user gives it.
type Type uint8

// The types of parameters.
const (
	Text Type = iota
	Bool
	Int
)

// Layout is how the values of a predicate stand in a call.
type Layout uint8

// The layouts of values.
const (
	OnePerCall Layout = iota
	CommaList         // a,b
	JSONArray         // ["a","b"]
	Numbered          // name.1=a, name.2=b; the name ends in ".n"
	TagPairs          // name.1.Key=a, name.1.Value=b; the name is "Tag.n.Key"
)

// isPaging reports whether the engine fills the parameter in page by page.
func (r Role) isPaging() bool { return r == PageNumber || r == PageSize || r == PageOffset }

func (o *Operation[R]) named(role Role) (name string, ok bool) {
	for _, p := range o.Params {
		if p.Role == role {
			return p.Name, true
		}
	}
	return "", false
}

func (o *Operation[R]) paging() provider.Paging {
	_, numbered := o.named(PageNumber)
	return provider.Paging{MaxSize: o.MaxPage, Aligned: numbered}
}
