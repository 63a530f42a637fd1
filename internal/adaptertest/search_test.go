package adaptertest_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

const (
	accounts, regions, imagesEach = 100, 4, 12

	mostEach = 3 // requests in flight of an account
)

// estate is many accounts with images in several regions.
func estate() (world fakecloud.World) {
	for a := range accounts {
		key := fakecloud.Key{ID: fmt.Sprintf("key-%03d", a), Secret: "secret"}
		account := fakecloud.Account{Name: fmt.Sprintf("account-%03d", a), ID: fmt.Sprint(1000 + a), Keys: []fakecloud.Key{key}}
		for i := range regions * imagesEach {
			m := faultImage(aliyunecs.Name, i)
			m.Region = fmt.Sprintf("r-%d", i%regions)
			m.ID = fmt.Sprintf("m-%03d-%02d", a, i)
			account.Images = append(account.Images, fakecloud.Image{Image: m})
		}
		world.Accounts = append(world.Accounts, account)
	}
	return world
}

// targetsOf makes a target for each account and region; the regions of an account share its budget.
func targetsOf(t *testing.T, transport http.RoundTripper) []provider.Target {
	t.Helper()
	var targets []provider.Target
	for a := range accounts {
		budget := &provider.Budget{InFlight: mostEach}
		for r := range regions {
			client := adaptertest.New(t, aliyunecs.New, provider.Config{
				Region:      fmt.Sprintf("r-%d", r),
				Credentials: provider.Static(fmt.Sprintf("key-%03d", a), "secret", ""),
				HTTPClient:  &http.Client{Transport: transport},
				Budget:      budget,
				Listing:     provider.Listing{PageSize: 5},
			})
			targets = append(targets, provider.Target{Name: fmt.Sprintf("account-%03d/r-%d", a, r), Client: client})
		}
	}
	return targets
}

// perAccount counts the requests of each account that are under way.
type perAccount struct {
	next http.RoundTripper

	mu   sync.Mutex
	now  map[string]int
	most int
}

func (p *perAccount) RoundTrip(r *http.Request) (*http.Response, error) {
	key := adaptertest.Params(r).Get("AccessKeyId")
	p.add(key, 1)
	defer p.add(key, -1)
	return p.next.RoundTrip(r)
}

func (p *perAccount) add(key string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now[key] += n
	p.most = max(p.most, p.now[key])
}

// A search over 400 targets returns each image once, from the account that owns it. A
// budget holds over the regions of its account. No goroutine is left.
func TestSearchFindsTheImagesOfManyAccounts(t *testing.T) { synctest.Test(t, searchEstate) }

func searchEstate(t *testing.T) {
	cloud := newCloud(t, estate(),
		fakecloud.Fault{Do: fakecloud.ServerError, Chance: 0.02}, fakecloud.Fault{Do: fakecloud.UnknownKey, Account: "account-007"})
	transport := &perAccount{next: cloud.Transport(), now: map[string]int{}}
	found, failed := map[string]int{}, 0
	for hit, err := range provider.Search(t.Context(), targetsOf(t, transport), image.Query{}, &provider.SearchOptions{InFlight: 64}) {
		switch {
		case err == nil:
			found[hit.Image.ID]++
			if want := hit.Image.ID[len("m-"):len("m-000")]; hit.Target[len("account-"):len("account-000")] != want {
				t.Errorf("%s came from %s", hit.Image.ID, hit.Target)
			}
		case errors.Is(err, provider.Unauthenticated):
			failed++
		default:
			t.Error(err)
		}
	}
	if want := (accounts - 1) * regions * imagesEach; len(found) != want || failed != regions {
		t.Errorf("%d images and %d failed targets, want %d and %d", len(found), failed, want, regions)
	}
	for id, n := range found {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
	if transport.most > mostEach {
		t.Errorf("%d requests of one account at once, want at most %d", transport.most, mostEach)
	}
}

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
