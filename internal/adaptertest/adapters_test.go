package adaptertest_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

func TestClientsNameProviderRegionAndHost(t *testing.T) {
	eachAdapter(t, func(t *testing.T, a operation) {
		info := adaptertest.New(t, a.open, provider.Config{Region: a.region}).Info()
		if info.Name != a.provider || info.Region != a.region || info.Host != a.host {
			t.Errorf("client of %s in %q at %s, want %s in %q at %s", info.Name, info.Region, info.Host, a.provider, a.region, a.host)
		}
	})
}

func TestRequestsHaveTheDocumentedParameters(t *testing.T) {
	for name, want := range map[string]url.Values{
		aliyunswas.Name: {"Action": {"ListCustomImages"}, "Version": {"2020-06-01"}, "RegionId": {"cn-hangzhou"}, "ImageIds": {`["m-1"]`}, "PageNumber": {"1"}, "PageSize": {"100"}},
		aliyunens.Name:  {"Action": {"DescribeSelfImages"}, "Version": {"2017-11-10"}, "ImageId": {"m-1"}, "PageNumber": {"1"}, "PageSize": {"50"}},
	} {
		a := listingOf(name)
		s := &adaptertest.Server{Status: http.StatusOK, Body: a.empty}
		client := adaptertest.Client(t, a.open, a.region, s)
		if _, err := provider.Collect(client.Images(t.Context(), image.Query{IDs: []string{"m-1"}})); err != nil || len(s.Asked()) != 1 {
			t.Fatalf("%s: %d requests, want 1; error %v", a.name, len(s.Asked()), err)
		}
		asked := s.Asked()[0]
		if asked.Scheme != "https" || asked.Host != a.host || asked.Path != "/" {
			t.Errorf("asked %s://%s%s", asked.Scheme, asked.Host, asked.Path)
		}
		got := asked.Query()
		for _, changing := range []string{"Signature", "SignatureNonce", "Timestamp"} {
			if got.Get(changing) == "" {
				t.Errorf("%s: %s is missing", a.name, changing)
			}
			got.Del(changing)
		}
		maps.Copy(want, url.Values{"Format": {"JSON"}, "AccessKeyId": {"test-key-id"}, "SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", a.name, diff)
		}
	}
}

func TestCheckRequestsOneImage(t *testing.T) {
	eachAdapter(t, func(t *testing.T, a operation) {
		s := &adaptertest.Server{Status: http.StatusOK, Body: a.empty}
		if err := adaptertest.Client(t, a.open, a.region, s).Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.Asked()[0].Query().Get(a.sizeParam); len(s.Asked()) != 1 || got != "1" {
			t.Errorf("%d requests with pages of %s, want one with a page of 1", len(s.Asked()), got)
		}
	})
}

func TestDetailsNeedsTheNativeRecordOfItsProvider(t *testing.T) {
	eachAdapter(t, func(t *testing.T, a operation) {
		for _, m := range []image.Image{
			{Ref: image.Ref{Provider: "another", ID: "m-1"}, Native: []byte(`{}`)},
			{Ref: image.Ref{Provider: a.provider, ID: "m-1"}},
			{Ref: image.Ref{Provider: a.provider, ID: "m-1"}, Native: []byte(`{"ImageId":`)},
		} {
			if a.details(m) == nil {
				t.Errorf("details of %s with native %q, want an error", m, m.Native)
			}
		}
	})
}

func TestNewRefusesBadConfigurations(t *testing.T) {
	profiles.use(t)
	keys := provider.Static("test-key-id", "test-key-secret", "")
	eachAdapter(t, func(t *testing.T, a operation) {
		a.checkRefused(t, provider.Config{Credentials: keys, Region: a.region, Endpoint: "api.example.com"}, provider.InvalidArgument, "https://")
		a.checkRefused(t, provider.Config{Credentials: keys, Region: a.region, Retry: provider.Retry{Attempts: -1}}, provider.InvalidArgument, "Retry.Attempts")
		if a.region != "" {
			a.checkRefused(t, provider.Config{Credentials: keys}, provider.InvalidArgument, "Config.Region")
		}
		if a.provider != qingcloud.Name { // which finds credentials in files too
			a.checkRefused(t, provider.Config{Region: a.region}, provider.Unauthenticated, "ALIBABA_CLOUD_ACCESS_KEY_ID")
		}
	})
}

func (a operation) checkRefused(t *testing.T, c provider.Config, kind provider.Kind, says string) {
	t.Helper()
	_, err := a.open(c)
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || e.Kind != kind || e.Provider != a.provider || !strings.Contains(err.Error(), says) {
		t.Errorf("region %q, endpoint %q: error %v, want %v of %s that says %s", c.Region, c.Endpoint, err, kind, a.provider, says)
	}
}

// Regions that other clouds have must not become part of a host name.
func TestRegionsThatAreNoHostLabelAreRefused(t *testing.T) {
	eachAdapter(t, func(t *testing.T, a operation) {
		for _, region := range []string{"cn-hangzhou.evil.com", "RegionOne", "a_b", "UPPER", "CN-HANGZHOU", strings.Repeat("a", 64)} {
			for _, endpoint := range []string{"", "https://{region}.example.com/", "https://api.example.com/"} {
				c := provider.Config{Region: region, Endpoint: endpoint, Credentials: provider.Static("i", "s", "")}
				a.checkRefused(t, c, provider.InvalidArgument, "Config.Region")
			}
		}
	})
}

