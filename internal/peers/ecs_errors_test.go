package peers_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/vendors"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
)

// TestECSRefusals asks what ECS refuses. The vendor's client must tell the code by
// its typed error.
func TestECSRefusals(t *testing.T) {
	type request = *ecs.DescribeImagesRequest
	filter := func(key, value string) func(request) {
		return func(r request) { r.Filter = &[]ecs.DescribeImagesFilter{{Key: key, Value: value}} }
	}
	lab := serve(t, worlds.ECS(4))
	for _, tt := range []struct {
		status int
		code   string
		set    func(request)
	}{
		{400, "InvalidImageOwnerAlias.ValueNotSupported", func(r request) { r.ImageOwnerAlias = "mine" }},
		{400, "InvalidImageOwnerAlias.PublicImageUnsupported", func(r request) { r.IsPublic = "true" }},
		{400, "InvalidOperation.ImageOwnerIdUnsupported", func(r request) { r.ImageOwnerId = "1" }},
		{400, "InvalidParamter", func(r request) { r.PageSize = "0" }},
		{400, "InvalidParameter", func(r request) { r.PageSize = "101" }},
		{400, "InvalidTag.Mismatch", func(r request) { r.Tag = &[]ecs.DescribeImagesTag{{Value: "v"}} }},
		{400, "InvalidTagCount", func(r request) {
			tags := slices.Repeat([]ecs.DescribeImagesTag{{Key: "k", Value: "v"}}, 21)
			r.Tag = &tags
		}},
		{400, "InvalidInstanceType.ValueNotSupported", func(r request) { r.InstanceType = "rds.large" }},
		{400, "InvalidFilterValue.NetworkType", filter("NetworkType", "moon")},
		{400, "DryRunOperation", func(r request) { r.DryRun = "true" }},
		{404, "InvalidFilterKey.NotFound", filter("Colour", "red")},
		{404, "InvalidFilterValue", filter("CreationStartTime", "yesterday")},
		{404, "InvalidUsage", func(r request) { r.Usage = "some" }},
		{404, "InvalidOSType", func(r request) { r.OSType = "plan9" }},
		{404, "InvalidArchitecture", func(r request) { r.Architecture = "pdp11" }},
		{404, "InvalidRegionId.NotFound", func(r request) { r.QueryParams["RegionId"], r.RegionId = "cn-atlantis", "cn-atlantis" }},
	} {
		t.Run(tt.code, func(t *testing.T) {
			client, err := lab.account(worlds.Region, worlds.Key).ECS()
			if err != nil {
				t.Fatal(err)
			}
			request := ecs.CreateDescribeImagesRequest()
			tt.set(request)
			_, err = client.DescribeImages(request)
			refused(t, lab, err, tt.status, tt.code)
		})
	}
}

// TestECSIdentities asks with keys that are refused, or as a request that is. Both
// clients must tell the same code.
func TestECSIdentities(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		kind   provider.Kind
		set    func(*vendors.Account)
		now    func() time.Time
	}{
		{404, "InvalidAccessKeyId.NotFound", provider.Unauthenticated, func(a *vendors.Account) { a.KeyID = "nobody" }, nil},
		{400, "InvalidAccessKeyId.Inactive", provider.Unauthenticated, as("disabled", ""), nil},
		{400, "SignatureDoesNotMatch", provider.Unauthenticated, func(a *vendors.Account) { a.Secret = "wrong" }, nil},
		{400, "InvalidSecurityToken.Malformed", provider.Unauthenticated, as(worlds.STSKey, "no token"), nil},
		{400, "InvalidSecurityToken.MismatchWithAccessKey", provider.Unauthenticated, as(worlds.Key, worlds.Token), nil},
		{400, "InvalidSecurityToken.Expired", provider.Unauthenticated, as("expired", "expired-token"), nil},
		{400, "MissingSecurityToken", provider.Unauthenticated, as(worlds.STSKey, ""), nil},
		{400, "InvalidTimeStamp.Expired", provider.Unauthenticated, as(worlds.Key, ""), func() time.Time { return time.Now().Add(time.Hour) }},
		{403, "Forbidden.RAM", provider.PermissionDenied, as("denied", ""), nil},
	} {
		t.Run(tt.code, func(t *testing.T) {
			lab := serve(t, worlds.ECS(4))
			lab.cloud.Now = tt.now
			account := lab.account(worlds.Region, worlds.Key)
			tt.set(&account)
			client, err := account.ECS()
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.DescribeImages(ecs.CreateDescribeImagesRequest())
			refused(t, lab, err, tt.status, tt.code)
			failed(t, oursOf(t, account), tt.code, tt.kind)
		})
	}
}

