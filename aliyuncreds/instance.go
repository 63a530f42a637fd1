package aliyuncreds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

// InstanceRole returns the credentials of the role of the ECS instance that this
// program runs on. An empty name means the one role that the instance has.
//
// The metadata service is asked directly, never through a proxy, with a token as
// its hardened mode wants, and without one where it gives none, unless
// ALIBABA_CLOUD_IMDSV1_DISABLED is true. It has a second to take the connection.
func (s Services) InstanceRole(name string) provider.CredentialsProvider {
	return provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		return s.instance(ctx, name)
	})
}

func (s Services) instance(ctx context.Context, role string) (provider.Credentials, error) {
	m := metadata{address: strings.TrimSuffix(cmp.Or(s.Metadata, "http://100.100.100.200"), "/")}
	c, err := m.credentials(ctx, role)
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case err != nil:
		return c, because(err, "the metadata service gives no credentials")
	}
	return c, nil
}

// metadata is the metadata service, during one visit.
type metadata struct {
	address string
	token   provider.Secret
}

const rolePath = "/latest/meta-data/ram/security-credentials/"

func (m *metadata) credentials(ctx context.Context, role string) (provider.Credentials, error) {
	if err := m.enter(ctx); err != nil {
		return provider.Credentials{}, err
	}
	if role == "" {
		names, err := m.ask(ctx, http.MethodGet, rolePath)
		if err != nil {
			return provider.Credentials{}, err
		}
		role, _, _ = strings.Cut(strings.TrimSpace(string(names)), "\n")
	}
	if role == "" {
		return provider.Credentials{}, unauthenticated("the instance has no role")
	}
	body, err := m.ask(ctx, http.MethodGet, rolePath+url.PathEscape(strings.TrimSpace(role)))
	if err != nil {
		return provider.Credentials{}, err
	}
	return readInstanceSession(body)
}

// enter asks for the token of the hardened mode, which does not get through to
// every container.
func (m *metadata) enter(ctx context.Context) error {
	brief, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	token, err := m.ask(brief, http.MethodPut, "/latest/api/token")
	switch {
	case err == nil:
		m.token = provider.NewSecret(strings.TrimSpace(string(token)))
		return nil
	case isTrue("ALIBABA_CLOUD_IMDSV1_DISABLED") || errors.Is(err, errUnreachable) || ctx.Err() != nil:
		return err
	default:
		return nil
	}
}

func readInstanceSession(body []byte) (provider.Credentials, error) {
	var answer struct {
		Code string
		session
	}
	if err := decode(body, &answer); err != nil {
		return provider.Credentials{}, &provider.Error{Kind: provider.BadResponse, Err: err}
	}
	if answer.Code != "Success" {
		return provider.Credentials{}, unauthenticated("its answer is no success")
	}
	c, err := answer.credentials()
	if err != nil {
		return c, &provider.Error{Kind: provider.BadResponse, Err: err}
	}
	return c, nil
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

func (m *metadata) ask(ctx context.Context, method, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, m.address+path, nil)
	if err != nil {
		return nil, invalid("its address is not one such as http://100.100.100.200/")
	}
	if method == http.MethodPut {
		request.Header.Set("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds", "60")
	} else if !m.token.IsZero() {
		request.Header.Set("X-Aliyun-Ecs-Metadata-Token", m.token.Reveal())
	}
	response, err := direct.Do(request)
	if err != nil {
		return nil, noAnswer(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	switch {
	case err != nil:
		return nil, noAnswer(err)
	case response.StatusCode == http.StatusNotFound && method == http.MethodGet:
		return nil, unauthenticated("the instance has no such role")
	case response.StatusCode >= 500:
		return nil, &provider.Error{Kind: provider.Unavailable, HTTPStatus: response.StatusCode}
	case response.StatusCode != http.StatusOK:
		return nil, &provider.Error{Kind: provider.Unauthenticated, HTTPStatus: response.StatusCode}
	}
	return body, nil
}

var errUnreachable = errors.New("it cannot be reached")

func noAnswer(err error) error {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if failed := (*net.OpError)(nil); errors.As(err, &failed) && failed.Op == "dial" {
		err = fmt.Errorf("%w: %s", errUnreachable, failed.Error())
	} else {
		err = withoutContext(err)
	}
	return &provider.Error{Kind: provider.Unavailable, Err: err}
}
