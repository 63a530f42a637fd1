package qingcloud_test

import (
	"net/http"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
	"github.com/imagequery/imagequery/qingcloud"
)

func clientOf(t *testing.T, server http.RoundTripper) *provider.Client {
	t.Helper()
	return adaptertest.Client(t, qingcloud.New, "pek3a", server)
}

func newClient(t *testing.T, c provider.Config) *provider.Client {
	t.Helper()
	return adaptertest.New(t, qingcloud.New, c)
}

// listed returns the images of a page that holds these records.
func listed(t *testing.T, records ...string) []image.Image {
	t.Helper()
	return adaptertest.Listed(t, clientOf, `{"ret_code":0,"total_count":0,"image_set":[ROWS]}`, records)
}

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.QingCloud(qingcloud.New)) }

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, qingcloud.API(), qingcloud.Details)
}

// The default password must never appear.
func TestMutantsAreDecodedAsEncodingJSONDoes(t *testing.T) {
	adaptertest.Mutants(t, qingcloud.API(), qingcloud.Details, adaptertest.Rows{ID: "image_id", Secrets: []string{"default_passwd"}},
		`{"action":"DescribeImagesResponse","total_count":3,"image_set":[`+
			`{"image_id":"img-1","image_name":"web \"1\"","description":null,"provider":"self","owner":"usr-1","visibility":"private","status":"available",`+
			`"platform":"linux","os_family":"centos","processor_type":"64bit","architecture":"arm64","size":20,"create_time":"2013-08-07T18:16:32Z",`+
			`"status_time":"2013-08-17T08:16:33.250Z","tags":[{"tag_id":"tag-1","tag_key":"env","tag_name":"old","tag_value":"prod","owner":"admin","color":"#c096e0"}],`+
			`"default_user":"root","default_passwd":"hunter2","transition_status":"","recommended_type":"small_b","hypervisor":"kvm","ui_type":"tui","root_id":"img-0",`+
			`"app_billing_id":"","billing_id":"b-1","sub_code":1,"feature":0,"features":12,"f_resetpwd":1,"instance_ids":["i-1",2],"unknown":{"a":[1,{"b":null}]}},`+
			`{"image_id":"img-2","image_name":"db","description":"x","provider":"shared","owner":"usr-2","visibility":"public","status":"suspended",`+
			`"platform":"windows","os_family":"windows","processor_type":"32bit","architecture":"","size":"40","create_time":"2013-08-07 18:16:32+08:00",`+
			`"status_time":null,"default_passwd":{"text":"hunter2","old":["hunter1"]},"sub_code":12,"instance_ids":["i-1",2],"unknown":{"a":[1,{"b":null}]}},`+
			`{"default_passwd":"hunter2","status":"pending","image_id":"img-3","image_name":"\u4f60好","tags":[],"unknown":{"a":[1]}}`+
			`],"ret_code":0,"Notes":{}}`,
		` { "total_count" : "1" , "image_set" : [ null , { "default_passwd" : 1 , "image_id" : 7 , "default_passwd" : [ ] , "size" : 4e1 , `+
			`"tags" : [ { "tag_key" : "a" } , { "tag_key" : "b" } ] , "tags" : [ { "tag_key" : "c" } ] } ] } `,
		`{"image_set":[{"image_id":"img-5","tags":{"tag_key":"a","tag_value":"1"},"create_time":"2013-08-07 18:16:32"},`+
			`{"image_id":"img-6","tags":{"tag":[{"TagKey":"a","Value":"1"}]},"status":"odd","processor_type":"128bit"},{"image_id":"img-7","tags":{"tag":{"Key":"a"}}}],"ret_code":0}`,
		`{"ret_code":0,"total_count":0}`,
		`{"image_set":[{"image_id":"img-4"}],"image_set":{},"ret_code":0}`,
	)
}
