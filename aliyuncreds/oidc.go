package aliyuncreds

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"

	"github.com/imagequery/imagequery/provider"
)

// federated is a role that an OIDC token may assume.
type federated struct {
	role      Role
	provider  string // ARN
	tokenFile string
	at        place
}

// environmentOIDC is what a cluster sets for the programs that it runs.
func (s Services) environmentOIDC(ctx context.Context) (provider.Credentials, error) {
	f := federated{
		role:      Role{ARN: os.Getenv("ALIBABA_CLOUD_ROLE_ARN"), SessionName: os.Getenv("ALIBABA_CLOUD_ROLE_SESSION_NAME")},
		provider:  os.Getenv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN"),
		tokenFile: os.Getenv("ALIBABA_CLOUD_OIDC_TOKEN_FILE"),
	}
	if f.provider == "" && f.tokenFile == "" {
		return provider.Credentials{}, absent("ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set")
	}
	return s.federate(ctx, f)
}

// federate takes the role through the SDK, which does not say when the session
// expires: it is asked for one of an hour.
func (s Services) federate(ctx context.Context, f federated) (provider.Credentials, error) {
	const hour = 3600
	if f.role.ARN == "" || f.provider == "" || f.tokenFile == "" {
		return provider.Credentials{}, unauthenticated("a role, an OIDC provider and a token file are wanted, and one of them is not named")
	}
	builder := credentials.NewOIDCCredentialsProviderBuilder().
		WithRoleArn(f.role.ARN).WithRoleSessionName(cmp.Or(f.role.SessionName, sessionName)).
		WithPolicy(f.role.Policy).WithDurationSeconds(hour).
		WithOIDCProviderARN(f.provider).WithOIDCTokenFilePath(f.tokenFile).
		WithStsRegion(f.at.region).WithEnableVpc(f.at.private)
	if s.STS != "" {
		host, err := secureHost(s.STS)
		if err != nil {
			return provider.Credentials{}, err
		}
		builder.WithSTSEndpoint(host)
	}
	asked := time.Now()
	c, err := guarded(ctx, builder)
	if err != nil {
		return provider.Credentials{}, err
	}
	c.Expires = asked.Add(hour * time.Second)
	return c, nil
}

// secureHost is all of an address that the SDK can be given.
func secureHost(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", invalid("Services.STS: an OIDC token is sent to an address with https only")
	}
	return u.Host, nil
}

type outcome struct {
	credentials *credentials.Credentials
	err         error
}

// guarded calls the SDK, which may hang and may panic.
func guarded(ctx context.Context, builder *credentials.OIDCCredentialsProviderBuilder) (provider.Credentials, error) {
	done := make(chan outcome, 1)
	go func() {
		o := outcome{err: errPanic}
		defer func() {
			_ = recover()
			done <- o
		}()
		o = take(builder)
	}()
	select {
	case <-ctx.Done():
		return provider.Credentials{}, ctx.Err()
	case o := <-done:
		if o.err != nil {
			return provider.Credentials{}, because(readable(o.err), "the OIDC token gives no role")
		}
		return provider.Static(o.credentials.AccessKeyId, o.credentials.AccessKeySecret, o.credentials.SecurityToken).Credentials(ctx)
	}
}

func take(builder *credentials.OIDCCredentialsProviderBuilder) outcome {
	from, err := builder.Build()
	if err != nil {
		return outcome{err: err}
	}
	c, err := from.GetCredentials()
	return outcome{c, err}
}

var errPanic = errors.New("the SDK panicked")

var codes = regexp.MustCompile(`^[A-Za-z0-9.]{1,64}$`)

// readable says what an error of the SDK means without the answer that it quotes.
func readable(err error) error {
	var file *fs.PathError
	var refused *sdkerrors.ServerError
	var unsent *url.Error
	switch {
	case errors.Is(err, errPanic):
		return &provider.Error{Kind: provider.BadResponse, Err: err}
	case errors.As(err, &file):
		return &provider.Error{Kind: provider.Unauthenticated, Err: file}
	case errors.As(err, &unsent):
		return &provider.Error{Kind: provider.Unavailable, Message: "no answer", Err: withoutContext(unsent.Err)}
	case !errors.As(err, &refused):
		return &provider.Error{Kind: provider.BadResponse, Message: "the answer cannot be understood"}
	}
	e := &provider.Error{Kind: provider.Unauthenticated, HTTPStatus: refused.HttpStatus()}
	if codes.MatchString(refused.ErrorCode()) {
		e.Code = refused.ErrorCode()
	}
	switch {
	case strings.HasPrefix(e.Code, "Throttling"):
		e.Kind = provider.Throttled
	case e.HTTPStatus >= 500:
		e.Kind = provider.Unavailable
	case e.HTTPStatus == 403:
		e.Kind = provider.PermissionDenied
	}
	return e
}
