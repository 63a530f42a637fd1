package openstack_test

import (
	"context"
	"fmt"
	"log"

	gophercloudopenstack "github.com/gophercloud/gophercloud/v2/openstack"

	"github.com/imagequery/imagequery/examples/openstack"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// The example is compiled only, since it needs a cloud.
func Example() {
	ctx := context.Background()
	auth, err := gophercloudopenstack.AuthOptionsFromEnv()
	if err != nil {
		log.Fatal(err)
	}
	config, project, err := openstack.Login(ctx, auth, provider.Config{Region: "RegionOne"})
	if err != nil {
		log.Fatal(err)
	}
	client, err := openstack.New(config, project)
	if err != nil {
		log.Fatal(err)
	}
	for m, err := range client.Images(ctx, image.Query{Platforms: []string{"ubuntu"}}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(m.ID, m.Name)
	}
}
