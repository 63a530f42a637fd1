package aliyuncreds_test

import (
	"fmt"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/provider"
)

// One identity asks for the images of many accounts, in each of which there is a
// role that it may assume.
func ExampleAssumeRole() {
	base := aliyuncreds.Default()
	var targets []provider.Target
	for name, arn := range map[string]string{
		"production": "acs:ram::123456789012****:role/images",
		"staging":    "acs:ram::210987654321****:role/images",
	} {
		client, err := aliyunecs.New(provider.Config{Region: "cn-hangzhou", Credentials: aliyuncreds.AssumeRole(base, arn)})
		if err != nil {
			fmt.Println(err)
			return
		}
		targets = append(targets, provider.Target{Name: name, Client: client})
	}
	fmt.Println(len(targets), "targets")
	// Output: 2 targets
}

// Inside a private network the token service has another address.
func ExampleServices() {
	inside := aliyuncreds.Services{STS: "https://sts-vpc.cn-hangzhou.aliyuncs.com/"}
	credentials := inside.AssumeRole(aliyuncreds.InstanceRole(""), aliyuncreds.Role{
		ARN:         "acs:ram::123456789012****:role/images",
		SessionName: "nightly-report",
		Duration:    15 * time.Minute,
	})
	client, err := aliyunecs.New(provider.Config{Region: "cn-hangzhou", Credentials: credentials})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Info().Host)
	// Output: ecs.cn-hangzhou.aliyuncs.com
}
