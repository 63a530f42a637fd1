package provider

import (
	"context"
	"net/url"

	"github.com/imagequery/imagequery/image"
)

// Adapter is the seam between the engine and one image API. An adapter says
// what to ask and fetches single pages; the loop over pages, the filtering, the
// limit and the order of things belong to [Client], which is what users hold.
//
// Implementations must be safe for concurrent use.
type Adapter interface {
	// Info describes the API: its name and place, and what it can be asked.
	// It is constant for the life of the Provider.
	Info() Info

	// Plan returns the calls whose answers together hold every image of the
	// query's scope that can match. They may hold more, since the engine runs
	// [image.Query.Match] on every image; they must never hold less. Plan does
	// no I/O and reads no clock. The query is valid and normalized.
	Plan(image.Query) ([]Call, error)

	// Fetch asks for one page. It must not keep or change the call.
	Fetch(ctx context.Context, c Call, at Cursor) (*Page, error)
}

// Checker is implemented by a [Adapter] that knows a cheaper way than a listing
// to find out whether its credentials work.
type Checker interface {
	Check(context.Context) error
}

// Info describes one API at one place. It is read-only.
type Info struct {
	Name   string // of the provider, such as "aliyunecs"
	Region string // or zone; empty where the API has none
	Host   string // of the endpoint that is asked, with its port if any

	// Support says what becomes of each predicate. A field that is missing here
	// is [Local].
	Support map[image.Field]Support

	// Words lists, for a predicate with a fixed vocabulary, the values that an
	// image of this API can have. Others are not asked for. A field that is
	// missing here can have any value.
	Words map[image.Field][]string

	// Defaults are the provider's own defaults that narrow every answer.
	Defaults []Default
}

// Default is a parameter whose documented default narrows an answer.
type Default struct {
	Param, Value string
	Effect       string // what is left out, and how to have it
}

// Support is what an API can do with one predicate. The client checks every
// predicate on every image, whatever the support.
type Support uint8

// The levels of support. The zero value is Local.
const (
	Local    Support = iota // not sent; the client checks it
	None                    // the API never reports the field, so the predicate cannot be checked
	Superset                // sent; the response may hold more images than match
	Exact                   // sent; the server applies the predicate exactly
)

// StrongerThan reports whether the server does more of the filtering with s than
// with t.
func (s Support) StrongerThan(t Support) bool { return s.rank() > t.rank() }

func (s Support) rank() int {
	switch s {
	case Superset:
		return 1
	case Exact:
		return 2
	default: // nothing is sent
		return 0
	}
}

// String returns "local", "none", "superset" or "exact".
func (s Support) String() string {
	switch s {
	case None:
		return "none"
	case Superset:
		return "superset"
	case Exact:
		return "exact"
	default:
		return "local"
	}
}

// Call is one listing to ask for: an operation and its parameters, without
// paging and without credentials. It is read-only once it is made.
type Call struct {
	Action string
	Params url.Values
	Pushed []image.Field // the predicates that Params express
	Paging Paging
}

// Paging says how the pages of a [Call] are addressed. The zero value means that
// there is one page.
type Paging struct {
	MaxSize int  // the most images that one page can hold; 0: there is one page, or Tokens tell
	Aligned bool // pages have numbers, so an offset must be a multiple of the size
	Tokens  bool // pages are reached by the token of the page before, not by an offset
}

// Cursor addresses one page.
type Cursor struct {
	Offset int    // images before the page
	Size   int    // images asked for; 0 where there is only one page
	Token  string // what the server gave as [Page.Next]; empty for the first page
}

// Page is one answer.
type Page struct {
	Images    []image.Image
	Total     int    // how many images the whole listing has; 0: the server did not say
	Next      string // token of the next page, for APIs that have tokens
	RequestID string // for people who ask the provider about this answer
}
