package aliyunecs_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestLookUpByIDFindsExpiredImages(t *testing.T) {
	old := image.Image{
		Ref: image.Ref{Provider: aliyunecs.Name, Region: "cn-hangzhou", ID: "m-old"}, Name: "old",
		Source: image.SourceSystem, Visibility: image.VisibilityPublic, Status: image.StatusAvailable,
	}
	cloud, err := fakecloud.New(fakecloud.World{
		Accounts: []fakecloud.Account{{Name: "test", Keys: []fakecloud.Key{{ID: "test-key", Secret: "test-secret"}}}},
		Images:   []fakecloud.Image{{Image: old, Expired: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := aliyunecs.New(provider.Config{
		Region: "cn-hangzhou", Credentials: provider.Static("test-key", "test-secret", ""),
		HTTPClient: &http.Client{Transport: cloud.Transport()},
	})
	if err != nil {
		t.Fatal(err)
	}
	hide := map[string]map[string]string{aliyunecs.Name: {"ShowExpired": "false"}}
	for name, test := range map[string]struct {
		query image.Query
		want  int
	}{
		"by ID":                   {image.Query{IDs: []string{"m-old"}}, 1},
		"by ID and source":        {image.Query{IDs: []string{"m-old"}, Sources: []image.Source{image.SourceSystem}}, 1},
		"by ID, expired left out": {image.Query{IDs: []string{"m-old"}, Native: hide}, 0},
		"by name":                 {image.Query{Names: []string{"old"}}, 0},
	} {
		got := 0
		for _, err := range client.Images(t.Context(), test.query) {
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != test.want {
			t.Errorf("%s: %d images, want %d", name, got, test.want)
		}
	}
	if m, err := client.Get(t.Context(), "m-old"); err != nil || m.ID != "m-old" {
		t.Errorf("Get returns %v, %v", m.Ref, err)
	}
}
