package peers_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
	qingerrors "github.com/yunify/qingcloud-sdk-go/request/errors"
	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/internal/peers/vendors"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestECSFamilyRefusals asks what DescribeImageFromFamily refuses.
func TestECSFamilyRefusals(t *testing.T) {
	lab := serve(t, worlds.ECS(4))
	for _, tt := range []struct {
		key, region, family string
		status              int
		code                string
	}{
		{worlds.Key, worlds.Region, "", 400, "MissingParameter"},
		{worlds.Key, "cn-atlantis", "f", 404, "InvalidRegionId.NotFound"},
		{"denied", worlds.Region, "f", 403, "InvalidUser.Unauthorized"},
	} {
		client, err := lab.account(tt.region, tt.key).ECS()
		if err != nil {
			t.Fatal(err)
		}
		request := ecs.CreateDescribeImageFromFamilyRequest()
		request.ImageFamily = tt.family
		_, err = client.DescribeImageFromFamily(request)
		refused(t, lab, err, tt.status, tt.code)
	}
}

// TestSWASRefusals asks what SWAS refuses.
func TestSWASRefusals(t *testing.T) {
	type request = *swas.ListCustomImagesRequest
	lab := serve(t, worlds.SWAS(4))
	for _, tt := range []struct {
		key    string
		status int
		code   string
		set    func(request)
	}{
		{worlds.Key, 400, "InvalidParameter", func(r request) { r.ImageIds = "m-1" }},
		{worlds.Key, 400, "InvalidParameter", func(r request) { r.PageSize = "101" }},
		{"denied", 403, "NoPermission", func(request) {}},
		{"disabled", 400, "InvalidAccessKeyId.Inactive", func(request) {}},
	} {
		client, err := lab.account(worlds.Region, tt.key).SWAS()
		if err != nil {
			t.Fatal(err)
		}
		request := swas.CreateListCustomImagesRequest()
		tt.set(request)
		_, err = client.ListCustomImages(request)
		refused(t, lab, err, tt.status, tt.code)
	}
}

// TestENSRefusals asks what ENS refuses.
func TestENSRefusals(t *testing.T) {
	lab := serve(t, worlds.ENS(4))
	for _, tt := range []struct{ key, size, code string }{
		{worlds.Key, "0", "InvalidParameter.PageSize"},
		{"denied", "10", "NoPermission"},
	} {
		client, err := lab.account(worlds.Region, tt.key).ENS()
		if err != nil {
			t.Fatal(err)
		}
		request := ens.CreateDescribeSelfImagesRequest()
		request.PageSize = "10"
		if tt.size == "0" {
			request.QueryParams["PageSize"], request.PageSize = "0", "0"
		}
		_, err = client.DescribeSelfImages(request)
		refused(t, lab, err, 400, tt.code)
	}
}

// TestQingRefusals asks what QingCloud refuses, always with the status 200. Both
// clients must tell the same code.
func TestQingRefusals(t *testing.T) {
	for _, tt := range []struct {
		code int
		kind provider.Kind
		set  func(*vendors.Account)
		ask  qing.DescribeImagesInput
		now  func() time.Time
	}{
		{1100, provider.InvalidArgument, func(a *vendors.Account) { a.Region = "mars" }, qing.DescribeImagesInput{}, nil},
		{1200, provider.Unauthenticated, func(a *vendors.Account) { a.Secret = "wrong" }, qing.DescribeImagesInput{}, nil},
		{1200, provider.Unauthenticated, as("disabled", ""), qing.DescribeImagesInput{}, nil},
		{1300, provider.Unauthenticated, as(worlds.Key, ""), qing.DescribeImagesInput{}, func() time.Time { return time.Now().Add(time.Hour) }},
		{1400, provider.PermissionDenied, as("denied", ""), qing.DescribeImagesInput{}, nil},
		{2100, 0, as(worlds.Key, ""), qing.DescribeImagesInput{Images: qing.StringSlice([]string{"img-nobody"})}, nil},
		{1100, 0, as(worlds.Key, ""), qing.DescribeImagesInput{Limit: qing.Int(-1)}, nil},
	} {
		t.Run(strconv.Itoa(tt.code), func(t *testing.T) {
			lab := serve(t, worlds.Qing(8))
			lab.cloud.Now = tt.now
			account := lab.account(worlds.Zone, worlds.Key)
			tt.set(&account)
			client, err := account.Qing()
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.DescribeImages(&tt.ask)
			var refusal *qingerrors.QingCloudError
			if !errors.As(err, &refusal) || refusal.RetCode != tt.code || refusal.Message == "" || refusal.Message == "null" {
				t.Fatalf("got %T %v, want %d", err, err, tt.code)
			}
			if status := lab.last(t).Status; status != 200 {
				t.Errorf("the status is %d", status)
			}
			if tt.kind != 0 && tt.code != 1300 { // ours learns the time of the server, and goes on
				failed(t, qingOf(t, account), strconv.Itoa(tt.code), tt.kind)
			}
		})
	}
}

func qingOf(t *testing.T, a vendors.Account) *provider.Client {
	t.Helper()
	client, err := qingcloud.New(provider.Config{
		Region: a.Region, Endpoint: a.URL + "/iaas/", Credentials: provider.Static(a.KeyID, a.Secret, a.Token),
		Retry: provider.Retry{Attempts: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
