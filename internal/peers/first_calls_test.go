package peers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/location"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	"github.com/yunify/qingcloud-sdk-go/config"
	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/internal/peers/worlds"
)

// The vendors' clients decode the responses that programs need before they list images.
func TestECSRegionsAndZones(t *testing.T) {
	lab := serve(t, worlds.ECS(4))
	client, err := lab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	regions, err := client.DescribeRegions(ecs.CreateDescribeRegionsRequest())
	if err != nil {
		t.Fatal(err)
	}
	lab.last(t)
	host := strings.TrimPrefix(lab.url, "http://")
	equal(t, "regions", []ecs.Region{{RegionId: worlds.Region, LocalName: worlds.Region, RegionEndpoint: host, Status: "available"}}, regions.Regions.Region)
	zones, err := client.DescribeZones(ecs.CreateDescribeZonesRequest())
	if err != nil {
		t.Fatal(err)
	}
	lab.last(t)
	for i, zone := range zones.Zones.Zone {
		if zone.ZoneId != worlds.Region+[]string{"-a", "-b"}[i] || !slices.Contains(zone.AvailableResourceCreation.ResourceTypes, "Instance") {
			t.Errorf("zone %d is %+v", i, zone)
		}
	}
	if len(zones.Zones.Zone) != 2 {
		t.Errorf("%d zones", len(zones.Zones.Zone))
	}
}

// A client with the key of an assumed role lists the images of the role's account.
func TestAssumedRole(t *testing.T) {
	world := worlds.ECS(4)
	lab := serve(t, world)
	account := lab.account(worlds.Region, worlds.Key)
	client, err := account.STS()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := client.GetCallerIdentity(sts.CreateGetCallerIdentityRequest())
	if err != nil {
		t.Fatal(err)
	}
	id := world.Accounts[0].ID
	if identity.AccountId != id || identity.IdentityType != "RAMUser" || identity.UserId == "" {
		t.Errorf("the caller is %+v", identity)
	}
	request := sts.CreateAssumeRoleRequest()
	request.RoleArn, request.RoleSessionName, request.DurationSeconds = "acs:ram::"+id+":role/reader", "peer", "900"
	assumed, err := client.AssumeRole(request)
	if err != nil {
		t.Fatal(err)
	}
	lab.last(t)
	account.KeyID, account.Secret, account.Token = assumed.Credentials.AccessKeyId, assumed.Credentials.AccessKeySecret, assumed.Credentials.SecurityToken
	lister, err := account.ECS()
	if err != nil {
		t.Fatal(err)
	}
	page, err := lister.DescribeImages(ecs.CreateDescribeImagesRequest())
	if err != nil || page.TotalCount == 0 {
		t.Errorf("%d images, %v", page.TotalCount, err)
	}
	client, err = account.STS()
	if err != nil {
		t.Fatal(err)
	}
	identity, err = client.GetCallerIdentity(sts.CreateGetCallerIdentityRequest())
	if err != nil || identity.Arn != assumed.AssumedRoleUser.Arn || identity.RoleId == "" {
		t.Errorf("the caller is %+v, %v; want %s", identity, err, assumed.AssumedRoleUser.Arn)
	}
}

func TestLocationEndpoints(t *testing.T) {
	lab := serve(t, worlds.ECS(4))
	client, err := lab.account(worlds.Region, worlds.Key).Location()
	if err != nil {
		t.Fatal(err)
	}
	request := location.CreateDescribeEndpointsRequest()
	request.Id, request.ServiceCode, request.Type = worlds.Region, "ecs", "openAPI"
	found, err := client.DescribeEndpoints(request)
	if err != nil {
		t.Fatal(err)
	}
	lab.last(t)
	list := found.Endpoints.Endpoint
	if len(list) != 1 || "http://"+list[0].Endpoint != lab.url || list[0].SerivceCode != "ecs" || !found.Success {
		t.Errorf("endpoints are %+v", list)
	}
	equal(t, "protocols", []string{"HTTP"}, list[0].Protocols.Protocols)
}

func TestQingZones(t *testing.T) {
	lab := serve(t, worlds.Qing(4))
	c, err := config.NewWithEndpoint(worlds.Key, worlds.Key+worlds.Suffix, lab.url+"/iaas")
	if err != nil {
		t.Fatal(err)
	}
	service, err := qing.Init(c)
	if err != nil {
		t.Fatal(err)
	}
	found, err := service.DescribeZones(&qing.DescribeZonesInput{Status: qing.StringSlice([]string{"active"})})
	if err != nil {
		t.Fatal(err)
	}
	lab.last(t)
	if len(found.ZoneSet) != 1 || *found.ZoneSet[0].ZoneID != worlds.Zone || *found.TotalCount != 1 {
		t.Errorf("zones are %+v", found.ZoneSet)
	}
}
