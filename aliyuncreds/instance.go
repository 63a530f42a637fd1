package aliyuncreds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/internal/metadata"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// InstanceRole returns the credentials of the role of the ECS instance that this
// program runs on. An empty name means the one role that the instance has.
//
// Requests to the metadata service use no proxy. They have a token, as the hardened mode
// of the service requires. If the service issues no token, or refuses its own, they are
// sent without one, unless ALIBABA_CLOUD_IMDSV1_DISABLED is true. A connection must be
// accepted within a second; failures are retried like those of an API.
// ALIBABA_CLOUD_ECS_METADATA_DISABLED=true makes the role an error.
func (s Services) InstanceRole(name string) provider.CredentialsProvider {
	return provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		return s.instance(ctx, name)
	})
}

const (
	metadataDisabled = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"
	onlyTokens       = "ALIBABA_CLOUD_IMDSV1_DISABLED"
	rolePath         = "latest/meta-data/ram/security-credentials/"
)

func (s Services) instance(ctx context.Context, role string) (provider.Credentials, error) {
	disabled, _, err := environ.Switch(metadataDisabled)
	switch {
	case err != nil:
		return provider.Credentials{}, err
	case disabled:
		return provider.Credentials{}, unauthenticated("the metadata service is not asked: " + metadataDisabled + " is true")
	}
	c, err := s.fetchRole(ctx, role)
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case err != nil:
		return c, because(err, "the metadata service gives no credentials")
	}
	return c, nil
}

// instanceMetadata is the metadata service during one fetch.
type instanceMetadata struct {
	client     *httpapi.Client
	onlyTokens bool
	token      provider.Secret
}

func (s Services) fetchRole(ctx context.Context, role string) (provider.Credentials, error) {
	required, _, err := environ.Switch(onlyTokens)
	if err != nil {
		return provider.Credentials{}, err
	}
	client, err := metadata.New("ecsmetadata", cmp.Or(s.Metadata, "http://100.100.100.200/"))
	if err != nil {
		return provider.Credentials{}, err
	}
	m := &instanceMetadata{client: client, onlyTokens: required}
	if err := m.takeToken(ctx); err != nil {
		return provider.Credentials{}, err
	}
	switch role {
	case "":
		if role, err = m.onlyRole(ctx); err != nil {
			return provider.Credentials{}, err
		}
	case ".", "..":
		return provider.Credentials{}, unauthenticated("the instance has no such role")
	}
	return get(ctx, m, "GetRoleCredentials", rolePath+url.PathEscape(strings.TrimSpace(role)), decodeInstanceSession)
}

// takeToken requests the token of the hardened mode. In some containers the response
// does not arrive, so the wait is short, and a missing token is an error only if tokens
// are required.
func (m *instanceMetadata) takeToken(ctx context.Context) error {
	brief, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	token, err := httpapi.Do(brief, m.client, httpapi.Request{
		Action: "GetToken", Method: http.MethodPut, Path: "latest/api/token",
		Header: http.Header{"X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds": {"60"}},
	}, decodeToken)
	switch {
	case err == nil:
		m.token = provider.NewSecret(token)
		return nil
	case ctx.Err() != nil, metadata.IsUnreachable(err):
		return err
	case m.onlyTokens && brief.Err() != nil:
		return &provider.Error{Kind: provider.Unavailable, Message: "it gives no token within a second"}
	case m.onlyTokens:
		return err
	}
	return nil
}

func (m *instanceMetadata) onlyRole(ctx context.Context) (string, error) {
	names, err := get(ctx, m, "ListRoles", rolePath, decodeText)
	if err != nil {
		return "", err
	}
	role, _, _ := strings.Cut(names, "\n")
	switch role = strings.TrimSpace(role); {
	case role == "":
		return "", unauthenticated("the instance has no role")
	case len(role) > 64 || !roleNames.MatchString(role):
		return "", &provider.Error{Kind: provider.BadResponse, Message: "its list of roles begins with what is no name of a role"}
	}
	return role, nil
}

// roleNames rejects control characters and what begins a page or a document.
var roleNames = regexp.MustCompile(`^[^\x00-\x1f\x7f<>{}\[\]"]+$`)

// get requests a path with the token, or without it if the service refuses the token.
func get[T any](ctx context.Context, m *instanceMetadata, action, path string, decode httpapi.Decode[T]) (T, error) {
	request := httpapi.Request{Action: action, Path: path}
	if !m.token.IsZero() {
		request.Header = http.Header{"X-Aliyun-Ecs-Metadata-Token": {m.token.Reveal()}}
	}
	result, err := httpapi.Do(ctx, m.client, request, decode)
	if isRefusal(err) && !m.token.IsZero() && !m.onlyTokens {
		m.token = provider.Secret{}
		return get(ctx, m, action, path, decode)
	}
	if e := (*provider.Error)(nil); errors.As(err, &e) && e.HTTPStatus == http.StatusNotFound {
		return result, unauthenticated("the instance has no such role")
	}
	return result, err
}

// isRefusal reports whether a service refused a request, rather than failed.
func isRefusal(err error) bool {
	e := (*provider.Error)(nil)
	return errors.As(err, &e) && e.Kind == provider.Unauthenticated && e.HTTPStatus >= 400
}

// decodeToken refuses what cannot be sent in a header.
func decodeToken(body []byte) (string, httpapi.Status, error) {
	token, status, err := decodeText(body)
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = errors.New("the response is not a token")
	}
	return token, status, err
}

func decodeText(body []byte) (string, httpapi.Status, error) {
	return strings.TrimSpace(string(body)), httpapi.Status{}, nil
}

// decodeInstanceSession reads a session as the metadata service states it.
func decodeInstanceSession(body []byte) (provider.Credentials, httpapi.Status, error) {
	var answer struct {
		Code string
		session
	}
	if err := decode(body, &answer); err != nil {
		return provider.Credentials{}, httpapi.Status{}, err
	}
	if answer.Code != "" && answer.Code != "Success" {
		return provider.Credentials{}, httpapi.Status{Code: answer.Code, Message: "its code is not Success"}, nil
	}
	c, err := answer.credentials()
	return c, httpapi.Status{}, err
}

// fromURI returns a session from an address that responds like the metadata service.
func (s Services) fromURI(ctx context.Context, address string) (provider.Credentials, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return provider.Credentials{}, invalid("the credentials URI is not an address such as http://127.0.0.1:8080/credentials")
	}
	c, err := askURI(ctx, u)
	switch {
	case ctx.Err() != nil:
		return c, ctx.Err()
	case err != nil:
		return c, because(err, fmt.Sprintf("the credentials URI at %s gives no credentials", u.Host))
	}
	return c, nil
}

// askURI sends the query of the address as parameters, and its user as a header.
func askURI(ctx context.Context, u *url.URL) (provider.Credentials, error) {
	request := httpapi.Request{Action: "GetCredentials", Params: u.Query(), Header: http.Header{}}
	if u.User != nil {
		password, _ := u.User.Password()
		basic := http.Request{Header: request.Header}
		basic.SetBasicAuth(u.User.Username(), password)
	}
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	client, err := metadata.New("credentialsuri", plain.String())
	if err != nil {
		return provider.Credentials{}, err
	}
	return httpapi.Do(ctx, client, request, decodeInstanceSession)
}
