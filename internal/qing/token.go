package qing

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/metadata"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Token returns the credentials of an instance's role from the metadata service. An
// empty address means the documented one.
func Token(ctx context.Context, address string) (provider.Credentials, error) {
	client, err := metadata.New("qingcloudmetadata", cmp.Or(address, "http://169.254.169.254/latest/meta-data/security-credentials"))
	if err != nil {
		return provider.Credentials{}, tokenError(err)
	}
	c, err := httpapi.Do(ctx, client, httpapi.Request{Action: "GetToken"}, decodeToken)
	switch e := (*provider.Error)(nil); {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case errors.As(err, &e) && e.HTTPStatus == http.StatusNotFound:
		return c, tokenError(&provider.Error{Kind: provider.Unauthenticated, Message: "the instance has no role"})
	case err != nil:
		return c, tokenError(err)
	}
	return c, nil
}

func tokenError(err error) error {
	wrapped := &provider.Error{Kind: provider.Unavailable, Message: "the metadata service gives no credentials", Err: err}
	if e := (*provider.Error)(nil); errors.As(err, &e) {
		wrapped.Kind = e.Kind
	}
	return wrapped
}

// decodeToken reads a response, which some clouds wrap in a JSON string.
func decodeToken(body []byte) (c provider.Credentials, _ httpapi.Status, _ error) {
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
		return c, httpapi.Status{}, errors.New("the response is not the JSON that is documented")
	}
	if answer.AccessKey.IsZero() || answer.SecretKey.IsZero() || answer.Token.IsZero() {
		return c, httpapi.Status{}, errors.New("the response has no credentials")
	}
	return provider.Credentials{
		AccessKeyID:     answer.AccessKey,
		AccessKeySecret: answer.SecretKey,
		Token:           answer.Token,
		Expires:         expiration(answer.Expiration),
	}, httpapi.Status{}, nil
}

// expiration parses a time in seconds or in words; zero if it is neither.
func expiration(value json.RawMessage) time.Time {
	text := strings.Trim(string(value), `"`)
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 {
		return time.Unix(seconds, 0)
	}
	at, _ := time.Parse(time.RFC3339, text)
	return at
}