// Parameters that the client sets, values of a wrong type, unknown names, and those that
// a field of the query sets too.
func TestNativeIsRefused(t *testing.T) {
	const taken = " sets the same parameter"
	ids, tags := image.Query{IDs: []string{"m-2"}}, image.Query{Tags: map[string]string{"a": "b"}}
	for _, test := range []struct {
		provider, key, value string
		query                image.Query
		want                 string
	}{
		{"aliyunecs", "PageNumber", "2", image.Query{}, "paging"},
		{"aliyunecs", "RegionId", "cn-beijing", image.Query{}, "Config.Region"},
		{"aliyunecs", "DryRun", "true", image.Query{}, "DryRun"},
		{"aliyunecs", "OwnerAccount", "x", image.Query{}, "OwnerAccount"},
		{"aliyunecs", "Tag.1.key", "x", image.Query{}, "Tag.1.key"},
		{"aliyunecs", "Colour", "red", image.Query{}, "no such parameter"},
		{"aliyunecs", "ShowExpired", "maybe", image.Query{}, "true or false"},
		{"aliyunecs", "ImageOwnerId", "x", image.Query{}, "whole number"},
		{"aliyunecs", "ImageName", "web", image.Query{Names: []string{"web"}}, "names" + taken},
		{"aliyunecs", "IsPublic", "true", image.Query{Sources: []image.Source{"shared"}}, "sources" + taken},
		{"aliyunecs", "Tag.1.Key", "k", tags, "tags" + taken},
		{"aliyunswas", "ClientToken", "once", image.Query{}, "needs no token"},
		{"aliyunswas", "RegionId", "cn-beijing", image.Query{}, "Config.Region"},
		{"aliyunswas", "PageNumber", "2", image.Query{}, "paging"},
		{"aliyunswas", "PageSize", "10", image.Query{}, "paging"},
		{"aliyunswas", "Share", "maybe", image.Query{}, "true or false"},
		{"aliyunswas", "Shared", "true", image.Query{}, "no such parameter"},
		{"aliyunswas", "ImageIds", `["m-1"]`, ids, "ids" + taken},
		{"aliyunswas", "Tag.1.Value", "on", tags, "tags" + taken},
		{"aliyunens", "RegionId", "cn-beijing", image.Query{}, "no such parameter"},
		{"aliyunens", "PageNumber", "2", image.Query{}, "paging"},
		{"aliyunens", "PageSize", "10", image.Query{}, "paging"},
		{"aliyunens", "ImageId", "m-1", ids, "ids" + taken},
		{"qingcloud", "zone", "pek3b", image.Query{}, "Config.Region"},
		{"qingcloud", "offset", "20", image.Query{}, "paging"},
		{"qingcloud", "limit", "20", image.Query{}, "paging"},
		{"qingcloud", "verbose", "much", image.Query{}, "whole number"},
		{"qingcloud", "images.n", "img-1", image.Query{}, "no such parameter"},
		{"qingcloud", "images.1", "img-1", ids, "ids" + taken},
		{"qingcloud", "provider", "self", image.Query{Sources: []image.Source{"self"}}, "sources" + taken},
		{"qingcloud", "os_family", "centos", image.Query{Platforms: []string{"centos"}}, "platforms" + taken},
		{"qingcloud", "processor_type", "64bit", image.Query{Archs: []image.Arch{"x86_64"}}, "archs" + taken},
		{"qingcloud", "owner", "usr-1", image.Query{Owners: []string{"usr-2"}}, "owners" + taken},
	} {
		a := listingOf(test.provider)
		t.Run(fmt.Sprint(a.name, "/", test.key), func(t *testing.T) {
			test.query.Native = map[string]map[string]string{a.provider: {test.key: test.value}}
			_, err := adaptertest.New(t, a.open, provider.Config{Region: a.region}).Explain(test.query)
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want an invalid argument that says %q", err, test.want)
			}
		})
	}
}

// planQueries are the zero query, and one of which every adapter sends some
// predicates and checks others here.
var planQueries = [2]image.Query{{}, {
	Names:        []string{"web-1", "web-2"},
	Sources:      []image.Source{image.SourceSelf},
	Statuses:     []image.Status{image.StatusAvailable, image.StatusPending},
	OSes:         []image.OS{image.OSLinux},
	Platforms:    []string{"ubuntu", "debian"},
	CreatedAfter: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
}}

func plan(tb testing.TB, c *provider.Client, q image.Query) {
	p, err := c.Explain(q)
	if err != nil || len(p.Calls) == 0 {
		tb.Fatalf("plan %v, error %v", p, err)
	}
}

