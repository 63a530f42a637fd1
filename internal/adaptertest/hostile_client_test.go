package adaptertest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// hostileClient is one client of the library: of an adapter's operation, or of a
// service that returns credentials.
type hostileClient struct {
	name string
	open opener // of an adapter
	// ask sends requests to an endpoint, and fails if the content is not that of the
	// valid response.
	ask func(context.Context, exercise) error
	// body is that of the honest response to a request.
	body func(request) string
	// refusal is the body of the service's error with a message.
	refusal func(message string) string
	// hostile limits the requests that get a hostile response; nil: all.
	hostile func(request) bool

	credentials bool // a service of credentials: it retries until the context ends
	metadata    bool // of these, one that is sent no keys
	optional    bool // the library goes on without this response
	plain       bool // the response is plain text, for which much may pass
}

// exercise holds the parts of one use of a client.
type exercise struct {
	endpoint string
	config   provider.Config // the adapter's, without place and credentials
	canary   string          // part of every secret
}

func (c *hostileClient) hostileTo(r request) bool { return c.hostile == nil || c.hostile(r) }

// The secrets of a exercise contain what percent-encoding, HTML and JSON escape.
func (v exercise) id() string     { return "LTAI" + v.canary + "/+id=" + v.canary }
func (v exercise) secret() string { return v.canary + `&<secret>"'%~` + v.canary }
func (v exercise) token() string  { return v.canary + "+/token<==" + v.canary }

// secrets are those that the client has, and that a server may know.
func (c *hostileClient) secrets(v exercise) []string {
	if c.metadata {
		return nil
	}
	return []string{v.id(), v.secret(), v.token()}
}

func hostileClients() []*hostileClient {
	return append(adapterClients(), credentialClients()...)
}

func adapterClients() []*hostileClient {
	list := func(open opener) func(context.Context, exercise) error {
		return func(ctx context.Context, v exercise) error {
			client, err := v.client(open)
			if err != nil {
				return err
			}
			return expectImage(provider.Collect(client.Images(ctx, image.Query{Sources: []image.Source{image.SourceSelf}})))
		}
	}
	family := func(ctx context.Context, v exercise) error {
		client, err := v.client(aliyunecs.New)
		if err != nil {
			return err
		}
		m, err := aliyunecs.FromFamily(ctx, client, "web")
		return expectImage([]image.Image{m}, err)
	}
	return []*hostileClient{
		{name: "ECS", open: aliyunecs.New, ask: list(aliyunecs.New), refusal: rpcRefusal, body: always(
			`{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":100,"Images":{"Image":[{"ImageId":"m-1","ImageOwnerAlias":"self"}]}}`)},
		{name: "ECS family", ask: family, refusal: rpcRefusal, body: always(
			`{"RequestId":"R-1","Image":{"ImageId":"m-1","ImageFamily":"web","ImageOwnerAlias":"self"}}`)},
		{name: "SWAS", open: aliyunswas.New, ask: list(aliyunswas.New), refusal: rpcRefusal, body: always(
			`{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":100,"CustomImages":[{"ImageId":"m-1"}]}`)},
		{name: "ENS", open: aliyunens.New, ask: list(aliyunens.New), refusal: rpcRefusal, body: always(
			`{"RequestId":"R-1","TotalCount":1,"PageNumber":1,"PageSize":50,"Code":0,"Images":{"Image":[{"ImageId":"m-1","ImageOwnerAlias":"self"}]}}`)},
		{name: "QingCloud", open: qingcloud.New, ask: list(qingcloud.New), refusal: qingRefusal, body: always(
			`{"action":"DescribeImagesResponse","ret_code":0,"total_count":1,"image_set":[{"image_id":"m-1","provider":"self"}]}`)},
	}
}

func always(body string) func(request) string { return func(request) string { return body } }

func rpcRefusal(message string) string {
	return fmt.Sprintf(`{"RequestId":"R-1","HostId":"%s","Code":"InvalidParameter","Message":"%[1]s"}`, message)
}

func qingRefusal(message string) string {
	return fmt.Sprintf(`{"action":"DescribeImagesResponse","ret_code":1100,"message":"%s"}`, message)
}

type opener func(provider.Config) (*provider.Client, error)

// client is a client with the place and the credentials of the exercise.
func (v exercise) client(open opener) (*provider.Client, error) {
	c := v.config
	c.Region, c.Endpoint = "r-1", v.endpoint
	if c.Credentials == nil {
		c.Credentials = provider.Static(v.id(), v.secret(), v.token())
	}
	return open(c)
}

