package provider_test

import (
	"fmt"

	"github.com/imagequery/imagequery/provider"
)

// The index and the count usually come from a scheduler, such as the completion
// index of a Kubernetes Job. Both regions of an account are in one shard.
func ExampleShard() {
	targets := []provider.Target{{Name: "dev/cn-beijing"}, {Name: "dev/cn-hangzhou"}, {Name: "prod/cn-beijing"}, {Name: "prod/cn-hangzhou"}, {Name: "test/cn-beijing"}}
	for index := range 2 {
		for _, target := range provider.Shard(targets, index, 2) {
			fmt.Println("shard", index, target.Name)
		}
	}
	// Output:
	// shard 0 dev/cn-beijing
	// shard 0 dev/cn-hangzhou
	// shard 1 prod/cn-beijing
	// shard 1 prod/cn-hangzhou
	// shard 1 test/cn-beijing
}
