package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// API describes one HTTP API: where it is, how its requests are signed, and what
// its responses mean. All functions must be safe for concurrent use.
type API struct {
	// Name is the name of the provider in errors, traces and logs.
	Name string

	// Endpoint returns the documented address of a region. Config.Endpoint
	// replaces it. Nil means that the API has none, so that Config.Endpoint must be
	// set.
	Endpoint func(region string) string

	// RegionExample is a valid region, which the error for an empty Config.Region
	// shows. Empty means that Config.Region may be empty.
	RegionExample string

	// Credentials is used if Config.Credentials is nil. New calls it once, so that
	// missing credentials are reported early. If both are nil and Sign is set, New
	// returns an error.
	Credentials provider.CredentialsProvider

	// Sign completes and signs one attempt, or authorizes it. It is called for
	// each attempt and does no I/O. Nil means that requests are sent without
	// credentials, with their parameters placed by [Attempt.PlaceParams].
	Sign func(*Attempt) error

	// Classify decides what a complete response means. Nil means [ByStatus].
	Classify func(*Response) Outcome

	// RequestIDHeader names the response header with the request ID, such as
	// "X-Request-Id". It is used if neither Decode nor Classify found an ID in the
	// body. Empty: only the body is used.
	RequestIDHeader string

	// PublicDomain is the domain of the provider's public cloud, such as
	// "example.com". Credentials whose Endpoint is outside of it are not sent to a
	// host inside of it; that is an error of the Kind Unauthenticated. Empty: they
	// are sent.
	PublicDomain string

	// Permissions says which permission each action needs and where the provider
	// documents it, such as "ecs:DescribeImages, see https://…". It is the remedy
	// of an error of the Kind PermissionDenied, unless Outcome has one. An action
	// that is not in it has none.
	Permissions map[string]string
}

// Client sends the requests of one API to one endpoint. It is safe for concurrent
// use.
type Client struct {
	api         API
	config      provider.Config
	credentials provider.CredentialsProvider
	endpoint    *url.URL
	transport   http.RoundTripper
	timeout     time.Duration // of one attempt
	quota       quota
}

// New checks the configuration and returns a client. It sends nothing.
//
// Of Config.HTTPClient it uses the transport, the cookie jar and, for one
// attempt, the timeout; no redirect is followed. The errors have the Kind
// InvalidArgument, or Unauthenticated if there are no credentials.
func New(api API, c provider.Config) (*Client, error) {
	client, err := newClient(api, c)
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		placed := *e
		placed.Provider, placed.Region = api.Name, c.Region
		return nil, &placed
	}
	return client, err
}

func newClient(api API, c provider.Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Region == "" && api.RegionExample != "" {
		return nil, invalid(fmt.Sprintf("Config.Region is empty: set it, for instance to %s", api.RegionExample))
	}
	endpoint, err := api.endpoint(c)
	if err != nil {
		return nil, err
	}
	credentials, err := credentialsOf(api, c)
	if err != nil {
		return nil, err
	}
	if api.Classify == nil {
		api.Classify = ByStatus
	}
	c = c.WithDefaults()
	client := &Client{api: api, config: c, credentials: credentials, endpoint: endpoint, transport: shared, timeout: c.Retry.AttemptTimeout}
	client.use(c.HTTPClient)
	return client, nil
}

func (a API) endpoint(c provider.Config) (*url.URL, error) {
	if a.Endpoint != nil {
		return Endpoint(c, a.Endpoint(c.Region))
	}
	if c.Endpoint == "" {
		return nil, invalid("Config.Endpoint is empty: set it to the address of the API")
	}
	return Endpoint(c, "")
}

func credentialsOf(api API, c provider.Config) (provider.CredentialsProvider, error) {
	switch {
	case api.Sign == nil:
		return nil, nil
	case c.Credentials != nil:
		return c.Credentials, nil
	case api.Credentials == nil:
		return nil, &provider.Error{Kind: provider.Unauthenticated, Message: "Config.Credentials is nil: set it"}
	}
	_, err := api.Credentials.Credentials(context.Background())
	return api.Credentials, err
}

// use takes over the settings of the user's HTTP client.
func (c *Client) use(user *http.Client) {
	if user == nil {
		return
	}
	if user.Transport != nil {
		c.transport = user.Transport
	}
	if user.Jar != nil {
		c.transport = withCookies{c.transport, user.Jar}
	}
	if user.Timeout > 0 {
		c.timeout = min(c.timeout, user.Timeout)
	}
}

func invalid(message string) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: message}
}

// Host returns the host of the endpoint, with its port if it has one.
func (c *Client) Host() string { return c.endpoint.Host }

// Request is one request of an API. It is read-only once it is sent.
type Request struct {
	Action string      // the operation, for errors, traces and the budget
	Method string      // empty: Sign or [Attempt.PlaceParams] chooses it
	Path   string      // relative to the endpoint; empty: the endpoint itself
	Params url.Values  // of the operation
	Header http.Header // sent besides the headers that every request has
}

// Decode decodes one complete body. It returns the content, the code, message and
// request ID in the body, and an error if the body is not a response to the operation.
// The body is valid during the call only. Decode is called once for each response;
// the content of a failed attempt is dropped. The request ID of a page may be left empty:
// Do sets it.
type Decode[T any] = func(body []byte) (T, Status, error)

// Do sends a request until it succeeds, until a failure is final, or until ctx ends.
// It returns the content that decode returned for the last response; a [*provider.Page]
// without a request ID gets that of the response, as [Response].Status has it in the
// end. The error is a [*provider.Error]. If the context ended, the error has no Kind, and errors.Is finds
// the context's error.
func Do[T any](ctx context.Context, c *Client, r Request, decode Decode[T]) (T, error) {
	call := call[T]{exchange: exchange{ctx: ctx, client: c, request: r}, decode: decode}
	if err := call.run(call.read); err != nil {
		var none T
		return none, call.finalError(err)
	}
	c.quota.refill(call.spent + successGain)
	return call.result, nil
}

// Send is [Do] for a page of images, with a request to the endpoint itself.
func (c *Client) Send(ctx context.Context, action string, params url.Values, decode Decode[*provider.Page]) (*provider.Page, error) {
	return Do(ctx, c, Request{Action: action, Params: params}, decode)
}

// call is a request with the type of its result.
type call[T any] struct {
	exchange
	decode Decode[T]
	result T
}

// read decodes and classifies the response of the current attempt.
func (c *call[T]) read(response *http.Response) error {
	defer c.releaseBody()
	result, status, err := c.decode(c.body.Bytes())
	r := &Response{
		Attempt: c.attempt, HTTPStatus: response.StatusCode, Header: response.Header,
		Body: c.body.Bytes(), Status: status, Err: err,
	}
	err = c.classify(r)
	c.traceResponse(r, err)
	if err != nil {
		return err
	}
	if page, ok := any(result).(*provider.Page); ok && page != nil {
		page.RequestID = cmp.Or(page.RequestID, r.Status.RequestID)
	}
	c.result = result
	return nil
}
