// Command qingcloud is a program that imports QingCloud's SDK.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/yunify/qingcloud-sdk-go/config"
	qing "github.com/yunify/qingcloud-sdk-go/service"
)

func main() {
	c, err := config.New(os.Args[2], os.Args[3])
	if err != nil {
		panic(err)
	}
	service, err := qing.Init(c)
	if err != nil {
		panic(err)
	}
	images, err := service.Image(os.Args[1])
	if err != nil {
		panic(err)
	}
	page, err := images.DescribeImages(&qing.DescribeImagesInput{})
	text, _ := json.Marshal(page)
	fmt.Println(string(text), err)
}
