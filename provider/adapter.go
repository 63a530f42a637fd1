package provider

import (
	"context"
	"net/url"

	"github.com/imagequery/imagequery/image"
)

// Adapter connects [Client] to one image API. An adapter plans which requests a
// query needs and fetches single pages. The client scans the pages, filters,
// deduplicates and applies the limit.
//
// An adapter must be safe for concurrent use. It must also meet these demands.
// Package httpapi meets those about requests and errors for any HTTP API, and the
// conformance suite in package providertest checks all of them.
//
//   - A plan requests every image in the scope of its query that can match. It
//     overrides the defaults of the provider that hide images, or lists them in
//     Info.Defaults.
//   - An error of Fetch is an [*Error] with its Kind, and with the provider, region,
//     action, code, request ID and number of attempts. If the context ended, the
//     error matches the error of the context and has no Kind. Fetch then returns at
//     once.
//   - Throttled and Unavailable are retried as [Config].Retry says, also if the
//     connection broke within the body. A wait that the server asks for is honored up
//     to Retry.MaxWait. Each attempt has a new nonce, timestamp and signature. Other
//     errors are not retried.
//   - Each attempt waits for the Budget of [Config] under Info.Region and Call.Action,
//     and releases its slot when it is over. A throttle holds the operation for all
//     clients of the Budget.
//   - The hooks of [WithTrace] are called for each attempt, response, retry and wait,
//     with the context of Fetch. Each attempt is in a span of the kind [SpanAttempt],
//     from Trace.Start, whose context its hooks and its HTTP request have.
//     Config.Logger gets a record of each attempt.
//   - Requests go through Config.HTTPClient, without following redirects, and have
//     Config.UserAgent at the beginning of their User-Agent header. An attempt ends
//     after Retry.AttemptTimeout or HTTPClient.Timeout, whichever is shorter. An
//     Endpoint with plain HTTP is InvalidArgument unless AllowHTTP is set or the host is
//     loopback.
//   - Images share no memory that can be changed, with each other or with the adapter,
//     and an image does not keep the memory of its page in use.
//   - A response that cannot be parsed is a BadResponse error, and so is one that is
//     too large. It is never an empty page.
//   - A field that the provider did not report is zero, and so is one with an unknown
//     word. A change of the type of a value, such as a number in a string, does not
//     change an image. Unknown members are ignored.
//   - No error, log record or trace contains credentials or signatures.
type Adapter interface {
	// Info describes the API. It returns the same value for the life of the
	// adapter.
	Info() Info

	// Plan returns the calls whose responses together hold every image in the scope
	// of the query that can match. They may hold other images, since the client
	// runs [image.Query.Match] on each. The query is valid and normalized. Plan must
	// not do I/O or read the clock, and must return the same calls for the same
	// query. The caller owns the calls.
	Plan(image.Query) ([]Call, error)

	// Fetch requests one page. It must not keep or change the call. An error of the
	// Kind Incomplete says that the listing changed and that the scan cannot go on,
	// for instance since the image that a page token names was deleted: the client
	// then scans the call again, as it does after other changes.
	Fetch(ctx context.Context, c Call, at Cursor) (*Page, error)
}

// Checker is implemented by an [Adapter] that can verify its credentials with a
// cheaper request than a listing. [Client.Check] uses it.
type Checker interface {
	Check(context.Context) error
}

// Recycler is implemented by an [Adapter] that uses the memory of its pages again. The
// client calls Recycle at most once with a page that Fetch returned, after it has copied
// the images that it needs, and does not use the page afterwards. A page that is never
// passed to Recycle is garbage, as usual.
type Recycler interface {
	Recycle(*Page)
}

// Preparer is implemented by an [Adapter] whose plans depend on facts about its account,
// such as its own project or the version of the API. The client calls Prepare before
// the first plan that it carries out, and again before a later one until it returns
// nil. Calls do not overlap. Plan must also work before: [Client.Explain] sends nothing,
// so its plan may then be one that requests more.
type Preparer interface {
	Prepare(context.Context) error
}

// Info describes one API in one region. It is read-only.
type Info struct {
	Name   string // of the provider, such as "aliyunecs"
	Region string // or zone; empty if the API has none
	Host   string // of the endpoint, with its port if it has one

	// Support holds the support for each predicate. A missing field is [Local].
	Support map[image.Field]Support

	// Values lists, for a predicate with a fixed vocabulary, the values that an
	// image of this API can have. The client does not request other values. A
	// missing field can have any value.
	Values map[image.Field][]string

	// Sources are those that a query without sources and IDs lists. Nil: all that
	// Values has for sources.
	Sources []image.Source

	// Defaults are the documented defaults of the provider that narrow every
	// response.
	Defaults []Default
}

// Default is a parameter whose documented default narrows a response.
type Default struct {
	Param  string `json:"param"`
	Value  string `json:"value"`
	Effect string `json:"effect"` // the images that are left out, and the way to include them

	// Others is the value of Param that lists images that the default leaves out.
	// [Why] looks for images with it. Empty: none does.
	Others string `json:"others,omitempty"`
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

// Call is one listing: an operation and its parameters, without paging and
// credentials. It must not be changed after Plan has returned it.
type Call struct {
	Action string        `json:"action"`
	Params url.Values    `json:"params"`
	Pushed []image.Field `json:"pushed,omitempty"` // the predicates that Params express
	Paging Paging        `json:"paging"`

	// Partition says that the calls of the plan with this mark divide one listing
	// among them, such as visible and hidden images, so that an image can move from
	// one to another while they are scanned. The client reads them again to find such
	// images, unless Confirm is [ConfirmNever]; the last one only if its pages were
	// requested ahead.
	Partition bool `json:"partition,omitempty"`
}

// Paging describes how the pages of a [Call] are addressed. The zero value means
// a single page.
type Paging struct {
	MaxSize int  `json:"max_size,omitempty"` // largest page size, in images; 0: a single page, or Tokens without a size
	Aligned bool `json:"aligned,omitempty"`  // pages are numbered: an offset must be a multiple of the size
	Tokens  bool `json:"tokens,omitempty"`   // pages are addressed by the token of the page before
}

// Cursor addresses one page.
type Cursor struct {
	Offset int    // number of images before the page
	Size   int    // number of images requested; 0 for a single page
	Token  string // [Page.Next] of the page before; empty for the first page
}

// Page is one page of a listing.
type Page struct {
	Images    []image.Image // empty: there are no images at the cursor
	Total     int           // number of images in the whole listing; 0: not stated
	Next      string        // token of the next page; empty for the last page and without tokens
	RequestID string        // the provider's support can find the request by it

	// Unreadable counts, by the path of a documented field, the values in the page
	// that are not empty and could not be converted, such as a time in an unknown
	// layout or an unknown status. Their fields in Images are zero. Nil: none.
	Unreadable map[string]int
}
