package fakecloud

import (
	"slices"
	"time"
)

// Sample returns a world to look around in, the same every time. It has four
// providers, several accounts and regions, images of every source and status, and
// more than one page of them. Every account name begins with "sample-", every image
// id contains "sample".
//
//	account       key                 provider    regions
//	sample-prod   sample-prod-key     aliyunecs   cn-hangzhou, cn-beijing, ap-southeast-1
//	                                  aliyunswas  cn-hangzhou
//	sample-dev    sample-dev-key      aliyunecs   cn-hangzhou, ap-southeast-1
//	              sample-dev-sts-key  the same, with the token sample-dev-token
//	sample-edge   sample-edge-key     aliyunens   (none)
//	sample-qing   sample-qing-key     qingcloud   pek3a, sh1a
//
// The secret of each key is its id and "-secret".
func Sample() World {
	return World{
		Accounts: []Account{
			{
				Name: "sample-prod", ID: sampleProdID,
				Keys:   []Key{sampleKey("sample-prod-key", "")},
				Images: append(sampleProdECS(), sampleSWAS()...),
			},
			{
				Name: "sample-dev", ID: sampleDevID,
				Keys:   []Key{sampleKey("sample-dev-key", ""), sampleKey("sample-dev-sts-key", "sample-dev-token")},
				Images: sampleDevECS(),
			},
			{
				Name: "sample-edge", ID: "1000000000000003",
				Keys:   []Key{sampleKey("sample-edge-key", "")},
				Images: sampleENS(),
			},
			{
				Name: "sample-qing", ID: sampleQingID,
				Keys:   []Key{sampleKey("sample-qing-key", "")},
				Images: sampleQing(),
			},
		},
		Images: slices.Concat(sampleSystemECS(), sampleMarketECS(), sampleCommunityECS(), sampleSystemQing()),
	}
}

const (
	sampleProdID = "1000000000000001"
	sampleDevID  = "1000000000000002"
	sampleQingID = "usr-sample01"
)

func sampleKey(id, token string) Key { return Key{ID: id, Secret: id + "-secret", Token: token} }

// sampleTime is a moment so many hours after the first sample image was made.
func sampleTime(hours int) time.Time {
	return time.Date(2023, time.March, 1, 2, 3, 4, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}
