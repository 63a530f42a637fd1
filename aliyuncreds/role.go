package aliyuncreds

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/internal/aliyun"
	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

// Role says which role to assume, and how. Only the ARN is required.
type Role struct {
	ARN         string        // such as "acs:ram::123456789012****:role/images"
	SessionName string        // in the account's audit log; empty: "imagequery"
	Duration    time.Duration // of a session, at least 15 minutes; 0: an hour
	ExternalID  string        // that the role's trust policy may ask for
	Policy      string        // JSON that narrows what the session may do; empty: all that the role may
}

// AssumeRole returns the credentials of a role. The base must be allowed to
// assume it, and may be any provider, another role among them; it is called again
// for each session. A mistake in the role or the address is reported by the first
// request.
func (s Services) AssumeRole(base provider.CredentialsProvider, r Role) provider.CredentialsProvider {
	return provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
		return s.assume(ctx, base, r, place{})
	})
}

const sessionName = "imagequery"

func (s Services) assume(ctx context.Context, base provider.CredentialsProvider, r Role, at place) (provider.Credentials, error) {
	c, err := s.ask(ctx, base, r, at)
	if err != nil {
		return c, because(err, fmt.Sprintf("the role %q cannot be assumed", r.ARN))
	}
	return c, nil
}

func (s Services) ask(ctx context.Context, base provider.CredentialsProvider, r Role, at place) (provider.Credentials, error) {
	if base == nil {
		return provider.Credentials{}, invalid("there are no base credentials to assume it with")
	}
	if err := r.check(); err != nil {
		return provider.Credentials{}, err
	}
	client, err := s.sts(base, at, nil)
	if err != nil {
		return provider.Credentials{}, err
	}
	return httpapi.Do(ctx, client, httpapi.Request{Action: "AssumeRole", Params: r.params()}, readSession)
}

var sessionNames = regexp.MustCompile(`^[A-Za-z0-9.@_-]+$`)

func (r Role) check() error {
	switch {
	case r.ARN == "":
		return invalid("its ARN is empty")
	case r.SessionName != "" && (len(r.SessionName) < 2 || len(r.SessionName) > 64 || !sessionNames.MatchString(r.SessionName)):
		return invalid(fmt.Sprintf("session name %q: want 2 to 64 letters, digits and .@_-", r.SessionName))
	case r.Duration != 0 && r.Duration < 15*time.Minute:
		return invalid(fmt.Sprintf("duration %s: want at least 15 minutes", r.Duration))
	}
	return nil
}

func (r Role) params() url.Values {
	duration := cmp.Or(r.Duration, time.Hour)
	params := url.Values{
		"RoleArn":         {r.ARN},
		"RoleSessionName": {cmp.Or(r.SessionName, sessionName)},
		"DurationSeconds": {strconv.Itoa(int(duration / time.Second))},
	}
	if r.ExternalID != "" {
		params.Set("ExternalId", r.ExternalID)
	}
	if r.Policy != "" {
		params.Set("Policy", r.Policy)
	}
	return params
}

// place returns the address of the token service.
type place struct {
	endpoint string // an address or only a host; empty: that of the region
	region   string
	private  bool // inside a VPC
}

// withEnvironment sets the address of the token service from the environment.
func (p place) withEnvironment() (place, error) {
	private, _, err := environ.Switch("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")
	p.endpoint = cmp.Or(p.endpoint, os.Getenv("ALIBABA_CLOUD_STS_ENDPOINT"))
	p.region = cmp.Or(p.region, os.Getenv("ALIBABA_CLOUD_STS_REGION"))
	p.private = p.private || private
	return p, err
}

// address returns the endpoint as an address, or "" if the region decides.
func (p place) address() string {
	if p.endpoint == "" || strings.Contains(p.endpoint, "://") {
		return p.endpoint
	}
	return "https://" + p.endpoint + "/"
}

func (p place) host(region string) string {
	switch {
	case region == "":
		return "sts.aliyuncs.com"
	case p.private:
		return "sts-vpc." + region + ".aliyuncs.com"
	default:
		return "sts." + region + ".aliyuncs.com"
	}
}

// sts returns a client of the token service. A nil sign means the signature of
// the base.
func (s Services) sts(base provider.CredentialsProvider, at place, sign func(*httpapi.Attempt) error) (*httpapi.Client, error) {
	at, err := at.withEnvironment()
	if err != nil {
		return nil, err
	}
	return aliyun.New(
		aliyun.Product{Name: "aliyunsts", Version: stsVersion, Host: at.host, NoRegions: true, Sign: sign, Permissions: stsPermissions},
		provider.Config{
			Region:      at.region,
			Endpoint:    cmp.Or(s.STS, at.address()),
			AllowHTTP:   s.AllowHTTP,
			Credentials: base,
			HTTPClient:  s.HTTPClient,
			Retry:       provider.Retry{AttemptTimeout: 10 * time.Second},
		})
}

const stsVersion = "2015-04-01"

var stsPermissions = map[string]string{
	"AssumeRole": "sts:AssumeRole on the role, and let the role trust the account, see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole",
}