func expectImage(images []image.Image, err error) error {
	switch {
	case err != nil:
		return err
	case len(images) != 1 || images[0].ID != "m-1":
		return fmt.Errorf("got the images %v, want m-1", images)
	}
	return nil
}

// credentialClients expect credentials with the canary that the exercise has.
func credentialClients() []*hostileClient {
	instance := func(ctx context.Context, v exercise) error {
		s := aliyuncreds.Services{Metadata: v.endpoint}
		return v.expectSession(s.InstanceRole("").Credentials(ctx))
	}
	role := func(ctx context.Context, v exercise) error {
		s := aliyuncreds.Services{STS: v.endpoint, HTTPClient: v.config.HTTPClient}
		base := v.config.Credentials
		if base == nil {
			base = provider.Static(v.id(), v.secret(), v.token())
		}
		return v.expectSession(s.AssumeRole(base, aliyuncreds.Role{ARN: "acs:ram::1000000000000000:role/r"}).Credentials(ctx))
	}
	iam := func(ctx context.Context, v exercise) error {
		return v.expectSession(qingcloud.IAMToken(v.endpoint + "latest/meta-data/security-credentials").Credentials(ctx))
	}
	oidc := func(ctx context.Context, v exercise) error {
		return v.expectSession(aliyuncreds.Services{STS: v.endpoint}.Profile("oidc").Credentials(ctx))
	}
	uri := func(ctx context.Context, v exercise) error {
		profiles.add(map[string]string{"name": v.endpoint, "mode": "CredentialsURI", "credentials_uri": v.endpoint + "keys"})
		return v.expectSession(aliyuncreds.Profile(v.endpoint).Credentials(ctx))
	}
	stage := func(is func(request) bool) hostileClient {
		return hostileClient{ask: instance, hostile: is, body: metadataBody, refusal: plainRefusal, metadata: true}
	}
	all := []hostileClient{
		named("instance role: token", stage(isTokenRequest)),
		named("instance role: names", stage(isNamesRequest)),
		named("instance role: keys", stage(func(r request) bool { return !isTokenRequest(r) && !isNamesRequest(r) })),
		{name: "credentials URI", ask: uri, body: metadataBody, refusal: plainRefusal, metadata: true},
		{name: "IAM token", ask: iam, body: iamBody, refusal: plainRefusal, metadata: true},
		{name: "AssumeRole", ask: role, body: stsBody, refusal: rpcRefusal},
		{name: "OIDC", ask: oidc, body: stsBody, refusal: rpcRefusal, metadata: true},
	}
	all[0].optional, all[1].plain = true, true
	var out []*hostileClient
	for i := range all {
		all[i].credentials = true
		out = append(out, &all[i])
	}
	return out
}

func named(name string, c hostileClient) hostileClient {
	c.name = name
	return c
}

func plainRefusal(message string) string {
	return fmt.Sprintf(`{"Code":"Failed","message":"%s"}`, message)
}

func isTokenRequest(r request) bool { return r.method() == http.MethodPut }

func isNamesRequest(r request) bool { return strings.HasSuffix(r.target(), "/security-credentials/") }

// The services of metadata are sent no secret of the exercise. Their keys have one
// canary of all exercises.
const metadataMark = "canary99999x"

func metadataBody(r request) string {
	switch {
	case isTokenRequest(r):
		return metadataMark + "metadata-token"
	case isNamesRequest(r):
		return "image-reader"
	}
	return sessionBody(metadataMark, `"Code":"Success",`)
}

func sessionBody(canary, before string) string {
	return fmt.Sprintf(`{%s"AccessKeyId":"%s","AccessKeySecret":"%[2]s","SecurityToken":"%[2]s","Expiration":"%s"}`,
		before, canary, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

func stsBody(r request) string {
	return `{"RequestId":"R-1","Credentials":` + sessionBody(metadataMark, "") + `}`
}

func iamBody(request) string {
	return fmt.Sprintf(`{"access_key":"%s","secret_key":"%[1]s","id_token":"%[1]s","expiration":%d}`, metadataMark, time.Now().Add(time.Hour).Unix())
}

func (v exercise) expectSession(c provider.Credentials, err error) error {
	switch {
	case err != nil:
		return err
	case c.AccessKeyID.Reveal() != metadataMark || c.AccessKeySecret.Reveal() != metadataMark || c.Token.Reveal() != metadataMark:
		return errors.New("got other credentials than the honest response has")
	}
	return nil
}

// hostileConfig is that of an adapter that retries once, soon.
func hostileConfig(timeout time.Duration, log slog.Handler) provider.Config {
	return provider.Config{
		Retry:  provider.Retry{Attempts: 2, AttemptTimeout: timeout, MaxWait: time.Millisecond},
		Logger: slog.New(log),
	}
}
