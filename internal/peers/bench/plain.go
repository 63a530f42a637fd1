package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// openPlain asks with net/http, unsigned, and reads with encoding/json into structs
// that hold what the model has.
func openPlain(to target, a api) (fetcher, error) {
	client := &http.Client{Transport: to.transport}
	return func(number, size int) (int, int, error) {
		response, err := client.Get(to.page(a, number, size))
		if err != nil {
			return 0, 0, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return 0, 0, err
		}
		return a.lean(body)
	}, nil
}

// openFloor asks with net/http and throws the answers away: no client can be
// cheaper.
func openFloor(to target, a api) (fetcher, error) {
	client := &http.Client{Transport: to.transport}
	return func(number, size int) (int, int, error) {
		response, err := client.Get(to.page(a, number, size))
		if err != nil {
			return 0, 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return max(0, min(size, to.total-(number-1)*size)), to.total, err
	}, nil
}

func (to target) page(a api, number, size int) string {
	query := url.Values{
		"Version": {a.version}, "PageNumber": {strconv.Itoa(number)}, "PageSize": {strconv.Itoa(size)},
		"offset": {strconv.Itoa((number - 1) * size)}, "limit": {strconv.Itoa(size)},
	}
	return to.url + strings.TrimSuffix(a.path, "/") + "/?" + query.Encode()
}

// lenient is a number that may be written as text.
type lenient int

func (n *lenient) UnmarshalJSON(text []byte) error {
	v, err := strconv.Atoi(strings.Trim(string(text), `"`))
	*n = lenient(v)
	return err
}

func leanECS(body []byte) (int, int, error) {
	var page struct {
		RequestId  string
		TotalCount int
		Images     struct {
			Image []struct {
				ImageId, ImageName, Description, ImageFamily, ImageVersion, ImageOwnerAlias string
				Status, Progress, OSType, Platform, OSName, OSNameEn, Architecture          string
				BootMode, ResourceGroupId, IsSelfShared                                     string
				ImageOwnerId                                                                int64
				Size                                                                        int
				IsPublic                                                                    bool
				CreationTime                                                                time.Time
				DiskDeviceMappings                                                          struct {
					DiskDeviceMapping []struct {
						Type, Device, Size, Format, SnapshotId string
						Encrypted                              bool
					}
				}
				Tags struct {
					Tag []struct{ TagKey, TagValue string }
				}
			}
		}
	}
	err := json.Unmarshal(body, &page)
	return len(page.Images.Image), page.TotalCount, err
}

func leanSWAS(body []byte) (int, int, error) {
	var page struct {
		RequestId    string
		TotalCount   lenient
		CustomImages []struct {
			ImageId, Name, Description, RegionId, Status, OsType string
			SourceImageName, SourceImageVersion, ResourceGroupId string
			InstanceId, SystemSnapshotId, DataSnapshotId         string
			UserId                                               int64
			RequiredSystemDiskSize, RequiredDataDiskSize         int
			InShareUser                                          bool
			CreationTime                                         time.Time
			Tags                                                 []struct{ Key, Value string }
		}
	}
	err := json.Unmarshal(body, &page)
	return len(page.CustomImages), int(page.TotalCount), err
}

func leanENS(body []byte) (int, int, error) {
	var page struct {
		Code       int
		RequestId  string
		TotalCount lenient
		Images     struct {
			Image []struct {
				ImageId, ImageName, ImageOwnerAlias, Status, RegionId, Platform, OsVersion string
				Architecture, ComputeType, InstanceId, SnapshotId, ImageSize               string
				CreationTime                                                               time.Time
				DiskDeviceMappings                                                         struct {
					DiskDeviceMapping []struct{ Type, Size, Format string }
				}
			}
		}
	}
	err := json.Unmarshal(body, &page)
	return len(page.Images.Image), int(page.TotalCount), err
}

func leanQing(body []byte) (int, int, error) {
	var page struct {
		RetCode    int    `json:"ret_code"`
		Message    string `json:"message"`
		TotalCount int    `json:"total_count"`
		ImageSet   []struct {
			ImageID       string    `json:"image_id"`
			ImageName     string    `json:"image_name"`
			Description   string    `json:"description"`
			Provider      string    `json:"provider"`
			Owner         string    `json:"owner"`
			Visibility    string    `json:"visibility"`
			Status        string    `json:"status"`
			Platform      string    `json:"platform"`
			OSFamily      string    `json:"os_family"`
			ProcessorType string    `json:"processor_type"`
			Architecture  string    `json:"architecture"`
			Size          int       `json:"size"`
			CreateTime    time.Time `json:"create_time"`
			StatusTime    time.Time `json:"status_time"`
			Tags          []struct {
				TagKey   string `json:"tag_key"`
				TagName  string `json:"tag_name"`
				TagValue string `json:"tag_value"`
			} `json:"tags"`
		} `json:"image_set"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return 0, 0, err
	}
	if page.RetCode != 0 {
		return 0, 0, fmt.Errorf("%d: %s", page.RetCode, page.Message)
	}
	return len(page.ImageSet), page.TotalCount, nil
}
