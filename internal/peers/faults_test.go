package peers_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	qingerrors "github.com/yunify/qingcloud-sdk-go/request/errors"
	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
)

// TestECSFailures tells both clients what goes wrong at the vendor's side.
func TestECSFailures(t *testing.T) {
	for _, tt := range []struct {
		fault  fakecloud.Fault
		status int
		code   string
		kind   provider.Kind
	}{
		{fakecloud.Fault{Do: fakecloud.Throttle}, 400, "Throttling.User", provider.Throttled},
		{fakecloud.Fault{Do: fakecloud.Throttle, Code: "Throttling.Api", Status: 429}, 429, "Throttling.Api", provider.Throttled},
		{fakecloud.Fault{Do: fakecloud.Throttle, Code: "Rejected.Throttling"}, 400, "Rejected.Throttling", provider.Throttled},
		{fakecloud.Fault{Do: fakecloud.ServerError}, 500, "InternalError", provider.Unavailable},
		{fakecloud.Fault{Do: fakecloud.ServerError, Status: 503}, 503, "ServiceUnavailable", provider.Unavailable},
		{
			fakecloud.Fault{Do: fakecloud.ServerError, Status: 403, Code: "CurrentAccount.NotSupportPublicImage"},
			403, "CurrentAccount.NotSupportPublicImage", provider.PermissionDenied,
		},
	} {
		t.Run(tt.code, func(t *testing.T) {
			lab := serve(t, worlds.ECS(4))
			lab.setFaults(t, tt.fault)
			client, err := lab.account(worlds.Region, worlds.Key).ECS()
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.DescribeImages(ecs.CreateDescribeImagesRequest())
			refused(t, lab, err, tt.status, tt.code)
			failed(t, lab.ours(t, aliyunecs.New, worlds.Region, "/", worlds.Key, ""), tt.code, tt.kind)
		})
	}
}

// TestQingFailures does the same at QingCloud.
func TestQingFailures(t *testing.T) {
	for _, tt := range []struct {
		fault fakecloud.FaultKind
		code  int
		kind  provider.Kind
	}{
		{fakecloud.Throttle, 2500, provider.Throttled},
		{fakecloud.ServerError, 5000, provider.Unavailable},
		{fakecloud.UnknownKey, 1200, provider.Unauthenticated},
	} {
		t.Run(strconv.Itoa(tt.code), func(t *testing.T) {
			lab := serve(t, worlds.Qing(4))
			lab.setFaults(t, fakecloud.Fault{Do: tt.fault})
			client, err := lab.account(worlds.Zone, worlds.Key).Qing()
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.DescribeImages(&qing.DescribeImagesInput{})
			var refusal *qingerrors.QingCloudError
			if !errors.As(err, &refusal) || refusal.RetCode != tt.code {
				t.Errorf("got %T %v, want %d", err, err, tt.code)
			}
			failed(t, lab.qing(t), strconv.Itoa(tt.code), tt.kind)
		})
	}
}

// TestTotals writes totals as texts where numbers are documented, and as numbers
// where texts are. Both clients read either.
func TestTotals(t *testing.T) {
	ecsLab, swasLab := serve(t, worlds.ECS(120)), serve(t, worlds.SWAS(120))
	ecsLab.setFaults(t, fakecloud.Fault{Do: fakecloud.TotalText})
	swasLab.setFaults(t, fakecloud.Fault{Do: fakecloud.TotalNumber})
	ecsClient, err := ecsLab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	swasClient, err := swasLab.account(worlds.Region, worlds.Key).SWAS()
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]int{
		"ECS":  {len(listECS(t, ecsLab, ecsClient, 100)), len(collect(t, ecsLab.ours(t, aliyunecs.New, worlds.Region, "/", worlds.Key, ""), image.Query{}))},
		"SWAS": {len(listSWAS(t, swasLab, swasClient)), len(collect(t, swasLab.ours(t, aliyunswas.New, worlds.Region, "/", worlds.Key, ""), image.Query{}))},
	} {
		if pair != [2]int{120, 120} {
			t.Errorf("%s: the clients have %v images, want 120 each", name, pair)
		}
	}
}

func (l *lab) setFaults(t *testing.T, faults ...fakecloud.Fault) {
	t.Helper()
	if err := l.cloud.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
}
