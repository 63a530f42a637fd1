package providertest

import (
	"net/url"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// Harness wires an adapter to a fake of its provider. World and Open are needed;
// without one of the others, the checks that depend on it fail, unless Cannot
// says why it has to be so. Everything in it must be safe for concurrent use.
type Harness struct {
	// World returns n different images, without Native, as a correct client
	// reports those of one account at one place: the same for the same n.
	// [Images] makes them for an API that can express everything.
	World func(n int) []image.Image

	// Open starts a fake in which the world is true, and returns a client of it.
	// What it starts must end with the cleanup of t. Checks that wait run in a
	// bubble of testing/synctest, where a fake must serve without sockets.
	Open func(t testing.TB, world []image.Image, o Options) *Session

	// Scope reports whether what a query asks can return the image at all, whether
	// it matches or not. Nil: it always can.
	Scope func(q image.Query, m image.Image) bool

	// Readings names the ways to understand what the provider's documentation
	// leaves open, such as what a fuzzy name is. Answers must be right under each.
	Readings []string

	// Errors lists the documented error codes.
	Errors []ErrorCase

	// Paging names the parameters that address a page; Protocol those that belong
	// to the transport of every request: credentials, signature, versions.
	Paging, Protocol []string

	// Fresh names the parameters of Protocol that no two requests may share, if
	// they are sent more than a second apart: nonces, time stamps, signatures.
	Fresh []string

	// Cannot says for a check, by its name, why the fake or the provider makes it
	// impossible. The check is then not run, and the reason is logged.
	Cannot map[string]string
}

// Options say how a check wants its client.
type Options struct {
	// Reading is one of Harness.Readings, or empty if there are none.
	Reading string
	// Config is for the client. Open fills in what leads to the fake: the region,
	// the endpoint, the credentials and the HTTP client.
	Config provider.Config
}

// ErrorCase is one documented error of the provider.
type ErrorCase struct {
	Code string        // as [provider.Error] shows it
	Kind provider.Kind // that it must become
	// Requests is how many requests it may cost. 0: one, or for Throttled and
	// Unavailable as many as the configuration allows.
	Requests int
}

// requests is how many requests the error costs where attempts are allowed.
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

// Session is a client and the fake that it asks. The functions, but for Requests,
// change how the fake answers from then on; those that the fake cannot do are nil.
type Session struct {
	Client *provider.Client

	// Secrets are the texts of the client's credentials. Nobody may see them.
	Secrets []string

	// Hidden are other texts that nobody may see: those of the fake's records that
	// do not belong into images, such as passwords.
	Hidden []string

	// Requests returns what the fake was sent so far, in the order of arrival,
	// every attempt for itself. It is needed.
	Requests func() []Request

	// Fail is asked about each request, counted from 1 since Open, what to do
	// instead of answering it; nil: nothing.
	Fail func(script func(n int) *Failure)

	// Total changes the number of images that the fake states with each page. If
	// the result is 0, it states none.
	Total func(state func(real int) int)

	// Cap bounds the images of a page, whatever is asked for.
	Cap func(size int)

	// Repeat makes every page the first.
	Repeat func()

	// Replace changes the world after so many requests since Open.
	Replace func(after int, world []image.Image)

	// Ignore makes the fake act as if the parameters were not sent.
	Ignore func(params ...string)

	// EditBody changes the JSON text of every answer.
	EditBody func(change func(body []byte) []byte)
}

// Request is what the fake was sent, once.
type Request struct {
	Action string
	Params url.Values // all of them, decoded
	At     time.Time  // of its arrival
	ID     string     // that the answer stated for it; empty if the API has none
}

// Failure is what the fake does instead of answering.
type Failure struct {
	Break Break

	// Code is a documented error to answer with, where Break is zero; Message is
	// its text. RetryAfter, if not zero, is the time that the answer asks to wait,
	// in whole seconds.
	Code, Message string
	RetryAfter    time.Duration
}

// Break is a way in which no whole answer comes.
type Break uint8

// The ways to break.
const (
	BreakReset   Break = iota + 1 // the connection ends before the answer
	BreakCut                      // the connection ends within the answer
	BreakShort                    // the answer ends early, and looks as if it were meant so
	BreakHang                     // nothing comes until the request is given up, or for an hour
	BreakGateway                  // something on the way answers with a page in HTML, and status 502
)
