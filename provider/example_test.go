package provider_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"sync"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// sampleTargets are two regions of a sample account, and one whose key is wrong.
func sampleTargets() []provider.Target {
	cloud, err := fakecloud.New(fakecloud.Sample())
	if err != nil {
		log.Fatal(err)
	}
	budget := &provider.Budget{InFlight: 8} // of the account, whatever the region
	var targets []provider.Target
	for _, t := range []struct{ region, secret string }{
		{"cn-beijing", "sample-prod-key-secret"}, {"ap-southeast-1", "sample-prod-key-secret"}, {"cn-hangzhou", "wrong"},
	} {
		client, err := aliyunecs.New(provider.Config{
			Region:      t.region,
			Credentials: provider.Static("sample-prod-key", t.secret, ""),
			HTTPClient:  &http.Client{Transport: cloud.Transport()},
			Budget:      budget,
		})
		if err != nil {
			log.Fatal(err)
		}
		targets = append(targets, provider.Target{Name: "prod/" + t.region, Client: client})
	}
	return targets
}

// Images yields at most one error, and yields it last: every image before it is
// good, and without an error the images are complete. So the loop may return at the
// error.
func ExampleClient_Images() {
	list := func(client *provider.Client) (names []string, err error) {
		for m, err := range client.Images(context.Background(), image.Query{Families: []string{"acs:ubuntu_22_04_x64"}}) {
			if err != nil {
				return names, err // incomplete
			}
			names = append(names, m.Name)
		}
		return names, nil // complete
	}
	targets := sampleTargets()
	names, err := list(targets[0].Client)
	fmt.Println(len(names), err)
	names, err = list(targets[2].Client) // its key is wrong
	fmt.Println(len(names), errors.Is(err, provider.Unauthenticated))
	// Output:
	// 2 <nil>
	// 0 true
}

// Search yields one TargetError for each target that fails, at any time, and the
// other targets continue. So the loop must go on after an error: a return, or a
// break, would lose the hits and the errors that follow.
func ExampleSearch() {
	found := map[string]int{}
	query := image.Query{Platforms: []string{"ubuntu"}, Statuses: []image.Status{image.StatusAvailable}}
	for hit, err := range provider.Search(context.Background(), sampleTargets(), query, nil) {
		var failure *provider.TargetError
		switch {
		case errors.As(err, &failure):
			fmt.Println(failure.Target, "failed; wrong key:", errors.Is(err, provider.Unauthenticated))
		case err != nil:
			log.Fatal(err)
		default:
			found[hit.Target]++
		}
	}
	fmt.Println(found)
	// Output:
	// prod/cn-hangzhou failed; wrong key: true
	// map[prod/ap-southeast-1:6 prod/cn-beijing:7]
}

func ExampleNewest() {
	query := image.Query{Platforms: []string{"ubuntu"}, Archs: []image.Arch{image.ArchX86_64}}
	hit, err := provider.Newest(context.Background(), sampleTargets()[:2], query, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(hit.Image.Ref)
	// Output:
	// aliyunecs/ap-southeast-1/ubuntu_22_04_x64_20G_sample_20230530.vhd
}

func ExampleClient_Explain() {
	plan, err := sampleTargets()[0].Client.Explain(image.Query{
		Archs: []image.Arch{image.ArchARM64}, Statuses: []image.Status{image.StatusAvailable}, Platforms: []string{"ubuntu"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(plan.Exact, plan.Superset, plan.Local)
	fmt.Println(plan.Calls[0].Action, plan.Calls[0].Params.Encode())
	// Output:
	// [archs] [statuses] [platforms]
	// DescribeImages Architecture=arm64&RegionId=cn-beijing&Status=Available
}

func ExampleWithTrace() {
	pages := 0
	ctx := provider.WithTrace(context.Background(), &provider.Trace{
		Page: func(context.Context, provider.PageInfo) { pages++ },
	})
	images, err := provider.Collect(sampleTargets()[0].Client.Images(ctx, image.Query{}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(images), "images on", pages, "page")
	// Output:
	// 32 images on 1 page
}

// The context that Start returns reaches all spans inside, which so know their parent.
func ExampleTrace() {
	type depthKey struct{}
	ctx := provider.WithTrace(context.Background(), &provider.Trace{
		Start: func(ctx context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
			depth, _ := ctx.Value(depthKey{}).(int)
			fmt.Printf("%*s%s\n", depth, "", i.Kind)
			return context.WithValue(ctx, depthKey{}, depth+1), func(images int, err error) {
				fmt.Printf("%*send of the %s: %d images, error %v\n", depth, "", i.Kind, images, err)
			}
		},
	})
	if _, err := provider.Collect(provider.Search(ctx, sampleTargets()[:1], image.Query{}, nil)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// search
	//  target
	//   page
	//    attempt
	//    end of the attempt: 0 images, error <nil>
	//   end of the page: 32 images, error <nil>
	//  end of the target: 32 images, error <nil>
	// end of the search: 32 images, error <nil>
}

// A hook that serves several targets counts for each.
func ExampleContextTarget() {
	var mu sync.Mutex
	images := map[string]int{}
	ctx := provider.WithTrace(context.Background(), &provider.Trace{
		Page: func(ctx context.Context, p provider.PageInfo) {
			mu.Lock()
			defer mu.Unlock()
			images[provider.ContextTarget(ctx)] += p.Images
		},
	})
	for _, err := range provider.Search(ctx, sampleTargets()[:2], image.Query{}, nil) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(images)
	// Output:
	// map[prod/ap-southeast-1:25 prod/cn-beijing:32]
}
