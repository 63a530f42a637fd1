// Package aliyun speaks the RPC protocol of Alibaba Cloud: it signs requests and
// tells what the answers' codes mean. Of the vendor's SDK it uses the signing
// only, never the HTTP client.
package aliyun

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Product is one RPC API.
type Product struct {
	Name      string // of the provider
	Version   string // of the API
	Host      func(region string) string
	NoRegions bool // Config.Region may be empty
}

// Client sends requests to one product in one region. It is safe for concurrent
// use.
type Client struct {
	sender      *httpapi.Sender
	credentials provider.CredentialsProvider
	version     string
}

// New checks the configuration. Its errors have the Kind InvalidArgument, or
// Unauthenticated where there are no credentials.
func New(p Product, c provider.Config) (*Client, error) {
	client, err := newClient(p, c)
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		e.Provider, e.Region = p.Name, c.Region
	}
	return client, err
}

func newClient(p Product, c provider.Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Region == "" && !p.NoRegions {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "Config.Region is empty: set it, for instance to cn-hangzhou"}
	}
	endpoint, err := httpapi.Endpoint(c, "https://"+p.Host(c.Region)+"/")
	if err != nil {
		return nil, err
	}
	credentials := c.Credentials
	if credentials == nil {
		credentials = provider.Env("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN")
		if _, err := credentials.Credentials(context.Background()); err != nil {
			return nil, err
		}
	}
	return &Client{sender: httpapi.NewSender(p.Name, endpoint, c), credentials: credentials, version: p.Version}, nil
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
			return Sign(http.MethodGet, c.complete(action, params, used), used.AccessKeySecret.Reveal()), nil
		},
		Read: func(a *httpapi.Answer) error {
			said, err := scan(a.Body)
			return c.judge(a, said, err, used)
		},
	})
}

// complete adds the parameters that every operation has.
func (c *Client) complete(action string, params url.Values, used provider.Credentials) map[string]string {
	all := make(map[string]string, len(params)+9)
	for key, values := range params {
		all[key] = strings.Join(values, ",")
	}
	all["Action"] = action
	all["Version"] = c.version
	all["Format"] = "JSON"
	all["AccessKeyId"] = used.AccessKeyID.Reveal()
	all["SignatureMethod"] = "HMAC-SHA1"
	all["SignatureVersion"] = "1.0"
	all["SignatureNonce"] = rand.Text()
	all["Timestamp"] = time.Now().UTC().Format("2006-01-02T15:04:05Z")
	if !used.Token.IsZero() {
		all["SecurityToken"] = used.Token.Reveal()
	}
	return all
}
