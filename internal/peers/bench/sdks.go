package main

import (
	"strconv"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
	qing "github.com/yunify/qingcloud-sdk-go/service"
)

// stop says whether a serial loop ends: after a page of rows, when images have come
// of a stated total.
type stop func(rows, images, total int) bool

// The rules by which published consumers stop, told in our words.
var (
	shortPage stop = func(rows, _, _ int) bool { return rows < 50 }
	allCame   stop = func(_, images, total int) bool { return images >= total }
)

// fetcher gets one page of a listing, from 1.
type fetcher func(number, size int) (rows, total int, err error)

// opener makes a fetcher.
type opener func(target, api) (fetcher, error)

// serial loops over the pages of a client, one after another.
func serial(a api, name string, size int, done stop, open opener) lister {
	return lister{name, func(to target) (int, error) {
		fetch, err := open(to, a)
		if err != nil {
			return 0, err
		}
		return loop(fetch, size, done)
	}}
}

func loop(fetch fetcher, size int, done stop) (images int, err error) {
	for number := 1; ; number++ {
		rows, total, err := fetch(number, size)
		if err != nil {
			return images, err
		}
		if images += rows; rows == 0 || done(rows, images, total) {
			return images, nil
		}
	}
}

// pager gets one page of a listing, from 1, as structs of one type.
type pager[R any] func(number, size int) (page []R, total int, err error)

// counted makes a fetcher of a pager.
func counted[R any](get pager[R], err error) (fetcher, error) {
	return func(number, size int) (int, int, error) {
		page, total, err := get(number, size)
		return len(page), total, err
	}, err
}

func openECS(to target, a api) (fetcher, error)  { return counted(pagesOfECS(to, a)) }
func openSWAS(to target, a api) (fetcher, error) { return counted(pagesOfSWAS(to, a)) }
func openENS(to target, a api) (fetcher, error)  { return counted(pagesOfENS(to, a)) }
func openQing(to target, a api) (fetcher, error) { return counted(pagesOfQing(to, a)) }

func pagesOfECS(to target, a api) (pager[ecs.Image], error) {
	client, err := to.account(a).ECS()
	return func(number, size int) ([]ecs.Image, int, error) {
		request := ecs.CreateDescribeImagesRequest()
		request.Status = "Creating,Waiting,Available,UnAvailable,CreateFailed,Deprecated"
		request.PageNumber, request.PageSize = requests.NewInteger(number), requests.NewInteger(size)
		page, err := client.DescribeImages(request)
		if err != nil {
			return nil, 0, err
		}
		return page.Images.Image, page.TotalCount, nil
	}, err
}

func pagesOfSWAS(to target, a api) (pager[swas.CustomImage], error) {
	client, err := to.account(a).SWAS()
	return func(number, size int) ([]swas.CustomImage, int, error) {
		request := swas.CreateListCustomImagesRequest()
		request.PageNumber, request.PageSize = requests.NewInteger(number), requests.NewInteger(size)
		page, err := client.ListCustomImages(request)
		if err != nil {
			return nil, 0, err
		}
		total, err := strconv.Atoi(page.TotalCount)
		return page.CustomImages, total, err
	}, err
}

func pagesOfENS(to target, a api) (pager[ens.ImageInDescribeSelfImages], error) {
	account := to.account(a)
	account.Region = worldwide
	client, err := account.ENS()
	return func(number, size int) ([]ens.ImageInDescribeSelfImages, int, error) {
		request := ens.CreateDescribeSelfImagesRequest()
		request.PageNumber, request.PageSize = requests.NewInteger(number), requests.NewInteger(size)
		page, err := client.DescribeSelfImages(request)
		if err != nil {
			return nil, 0, err
		}
		total, err := strconv.Atoi(page.TotalCount)
		return page.Images.Image, total, err
	}, err
}

// worldwide stands for the region that ENS does not have and its client wants.
const worldwide = "cn-hangzhou"

func pagesOfQing(to target, a api) (pager[*qing.Image], error) {
	client, err := to.account(a).Qing()
	return func(number, size int) ([]*qing.Image, int, error) {
		page, err := client.DescribeImages(&qing.DescribeImagesInput{
			Provider: qing.String("self"), Limit: qing.Int(size), Offset: qing.Int((number - 1) * size),
		})
		if err != nil {
			return nil, 0, err
		}
		return page.ImageSet, *page.TotalCount, nil
	}, err
}
