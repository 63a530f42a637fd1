// Package testing is an example of code that uses the vendor's SDK and of its test,
// which uses the emulator instead of an account.
package testing

import (
	"errors"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
)

// ErrNoImage reports a family without an image.
var ErrNoImage = errors.New("the family has no image")

// Newest returns the ID of the newest of the account's available images in a family. A
// client must not be used by several goroutines at once.
func Newest(client *ecs.Client, family string) (string, error) {
	request := ecs.CreateDescribeImagesRequest()
	request.ImageOwnerAlias, request.ImageFamily = "self", family
	request.PageSize = requests.NewInteger(50)
	var newest ecs.Image
	for page := 1; ; page++ {
		request.PageNumber = requests.NewInteger(page)
		response, err := client.DescribeImages(request)
		if err != nil {
			return "", err
		}
		for _, image := range response.Images.Image {
			if image.CreationTime > newest.CreationTime {
				newest = image
			}
		}
		if len(response.Images.Image) == 0 || page*response.PageSize >= response.TotalCount {
			break
		}
	}
	if newest.ImageId == "" {
		return "", ErrNoImage
	}
	return newest.ImageId, nil
}