// BenchmarkPlan plans a query and sends nothing.
func BenchmarkPlan(b *testing.B) {
	for _, a := range listings() {
		for _, q := range planQueries {
			b.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(b *testing.B) {
				c := adaptertest.New(b, a.open, provider.Config{Region: "r-1"})
				b.ReportAllocs()
				for b.Loop() {
					plan(b, c, q)
				}
			})
		}
	}
}

// The bounds are about a fifth above the measured allocations.
func TestPlanAllocatesLittle(t *testing.T) {
	for _, a := range listings() {
		for i, q := range planQueries {
			t.Run(fmt.Sprintf("%s/%d-predicates", a.name, len(q.Fields())), func(t *testing.T) {
				c := adaptertest.New(t, a.open, provider.Config{Region: "r-1"})
				if got := testing.AllocsPerRun(100, func() { plan(t, c, q) }); got > a.allocs[i] {
					t.Errorf("%v allocations, want at most %v", got, a.allocs[i])
				}
			})
		}
	}
}

// An error of the Kind PermissionDenied must name the permission to grant and the page
// that documents it, as the table of docs/accounts.md does. Errors of other Kinds must
// not, and neither must the refusal of a proxy, whose page says nothing of permissions.
func TestADeniedOperationNamesItsPermission(t *testing.T) {
	document, err := os.ReadFile("../../docs/accounts.md")
	if err != nil {
		t.Fatal(err)
	}
	denied := &adaptertest.Server{Status: http.StatusForbidden, Body: `{"Code":"NoPermission","Message":"no","RequestId":"R-1","ret_code":1400,"message":"no"}`}
	invalid := &adaptertest.Server{Status: http.StatusBadRequest, Body: `{"Code":"InvalidParameter","Message":"no","RequestId":"R-1","ret_code":1100,"message":"no"}`}
	page := &adaptertest.Server{Status: http.StatusForbidden, Body: `<html><body>blocked by the proxy</body></html>`}
	for _, op := range operations {
		t.Run(op.name, func(t *testing.T) {
			remedy := remedyOf(t, op.failure(t, denied), provider.PermissionDenied)
			checkRemedy(t, remedy, op.permission, string(document))
			if got := remedyOf(t, op.failure(t, invalid), provider.InvalidArgument); got != "" {
				t.Errorf("remedy %q of a bad argument, want none", got)
			}
			if got := remedyOf(t, op.failure(t, page), provider.PermissionDenied); got != "" {
				t.Errorf("remedy %q of a page, want none", got)
			}
		})
	}
	t.Run("AssumeRole", func(t *testing.T) {
		services := aliyuncreds.Services{HTTPClient: &http.Client{Transport: denied}}
		role := services.AssumeRole(provider.Static("id", "secret", ""), aliyuncreds.Role{ARN: "acs:ram::1:role/r"})
		client := adaptertest.New(t, aliyunecs.New, provider.Config{Region: "cn-hangzhou", Credentials: role, HTTPClient: &http.Client{Transport: denied}})
		_, err := provider.Collect(client.Images(t.Context(), image.Query{}))
		checkRemedy(t, err.Error(), "sts:AssumeRole", string(document))
		if strings.Contains(err.Error(), "ecs:") {
			t.Errorf("error %q names a permission of an operation that was not requested", err)
		}
	})
}

// A refusal because of the account itself names no permission, since none removes it.
func TestARefusedAccountNamesAnotherRemedy(t *testing.T) {
	for _, op := range operations {
		for _, body := range []string{
			`{"Code":"Forbidden.RiskControl","ret_code":2400,"message":"no"}`,
			`{"Code":"CurrentAccount.NotSupportPublicImage","ret_code":1600,"message":"no"}`,
			`{"Code":"Forbidden.RiskControl","ret_code":4003,"message":"no"}`,
		} {
			refusing := &adaptertest.Server{Status: http.StatusForbidden, Body: body}
			if got := remedyOf(t, op.failure(t, refusing), provider.PermissionDenied); got == "" || strings.Contains(got, "grant") {
				t.Errorf("%s, %s: remedy %q, want another than a permission", op.name, body, got)
			}
		}
	}
}

func (o operation) failure(t *testing.T, server http.RoundTripper) error {
	t.Helper()
	_, err := o.request(t.Context(), adaptertest.Client(t, o.open, "cn-hangzhou", server))
	return err
}

func remedyOf(t *testing.T, err error, kind provider.Kind) string {
	t.Helper()
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || e.Kind != kind {
		t.Fatalf("error %v, want the kind %v", err, kind)
	}
	if !strings.HasSuffix(err.Error(), e.Remedy) {
		t.Errorf("error %q does not end with the remedy %q", err, e.Remedy)
	}
	return e.Remedy
}

func checkRemedy(t *testing.T, remedy, permission, document string) {
	t.Helper()
	_, page, _ := strings.Cut(remedy, "https://")
	page, _, _ = strings.Cut(page, " ")
	if !strings.Contains(remedy, "grant "+permission) || page == "" {
		t.Errorf("remedy %q does not name %q and a page", remedy, permission)
	}
	if !strings.Contains(document, "`"+permission+"`") || !strings.Contains(document, "<https://"+page+">") {
		t.Errorf("docs/accounts.md has no row with %q and https://%s", permission, page)
	}
}