func as(key, token string) func(*vendors.Account) {
	return func(a *vendors.Account) { a.KeyID, a.Secret, a.Token = key, key+worlds.Suffix, token }
}

// refused checks the typed error of the vendor's client.
func refused(t *testing.T, lab *lab, err error, status int, code string) *sdkerrors.ServerError {
	t.Helper()
	var refusal *sdkerrors.ServerError
	if !errors.As(err, &refusal) {
		t.Fatalf("got %T %v, want %s", err, err, code)
	}
	requests := lab.cloud.Requests()
	if got := requests[len(requests)-1]; refusal.ErrorCode() != code || refusal.HttpStatus() != status || refusal.RequestId() != got.ID {
		t.Errorf("got %d %s of request %q, want %d %s of %q", refusal.HttpStatus(), refusal.ErrorCode(), refusal.RequestId(), status, code, got.ID)
	}
	if refusal.Message() == "" || refusal.HostId() == "" || refusal.Recommend() == "" {
		t.Errorf("message %q, host %q, recommendation %q", refusal.Message(), refusal.HostId(), refusal.Recommend())
	}
	return refusal
}

func oursOf(t *testing.T, a vendors.Account) *provider.Client {
	t.Helper()
	client, err := aliyunecs.New(provider.Config{
		Region: a.Region, Endpoint: a.URL, Credentials: provider.Static(a.KeyID, a.Secret, a.Token),
		Retry: provider.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// failed checks the error of our client.
func failed(t *testing.T, client *provider.Client, code string, kind provider.Kind) {
	t.Helper()
	_, err := provider.Collect(client.Images(t.Context(), image.Query{}))
	var e *provider.Error
	if !errors.As(err, &e) || e.Code != code || e.Kind != kind {
		t.Errorf("ours says %v, want %s and %v", err, code, kind)
	}
}

// TestECSStringToSign signs odd values with a wrong secret. The vendor's client
// says that the secret is wrong only if the server's string to sign equals its own
// byte for byte, and blames itself otherwise.
func TestECSStringToSign(t *testing.T) {
	lab := serve(t, worlds.ECS(4))
	for _, token := range []string{"", "to ken+/=*~%41é"} {
		account := lab.account(worlds.Region, worlds.Key)
		account.Secret, account.Token = "wrong", token
		if token != "" {
			account.KeyID = "odd"
		}
		world := worlds.ECS(4)
		world.Accounts[0].Keys[1].ID, world.Accounts[0].Keys[1].Token = "odd", "to ken+/=*~%41é"
		account.URL = serve(t, world).url
		client, err := account.ECS()
		if err != nil {
			t.Fatal(err)
		}
		request := ecs.CreateDescribeImagesRequest()
		request.ImageName = "a b+c*d~e%20f/g=h&i?j'k(l)m!n\"o<p>q\\r中🚀\n"
		request.Tag = &[]ecs.DescribeImagesTag{{Key: "键 ~", Value: "v+/="}, {Key: "empty"}}
		_, err = client.DescribeImages(request)
		var refusal *sdkerrors.ServerError
		if !errors.As(err, &refusal) || refusal.ErrorCode() != "SignatureDoesNotMatch" {
			t.Fatalf("got %v", err)
		}
		if got := refusal.Recommend(); !strings.HasPrefix(got, "InvalidAccessKeySecret") {
			t.Errorf("token %q: the strings to sign differ: %s", token, got)
		}
	}
}

// TestECSNonces sends one signed request twice, as a proxy might.
func TestECSNonces(t *testing.T) {
	lab := serve(t, worlds.ECS(4))
	account := lab.account(worlds.Region, worlds.Key)
	account.Transport = twice{}
	client, err := account.ECS()
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.DescribeImages(ecs.CreateDescribeImagesRequest())
	refused(t, lab, err, 400, "SignatureNonceUsed")
}

// twice sends every request two times, and returns the second answer.
type twice struct{}

func (twice) RoundTrip(r *http.Request) (*http.Response, error) {
	first, err := http.DefaultTransport.RoundTrip(r.Clone(r.Context()))
	if err != nil {
		return nil, err
	}
	if err := first.Body.Close(); err != nil {
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(r)
}
