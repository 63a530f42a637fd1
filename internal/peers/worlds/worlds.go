// Package worlds makes worlds for fakecloud in which every documented field of
// every operation has a value somewhere, and names are as odd as users make them.
// The same number of images gives the same world every time.
package worlds

import (
	"fmt"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// The identities of every world. A secret is its key's ID with Suffix behind it.
const (
	Account = "peer"
	Key     = "peer-key"
	STSKey  = "peer-sts-key"
	Token   = "peer-token+/=="
	Suffix  = "-secret"

	Region = "cn-hangzhou"
	Zone   = "pek3a"
)

// world divides images into those of the account and those that everybody sees.
func world(images []fakecloud.Image) fakecloud.World {
	own := fakecloud.Account{Name: Account, ID: "1000000000000001", Keys: keys()}
	w := fakecloud.World{Strict: true}
	for _, m := range images {
		switch m.Source {
		case image.SourceSystem, image.SourceMarketplace, image.SourceCommunity:
			w.Images = append(w.Images, m)
		default:
			own.Images = append(own.Images, m)
		}
	}
	w.Accounts = []fakecloud.Account{own}
	return w
}

// keys has one key for each way in which a key can be refused.
func keys() []fakecloud.Key {
	return []fakecloud.Key{
		{ID: Key, Secret: Key + Suffix},
		{ID: STSKey, Secret: STSKey + Suffix, Token: Token},
		{ID: "disabled", Secret: "disabled" + Suffix, Disabled: true},
		{ID: "denied", Secret: "denied" + Suffix, Denied: true},
		{ID: "expired", Secret: "expired" + Suffix, Token: "expired-token", Expired: true},
	}
}

// pick is the i-th of the choices, which repeat.
func pick[T any](i int, choices ...T) T { return choices[i%len(choices)] }

// base has what images of all providers have.
func base(provider, region, id string, i int) image.Image {
	return image.Image{
		Ref:     image.Ref{Provider: provider, Region: region, ID: id},
		Name:    fmt.Sprintf("%s-%d", pick(i, "web", "订单 服务", `a"b\c`, "x<y>&z", "rocket 🚀", "tab\there", "100%*?[a]"), i),
		Created: time.Date(2024, time.March, 1, 2, 3, 4, 0, time.UTC).Add(time.Duration(i) * 977 * time.Second),
		SizeGiB: pick(i, 20, 40, 500, 32768),
	}
}

func description(i int) string {
	return pick(i, "", "line one\nline two", "说明 "+fmt.Sprint(i), `{"json": true}`, "e\u0301\u2028")
}

func tags(i int) map[string]string {
	return pick(i, nil, map[string]string{"env": "prod", "团队": "订单"}, map[string]string{"env": ""}, map[string]string{"n": fmt.Sprint(i), "a&b": "c=d e+f"})
}
