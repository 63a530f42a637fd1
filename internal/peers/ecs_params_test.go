package peers_test

import (
	"slices"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
)

// TestECSParameters sends every parameter that the typed client has.
func TestECSParameters(t *testing.T) {
	world := worlds.ECS(96)
	for i := range 8 {
		world.Images = append(world.Images, worlds.ECSImage(1000+i, image.SourceCommunity), worlds.ECSImage(2000+i, image.SourceMarketplace))
	}
	world.Accounts[0].Images[0].Expired = true
	lab := serve(t, world)
	client, err := lab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	covered(t, ecs.CreateDescribeImagesRequest(), ecsQuestions())
	ask(t, lab, lab.ours(t, aliyunecs.New, worlds.Region, "/", worlds.Key, ""), ecsQuestions(),
		func(set func(*ecs.DescribeImagesRequest)) ([]string, error) {
			request := ecs.CreateDescribeImagesRequest()
			request.Status, request.PageSize = everyStatus, "100"
			set(request)
			page, err := client.DescribeImages(request)
			var ids []string
			for _, m := range page.Images.Image {
				ids = append(ids, m.ImageId)
			}
			return ids, err
		})
}

// TestECSFamilyParameters sends every parameter of DescribeImageFromFamily.
func TestECSFamilyParameters(t *testing.T) {
	lab := serve(t, worlds.ECS(8))
	client, err := lab.account(worlds.Region, worlds.Key).ECS()
	if err != nil {
		t.Fatal(err)
	}
	request := ecs.CreateDescribeImageFromFamilyRequest()
	request.OwnerId, request.OwnerAccount, request.ResourceOwnerId, request.ResourceOwnerAccount = "1", "a", "2", "b"
	request.ImageFamily = worlds.Family(0)
	if answer, err := client.DescribeImageFromFamily(request); err != nil || answer.Image.ImageFamily != worlds.Family(0) {
		t.Errorf("got the family %q, %v", answer.Image.ImageFamily, err)
	}
	arrived(t, lab.last(t), map[string]string{
		"OwnerId": "1", "OwnerAccount": "a", "ResourceOwnerId": "2", "ResourceOwnerAccount": "b", "ImageFamily": worlds.Family(0),
	})
}

type ecsQuestion = question[*ecs.DescribeImagesRequest]

func ecsQuestions() []ecsQuestion {
	return slices.Concat(ecsPlainQuestions(), ecsListQuestions(), ecsUnfitQuestions())
}

func ecsPlainQuestions() []ecsQuestion {
	type request = *ecs.DescribeImagesRequest
	one := func(name, value string, set func(request)) ecsQuestion {
		return ecsQuestion{name: name, set: set, sent: map[string]string{name: value}, ours: native(aliyunecs.Name, name, value)}
	}
	asOthers := func(q ecsQuestion) ecsQuestion {
		set := q.set
		q.set = func(r request) { r.ImageOwnerAlias = "others"; set(r) }
		q.ours.Native[aliyunecs.Name]["ImageOwnerAlias"] = "others"
		return q
	}
	return []ecsQuestion{
		one("ActionType", "ChangeOS", func(r request) { r.ActionType = "ChangeOS" }),
		one("ImageId", "m-peer00000006", func(r request) { r.ImageId = "m-peer00000006" }),
		one("SnapshotId", "s-6-0", func(r request) { r.SnapshotId = "s-6-0" }),
		one("Usage", "instance", func(r request) { r.Usage = "instance" }),
		one("ImageOwnerAlias", "system", func(r request) { r.ImageOwnerAlias = "system" }),
		one("ImageOwnerAlias", "marketplace", func(r request) { r.ImageOwnerAlias = "marketplace" }),
		asOthers(one("ImageOwnerId", "2000000000000001", func(r request) { r.ImageOwnerId = "2000000000000001" })),
		asOthers(one("IsPublic", "true", func(r request) { r.IsPublic = requests.NewBoolean(true) })),
		one("ResourceGroupId", "rg-b", func(r request) { r.ResourceGroupId = "rg-b" }),
		one("IsSupportIoOptimized", "false", func(r request) { r.IsSupportIoOptimized = requests.NewBoolean(false) }),
		one("IsSupportCloudinit", "true", func(r request) { r.IsSupportCloudinit = requests.NewBoolean(true) }),
		one("ImageName", `订单 服务-1`, func(r request) { r.ImageName = `订单 服务-1` }),
		one("ImageFamily", worlds.Family(5), func(r request) { r.ImageFamily = worlds.Family(5) }),
		one("InstanceType", "ecs.c7.large", func(r request) { r.InstanceType = "ecs.c7.large" }),
		one("Architecture", "arm64", func(r request) { r.Architecture = "arm64" }),
		one("OSType", "windows", func(r request) { r.OSType = "windows" }),
		one("ShowExpired", "true", func(r request) { r.ShowExpired = requests.NewBoolean(true) }),
		one("Status", "Available,Deprecated", func(r request) { r.Status = "Available,Deprecated" }),
	}
}

// ecsListQuestions send numbered pairs.
func ecsListQuestions() []ecsQuestion {
	type request = *ecs.DescribeImagesRequest
	filter := func(key, value string) ecsQuestion {
		return ecsQuestion{
			name: "Filter." + key, ours: native(aliyunecs.Name, "Filter."+key, value),
			set:  func(r request) { r.Filter = &[]ecs.DescribeImagesFilter{{Key: key, Value: value}} },
			sent: map[string]string{"Filter.1.Key": key, "Filter.1.Value": value},
		}
	}
	return []ecsQuestion{
		filter("CreationStartTime", "2024-03-01T12:00Z"),
		filter("CreationEndTime", "2024-03-01T12:00:00Z"),
		filter("NetworkType", "classic"),
		filter("CpuOnlineUpgrade", "unsupported"),
		{
			name: "Tag", ours: native(aliyunecs.Name, "Tag.1.Key", "团队", "Tag.1.Value", "订单", "Tag.2.Key", "env"),
			set:  func(r request) { r.Tag = &[]ecs.DescribeImagesTag{{Key: "团队", Value: "订单"}, {Key: "env"}} },
			sent: map[string]string{"Tag.1.Key": "团队", "Tag.1.Value": "订单", "Tag.2.Key": "env"},
		},
		{
			name: "Tag with odd characters", ours: native(aliyunecs.Name, "Tag.1.Key", "a&b", "Tag.1.Value", "c=d e+f"),
			set:  func(r request) { r.Tag = &[]ecs.DescribeImagesTag{{Key: "a&b", Value: "c=d e+f"}} },
			sent: map[string]string{"Tag.1.Key": "a&b", "Tag.1.Value": "c=d e+f"},
		},
	}
}

func ecsUnfitQuestions() []ecsQuestion {
	type request = *ecs.DescribeImagesRequest
	return []ecsQuestion{
		{
			name: "paging", unfit: true, set: func(r request) { r.PageNumber, r.PageSize = "2", "7" },
			sent: map[string]string{"PageNumber": "2", "PageSize": "7"},
		},
		{
			name: "DryRun", unfit: true, set: func(r request) { r.DryRun = requests.NewBoolean(false) },
			sent: map[string]string{"DryRun": "false"},
		},
		{
			name: "legacy owners", unfit: true,
			set: func(r request) {
				r.OwnerId, r.OwnerAccount, r.ResourceOwnerId, r.ResourceOwnerAccount = "1", "a", "2", "b"
			},
			sent: map[string]string{"OwnerId": "1", "OwnerAccount": "a", "ResourceOwnerId": "2", "ResourceOwnerAccount": "b"},
		},
	}
}
