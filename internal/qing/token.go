package qing

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// Token asks the metadata service of an instance for the credentials of its role.
// An empty address means the documented one.
func Token(ctx context.Context, address string) (provider.Credentials, error) {
	body, err := visit(ctx, cmp.Or(address, "http://169.254.169.254/latest/meta-data/security-credentials"))
	if err != nil {
		return provider.Credentials{}, err
	}
	return readToken(body)
}

// direct keeps no connection, uses no proxy and follows no redirect.
var direct = &http.Client{
	Timeout:       2 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{
		DialContext:       (&net.Dialer{Timeout: time.Second}).DialContext,
		DisableKeepAlives: true,
	},
}

func visit(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, tokenError(provider.InvalidArgument, errors.New("its address is no address"))
	}
	request.Header.Set("Accept", "application/json")
	response, err := direct.Do(request)
	if err != nil {
		return nil, noToken(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	switch {
	case err != nil:
		return nil, noToken(ctx, err)
	case response.StatusCode == http.StatusOK:
		return body, nil
	case response.StatusCode == http.StatusNotFound:
		return nil, tokenError(provider.Unauthenticated, errors.New("the instance has no role"))
	case response.StatusCode >= 500:
		return nil, tokenError(provider.Unavailable, errors.New(response.Status))
	default:
		return nil, tokenError(provider.Unauthenticated, errors.New(response.Status))
	}
}

// noToken is why no answer came; a timeout of its own is not the caller's.
func noToken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return tokenError(provider.Unavailable, errors.New(err.Error()))
}

func tokenError(kind provider.Kind, err error) error {
	return &provider.Error{Kind: kind, Message: "the metadata service gives no credentials", Err: err}
}

// readToken reads an answer, which some clouds wrap in a JSON string.
func readToken(body []byte) (provider.Credentials, error) {
	var answer struct {
		AccessKey  provider.Secret `json:"access_key"`
		SecretKey  provider.Secret `json:"secret_key"`
		Token      provider.Secret `json:"id_token"`
		Expiration json.RawMessage
	}
	if wrapped := ""; json.Unmarshal(body, &wrapped) == nil {
		body = []byte(wrapped)
	}
	if json.Unmarshal(body, &answer) != nil {
		return provider.Credentials{}, tokenError(provider.BadResponse, errors.New("the answer is not the JSON that is documented"))
	}
	if answer.AccessKey.IsZero() || answer.SecretKey.IsZero() || answer.Token.IsZero() {
		return provider.Credentials{}, tokenError(provider.BadResponse, errors.New("the answer has no credentials"))
	}
	return provider.Credentials{
		AccessKeyID:     answer.AccessKey,
		AccessKeySecret: answer.SecretKey,
		Token:           answer.Token,
		Expires:         expiration(answer.Expiration),
	}, nil
}

// expiration is a time in seconds or in words; zero if it is neither.
func expiration(value json.RawMessage) time.Time {
	text := strings.Trim(string(value), `"`)
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 {
		return time.Unix(seconds, 0)
	}
	at, _ := time.Parse(time.RFC3339, text)
	return at
}
