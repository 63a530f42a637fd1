package peers_test

import (
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
	qing "github.com/yunify/qingcloud-sdk-go/service"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestSWASParameters sends every parameter that the typed client has.
func TestSWASParameters(t *testing.T) {
	lab := serve(t, worlds.SWAS(96))
	client, err := lab.account(worlds.Region, worlds.Key).SWAS()
	if err != nil {
		t.Fatal(err)
	}
	type request = *swas.ListCustomImagesRequest
	one := func(name, value string, set func(request)) question[request] {
		return question[request]{name: name, set: set, sent: map[string]string{name: value}, ours: native(aliyunswas.Name, name, value)}
	}
	questions := []question[request]{
		one("SystemSnapshotId", "s-system-4", func(r request) { r.SystemSnapshotId = "s-system-4" }),
		one("DataSnapshotId", "s-data-4", func(r request) { r.DataSnapshotId = "s-data-4" }),
		one("ImageIds", `["m-peer00000003","nobody"]`, func(r request) { r.ImageIds = `["m-peer00000003","nobody"]` }),
		one("ImageNames", `["web-7","订单 服务-1"]`, func(r request) { r.ImageNames = `["web-7","订单 服务-1"]` }),
		one("ResourceGroupId", "rg-b", func(r request) { r.ResourceGroupId = "rg-b" }),
		one("InstanceId", "i-4", func(r request) { r.InstanceId = "i-4" }),
		one("Share", "false", func(r request) { r.Share = requests.NewBoolean(false) }),
		{
			name: "Tag", ours: native(aliyunswas.Name, "Tag.1.Key", "env", "Tag.1.Value", "prod", "Tag.2.Key", "团队", "Tag.2.Value", "订单"),
			set: func(r request) {
				r.Tag = &[]swas.ListCustomImagesTag{{Key: "env", Value: "prod"}, {Key: "团队", Value: "订单"}}
			},
			sent: map[string]string{"Tag.1.Key": "env", "Tag.1.Value": "prod", "Tag.2.Key": "团队", "Tag.2.Value": "订单"},
		},
		{
			name: "paging", unfit: true, set: func(r request) { r.PageNumber, r.PageSize = "2", "7" },
			sent: map[string]string{"PageNumber": "2", "PageSize": "7"},
		},
		{
			name: "ClientToken", unfit: true, set: func(r request) { r.ClientToken = "once" }, sent: map[string]string{"ClientToken": "once"},
		},
	}
	covered(t, swas.CreateListCustomImagesRequest(), questions)
	ask(t, lab, lab.ours(t, aliyunswas.New, worlds.Region, "/", worlds.Key, ""), questions, func(set func(request)) (ids []string, err error) {
		r := swas.CreateListCustomImagesRequest()
		r.PageSize = "100"
		set(r)
		page, err := client.ListCustomImages(r)
		for _, m := range page.CustomImages {
			ids = append(ids, m.ImageId)
		}
		return ids, err
	})
}

// TestENSParameters sends every parameter that the typed client has.
func TestENSParameters(t *testing.T) {
	lab := serve(t, worlds.ENS(48))
	client, err := lab.account(worlds.Region, worlds.Key).ENS()
	if err != nil {
		t.Fatal(err)
	}
	type request = *ens.DescribeSelfImagesRequest
	one := func(name, value string, set func(request)) question[request] {
		return question[request]{name: name, set: set, sent: map[string]string{name: value}, ours: native(aliyunens.Name, name, value)}
	}
	questions := []question[request]{
		one("ImageId", "peer0000001", func(r request) { r.ImageId = "peer0000001" }),
		one("ImageName", "订单 服务", func(r request) { r.ImageName = "订单 服务" }),
		one("SnapshotId", "s-6", func(r request) { r.SnapshotId = "s-6" }),
		{
			name: "paging", unfit: true, set: func(r request) { r.PageNumber, r.PageSize = "2", "7" },
			sent: map[string]string{"PageNumber": "2", "PageSize": "7"},
		},
	}
	covered(t, ens.CreateDescribeSelfImagesRequest(), questions)
	ask(t, lab, lab.ours(t, aliyunens.New, "", "/", worlds.Key, ""), questions, func(set func(request)) (ids []string, err error) {
		r := ens.CreateDescribeSelfImagesRequest()
		r.PageSize = "50"
		set(r)
		page, err := client.DescribeSelfImages(r)
		for _, m := range page.Images.Image {
			ids = append(ids, m.ImageId)
		}
		return ids, err
	})
}

// TestQingParameters sends every parameter that the vendor's client has.
func TestQingParameters(t *testing.T) {
	lab := serve(t, worlds.Qing(96))
	client, err := lab.account(worlds.Zone, worlds.Key).Qing()
	if err != nil {
		t.Fatal(err)
	}
	type request = *qing.DescribeImagesInput
	one := func(name, value string, set func(request)) question[request] {
		return question[request]{name: name, set: set, sent: map[string]string{name: value}, ours: native(qingcloud.Name, name, value, "provider", "self")}
	}
	system := question[request]{
		name: "provider", set: func(r request) { r.Provider = qing.String("system") }, sent: map[string]string{"provider": "system"},
		ours: image.Query{Sources: []image.Source{image.SourceSystem}},
	}
	questions := []question[request]{
		one("images.1", "img-00000003", func(r request) { r.Images = qing.StringSlice([]string{"img-00000003"}) }),
		one("os_family", "ubuntu", func(r request) { r.OSFamily = qing.String("ubuntu") }),
		one("processor_type", "32bit", func(r request) { r.ProcessorType = qing.String("32bit") }),
		one("search_word", "订单 服务", func(r request) { r.SearchWord = qing.String("订单 服务") }),
		one("status.1", "available", func(r request) { r.Status = qing.StringSlice([]string{"available"}) }),
		one("visibility", "private", func(r request) { r.Visibility = qing.String("private") }),
		system,
		{
			name: "owner", unfit: true, set: func(r request) { r.Owner = qing.String("usr-peer") }, sent: map[string]string{"owner": "usr-peer"},
		},
		{
			name: "project", unfit: true, set: func(r request) { r.ProjectID, r.Verbose = qing.String("pj-1"), qing.Int(0) },
			sent: map[string]string{"project_id": "pj-1", "verbose": "0"},
		},
		{
			name: "paging", unfit: true, set: func(r request) { r.Limit, r.Offset = qing.Int(7), qing.Int(3) },
			sent: map[string]string{"limit": "7", "offset": "3"},
		},
	}
	covered(t, &qing.DescribeImagesInput{}, questions)
	ask(t, lab, lab.qing(t), questions, func(set func(request)) (ids []string, err error) {
		r := &qing.DescribeImagesInput{Limit: qing.Int(100)}
		set(r)
		page, err := client.DescribeImages(r)
		if err != nil {
			return nil, err
		}
		for _, m := range page.ImageSet {
			ids = append(ids, *m.ImageID)
		}
		return ids, nil
	})
}
