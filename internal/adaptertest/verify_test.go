package adaptertest_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// replacingWorld has images that can only replace a system disk, which a default of ECS
// leaves out, one made each year from 2021 on.
func replacingWorld(statuses ...image.Status) fakecloud.World {
	account := fakecloud.Account{Name: "a", ID: "1001", Keys: []fakecloud.Key{{ID: "test-key-id", Secret: "test-key-secret"}}}
	for i, status := range statuses {
		created := time.Date(2021+i, 1, 1, 0, 0, 0, 0, time.UTC)
		account.Images = append(account.Images, fakecloud.Image{
			Image: image.Image{
				Ref:  image.Ref{Provider: aliyunecs.Name, Region: "cn-hangzhou", ID: "m-" + created.Format("2006")},
				Name: "rescue", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: status, Created: created,
			},
			Hidden: map[string]string{"ActionType": "ChangeOS"},
		})
	}
	return fakecloud.World{Regions: map[string][]string{aliyunecs.Name: {"cn-hangzhou"}}, Accounts: []fakecloud.Account{account}}
}

func replacingTargets(t *testing.T, statuses ...image.Status) []provider.Target {
	t.Helper()
	cloud := newCloud(t, replacingWorld(statuses...))
	return []provider.Target{{Name: "a", Client: adaptertest.Client(t, aliyunecs.New, "cn-hangzhou", cloud.Transport())}}
}

// An image that the query found with Native instead of a default of the provider is
// looked up in the same way.
func TestVerifyLooksUpWhatADefaultLeavesOut(t *testing.T) {
	query := image.Query{Native: map[string]map[string]string{aliyunecs.Name: {"ActionType": "ChangeOS"}}}
	record, err := provider.Resolve(t.Context(), replacingTargets(t, image.StatusAvailable), query, nil, nil)
	if err != nil || len(record.Entries) != 1 {
		t.Fatalf("%d entries, error %v", len(record.Entries), err)
	}
	for want, statuses := range map[string][]image.Status{
		"current":              {image.StatusAvailable},
		"superseded by m-2022": {image.StatusAvailable, image.StatusAvailable},
		"deprecated":           {image.StatusDeprecated, image.StatusAvailable},
		"gone":                 {},
	} {
		verdicts, err := provider.Verify(t.Context(), replacingTargets(t, statuses...), record, nil)
		if err != nil || len(verdicts) != 1 || verdicts[0].String() != want {
			t.Errorf("%v: verdicts %v, error %v, want %s", statuses, verdicts, err, want)
		}
	}
}
