// Command alibaba is a program that imports the three typed clients of Alibaba
// Cloud's SDK.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
)

func main() {
	region := os.Args[1]
	a, err := ecs.NewClientWithAccessKey(region, os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	a.SetTransport(http.DefaultTransport)
	fmt.Println(a.DescribeImages(ecs.CreateDescribeImagesRequest()))
	b, err := swas.NewClientWithAccessKey(region, os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	fmt.Println(b.ListCustomImages(swas.CreateListCustomImagesRequest()))
	c, err := ens.NewClientWithAccessKey(region, os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	page, err := c.DescribeSelfImages(ens.CreateDescribeSelfImagesRequest())
	text, _ := json.Marshal(page)
	fmt.Println(string(text), err)
}
