package aliyunecs_test

import (
	"errors"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

func familyWorld() fakecloud.World {
	of := func(id string, source image.Source, visibility image.Visibility, created string, status image.Status) fakecloud.Image {
		return fakecloud.Image{Image: image.Image{
			Ref: ecs(id), Name: id, Family: "web", Source: source, Visibility: visibility, Status: status, Created: adaptertest.At(created),
		}}
	}
	return fakecloud.World{
		Accounts: []fakecloud.Account{{
			Name: "a", ID: "1", Keys: []fakecloud.Key{{ID: "test-key-id", Secret: "test-key-secret"}},
			Images: []fakecloud.Image{
				of("m-1", image.SourceSelf, image.VisibilityPrivate, "2024-01-01T00:00:00Z", image.StatusAvailable),
				of("m-2", image.SourceSelf, image.VisibilityPrivate, "2024-03-01T00:00:00Z", image.StatusDeprecated),
				of("m-3", image.SourceShared, image.VisibilityShared, "2024-02-01T00:00:00Z", image.StatusAvailable),
			},
		}},
	}
}

func familyClient(t *testing.T, world fakecloud.World) *provider.Client {
	t.Helper()
	cloud, err := fakecloud.New(world)
	if err != nil {
		t.Fatal(err)
	}
	return adaptertest.Client(t, aliyunecs.New, "cn-hangzhou", cloud.Transport())
}

func TestFromFamilyReturnsTheImage(t *testing.T) {
	got, err := aliyunecs.FromFamily(t.Context(), familyClient(t, familyWorld()), "web")
	if err != nil {
		t.Fatal(err)
	}
	if got.Ref != ecs("m-3") || got.Source != "" || got.Visibility != "" {
		t.Errorf("got %s, source %q, visibility %q; want m-3, whose source the operation does not tell", got, got.Source, got.Visibility)
	}
}

func TestFromFamilyWithoutAnImageIsNotFound(t *testing.T) {
	for _, shape := range []fakecloud.EmptyFamily{
		fakecloud.EmptyFamilyMissing, fakecloud.EmptyFamilyNull, fakecloud.EmptyFamilyObject, fakecloud.EmptyFamilyText, fakecloud.EmptyFamilyBlank,
	} {
		t.Run(string(shape), func(t *testing.T) {
			world := familyWorld()
			world.EmptyFamily = shape
			_, err := aliyunecs.FromFamily(t.Context(), familyClient(t, world), "acs:nothing")
			if !errors.Is(err, provider.NotFound) {
				t.Errorf("error %v, want not found", err)
			}
		})
	}
}

func TestFromFamilyWantsAFamily(t *testing.T) {
	_, err := aliyunecs.FromFamily(t.Context(), familyClient(t, familyWorld()), "")
	if !errors.Is(err, provider.InvalidArgument) {
		t.Errorf("error %v, want invalid argument", err)
	}
}
