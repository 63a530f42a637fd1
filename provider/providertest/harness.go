package providertest

import (
	"net/url"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Harness connects an adapter to an emulator of its provider. World and Open are required. The
// other fields are optional, but a check that needs a missing one fails, unless Cannot gives a
// reason. The functions must be safe for concurrent use.
type Harness struct {
	// World returns n distinct images without Native: the images of one account in
	// one region, as a correct client reports them. It must return the same images
	// for the same n. [Images] returns a world for an API that reports every field.
	World func(n int) []image.Image

	// Open starts an emulator that holds the world, and returns a client of it. It must register
	// the release of its resources with t.Cleanup. Checks that wait run in a bubble of
	// testing/synctest, so the emulator must serve without sockets there.
	Open func(t testing.TB, world []image.Image, o Options) *Session

	// New calls the constructor of the adapter. It sets Region and Credentials in the
	// configuration, and leaves everything else as it is. The checks config/http,
	// config/http-client and config/user-agent need it. They set HTTPClient, so that no
	// request leaves the process.
	New func(c provider.Config) (*provider.Client, error)

	// Scope reports whether the calls of a query can return the image, whether or
	// not the image matches. Nil means that they can return every image.
	Scope func(q image.Query, m image.Image) bool

	// Readings names the interpretations of what the provider's documentation leaves open, such as
	// how a name is compared. Results must be correct under each of them.
	Readings []string

	// Errors lists the documented error codes.
	Errors []ErrorCase

	// Paging lists the parameters that address a page. Protocol lists the
	// parameters of every request: credentials, signature, version.
	Paging, Protocol []string

	// Fresh lists the parameters of Protocol whose values must differ between two requests that are
	// sent more than a second apart: nonces, timestamps, signatures.
	Fresh []string

	// Cannot maps the name of a check to the reason why the emulator or the provider makes the
	// check impossible. [Run] logs the reason and skips the check.
	Cannot map[string]string
}

// Options configure the client and the emulator that a check opens.
type Options struct {
	// Reading is one of Harness.Readings. It is empty if there are none.
	Reading string
	// Config is the configuration of the client. Open sets what leads to the
	// emulator: Region, Endpoint, Credentials and HTTPClient.
	Config provider.Config
}

// ErrorCase is one documented error of the provider.
type ErrorCase struct {
	Code string        // as [provider.Error] reports it
	Kind provider.Kind // that the client must report
	// Requests limits how many requests the error may cost. 0 means one, or for
	// Throttled and Unavailable as many as Retry.Attempts allows.
	Requests int
}

// requests returns how many requests the error costs with that many attempts.
func (e ErrorCase) requests(attempts int) int {
	switch {
	case e.Requests > 0:
		return min(e.Requests, attempts)
	case e.isTemporary():
		return attempts
	default:
		return 1
	}
}

func (e ErrorCase) isTemporary() bool {
	return e.Requests == 0 && (e.Kind == provider.Throttled || e.Kind == provider.Unavailable)
}

// Session is a client and the emulator behind it. Client and Requests are
// required. Each of the other functions changes how the emulator responds from
// then on, and is nil if the emulator cannot do that.
type Session struct {
	Client *provider.Client

	// Requests returns the requests since Open in the order of arrival. Each attempt is a request.
	Requests func() []Request

	// Secrets are the texts of the client's credentials. Hidden are texts of the emulator's records
	// that images must not contain, such as passwords. A client must never show them.
	Secrets, Hidden []string

	// Fail makes requests fail.
	Fail func(f Failure)

	// AddToTotal adds n to the number of images that a page states; n may be
	// negative. OmitTotal removes that number.
	AddToTotal func(n int)
	OmitTotal  func()

	// Cap limits the number of images of a page, whatever size is requested.
	Cap func(size int)

	// Repeat makes every page the first.
	Repeat func()

	// Replace replaces the world after the given number of requests since Open.
	Replace func(after int, world []image.Image)

	// Ignore makes the emulator respond as if the parameters had not been sent.
	Ignore func(params ...string)

	// EditBody changes the JSON text of every response.
	EditBody func(change func(body []byte) []byte)
}

// Request is one request that the emulator received.
type Request struct {
	Action string
	Params url.Values // all of them, decoded
	At     time.Time  // of its arrival
	ID     string     // the request ID of the response; empty if the API has none
}

// Failure says how requests fail, and how many. The zero Times means all of them.
type Failure struct {
	From  int // the first request that fails, counted from 1 since Open; 0 means 1
	Times int // the number of requests that fail; 0 means every request

	// Break breaks the response. If it is zero, the response is an error.
	Break Break

	// Code is the documented code of the error, and Message its text. A RetryAfter
	// above 0 asks the client to wait that long, in whole seconds.
	Code, Message string
	RetryAfter    time.Duration
}

// Matches reports whether the n-th request since Open, counted from 1, fails.
func (f Failure) Matches(n int) bool {
	past := n - max(f.From, 1)
	return past >= 0 && (f.Times == 0 || past < f.Times)
}

// Break is a way in which a response breaks.
type Break uint8

// The ways in which a response breaks.
const (
	BreakReset   Break = iota + 1 // the connection is reset before the response
	BreakCut                      // the connection ends within the body
	BreakShort                    // the body is incomplete, and its length fits the headers
	BreakHang                     // no response comes until the client cancels the request
	BreakGateway                  // a gateway responds with an HTML page and status 502
)
