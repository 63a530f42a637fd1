package adaptertest_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

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

// failure returns the error of one request.
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
