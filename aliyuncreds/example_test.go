package aliyuncreds_test

import (
	"fmt"
	"time"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/provider"
)

// A client with the usual sources of credentials. No source is read before the first
// request.
func ExampleDefault() {
	client, err := aliyunecs.New(provider.Config{Region: "cn-hangzhou", Credentials: aliyuncreds.Default()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Info().Host)
	// Output: ecs.cn-hangzhou.aliyuncs.com
}

// One identity searches many accounts. Each account has a role that it may assume.
func ExampleAssumeRole() {
	targets, err := productionAndStaging()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(targets), "targets")
	// Output: 4 targets
}

// productionAndStaging returns a target for each of two accounts and two regions.
func productionAndStaging() ([]provider.Target, error) {
	var targets []provider.Target
	base := aliyuncreds.Default()
	for account, arn := range map[string]string{
		"production": "acs:ram::123456789012****:role/images",
		"staging":    "acs:ram::210987654321****:role/images",
	} {
		config := provider.Config{Credentials: aliyuncreds.AssumeRole(base, arn), Budget: &provider.Budget{PerSecond: 10}}
		more, err := provider.Across(account, aliyunecs.New, config, "cn-hangzhou", "cn-beijing")
		if err != nil {
			return nil, err
		}
		targets = append(targets, more...)
	}
	return targets, nil
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
