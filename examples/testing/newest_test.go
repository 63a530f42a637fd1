package testing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"

	example "github.com/imagequery/imagequery/examples/testing"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// newClient returns the vendor's client of an emulator that holds a world.
func newClient(t *testing.T, world fakecloud.World, faults ...fakecloud.Fault) (*ecs.Client, *fakecloud.Cloud) {
	t.Helper()
	cloud, err := fakecloud.New(world)
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	key := world.Accounts[0].Keys[0]
	client, err := ecs.NewClientWithAccessKey("cn-hangzhou", key.ID, key.Secret)
	if err != nil {
		t.Fatal(err)
	}
	client.SetTransport(cloud.Transport()) // no socket, whatever the endpoint
	client.Domain = "ecs.cn-hangzhou.aliyuncs.com"
	return client, cloud
}

// webImages is a world in which image i of the family web is i days old.
func webImages(n int) fakecloud.World {
	account := fakecloud.Account{Name: "test", Keys: []fakecloud.Key{{ID: "test-key", Secret: "test-secret"}}}
	for i := range n {
		account.Images = append(account.Images, fakecloud.Image{Image: image.Image{
			Ref:  image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: fmt.Sprintf("m-%d", i)},
			Name: "web", Family: "web", Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable,
			Created: time.Date(2026, time.May, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i),
		}})
	}
	return fakecloud.World{Accounts: []fakecloud.Account{account}, Regions: map[string][]string{"aliyunecs": {"cn-hangzhou"}}}
}

func TestNewestReadsAllPages(t *testing.T) {
	client, cloud := newClient(t, webImages(120))
	id, err := example.Newest(client, "web")
	if err != nil || id != "m-0" {
		t.Errorf("got %s, %v; want m-0", id, err)
	}
	if n := cloud.Count("DescribeImages"); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestNewestReportsAFamilyWithoutImages(t *testing.T) {
	client, _ := newClient(t, webImages(0))
	if id, err := example.Newest(client, "web"); !errors.Is(err, example.ErrNoImage) {
		t.Errorf("got %s, %v; want ErrNoImage", id, err)
	}
}

// The second page is throttled: part of the list must not look like all of it.
func TestNewestFailsIfAPageFails(t *testing.T) {
	client, _ := newClient(t, webImages(120), fakecloud.Fault{Do: fakecloud.Throttle, Page: 2})
	id, err := example.Newest(client, "web")
	var refused *sdkerrors.ServerError
	if !errors.As(err, &refused) || refused.ErrorCode() != "Throttling.User" {
		t.Errorf("got %s, %v; want Throttling.User", id, err)
	}
}
