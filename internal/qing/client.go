// Package qing speaks the protocol of QingCloud: it signs requests, keeps to the
// server's clock, and tells what the answers' codes mean.
package qing

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

const documented = "https://api.qingcloud.com/iaas/"

// Client sends requests to one zone. It is safe for concurrent use.
type Client struct {
	sender      *httpapi.Sender
	credentials provider.CredentialsProvider
	clock       clock
}

// New checks the configuration; name is the provider's. Its errors have the Kind
// InvalidArgument, or Unauthenticated where there are no credentials.
func New(name string, c provider.Config) (*Client, error) {
	client, err := newClient(name, c)
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		e.Provider, e.Region = name, c.Region
	}
	return client, err
}

func newClient(name string, c provider.Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Region == "" {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "Config.Region is empty: set it to a zone, for instance pek3a"}
	}
	endpoint, err := httpapi.Endpoint(c, documented)
	if err != nil {
		return nil, err
	}
	credentials := c.Credentials
	if credentials == nil {
		credentials = provider.Env("QINGCLOUD_ACCESS_KEY_ID", "QINGCLOUD_SECRET_ACCESS_KEY", "")
		if _, err := credentials.Credentials(context.Background()); err != nil {
			return nil, err
		}
	}
	return &Client{sender: httpapi.NewSender(name, endpoint, c), credentials: credentials}, nil
}

// Host is the host that the client asks.
func (c *Client) Host() string { return c.sender.Host() }

// Send asks one operation. Scan is given the body of each answer, takes over
// what it holds, and returns the code, the message and the request ID that the
// body states; its error says that the body is no answer to this operation.
func (c *Client) Send(ctx context.Context, action string, params url.Values, scan func(body []byte) (provider.Error, error)) error {
	var used provider.Credentials
	return c.sender.Do(ctx, httpapi.Request{
		Action: action,
		Sign: func(ctx context.Context) (query string, err error) {
			if used, err = httpapi.Credentials(ctx, c.credentials); err != nil {
				return "", err
			}
			all := c.complete(action, params, used)
			return Sign(http.MethodGet, c.sender.Path(), all, used.AccessKeySecret.Reveal()), nil
		},
		Read: func(a *httpapi.Answer) error {
			said, err := scan(a.Body)
			said.Message, said.Code = httpapi.Redact(said.Message, used), httpapi.Redact(said.Code, used)
			return c.judge(a, params, said, err, used)
		},
	})
}

// complete adds the parameters that every operation has.
func (c *Client) complete(action string, params url.Values, used provider.Credentials) url.Values {
	all := make(url.Values, len(params)+8)
	for key, values := range params {
		all[key] = values
	}
	all.Set("action", action)
	all.Set("version", "1")
	all.Set("access_key_id", used.AccessKeyID.Reveal())
	all.Set("signature_method", "HmacSHA256")
	all.Set("signature_version", "1")
	all.Set("time_stamp", c.clock.now().UTC().Format("2006-01-02T15:04:05Z"))
	if !used.Token.IsZero() {
		all.Set("token", used.Token.Reveal())
	}
	return all
}
