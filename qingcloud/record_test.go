package qingcloud_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// The sample has one image of the nine that it counts, and is served for every page.
func TestDocumentedSampleIsMappedAndIncomplete(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: adaptertest.Recorded(t, "qingcloud-1.json")}
	got, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if !errors.Is(err, provider.Incomplete) {
		t.Errorf("error %v, want incomplete: 8 of 9 images never came", err)
	}
	want := []image.Image{{
		Ref:    image.Ref{Provider: "qingcloud", Region: "pek3a", ID: "img-37amqany"},
		Source: image.SourceSelf, Owner: "usr-1234abcd", Visibility: image.VisibilityPrivate, Status: image.StatusCeased,
		OS: image.OSLinux, Platform: "centos", Arch: image.ArchX86_64, SizeGiB: 20,
		Created: adaptertest.At("2013-08-07T18:16:32Z"), StatusChanged: adaptertest.At("2013-08-17T08:16:33Z"),
		Tags: map[string]string{"test-tag": "test-tag"},
	}}
	if diff := cmp.Diff(want, got, adaptertest.WithoutNative); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	record, err := qingcloud.Details(got[0])
	if err != nil {
		t.Fatal(err)
	}
	wantRecord := qingcloud.Record{
		ImageID: "img-37amqany", Provider: "self", Owner: "usr-1234abcd", Visibility: "private", Status: "ceased",
		Platform: "linux", OSFamily: "centos", ProcessorType: "64bit", Size: 20,
		CreateTime: adaptertest.At("2013-08-07T18:16:32Z"), StatusTime: adaptertest.At("2013-08-17T08:16:33Z"), RecommendedType: "small_b", SubCode: 1,
		Tags: []qingcloud.Tag{{
			TagID: "tag-rj6nhkn1", TagKey: "test-tag", TagValue: "test-tag", TagName: "test-tag", Owner: "admin", Color: "#c096e0",
		}},
	}
	if diff := cmp.Diff(wantRecord, record); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestDocumentedEmptyPageEndsTheListing(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: adaptertest.Recorded(t, "qingcloud-2.json")}
	got, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
	if len(got) != 0 || err != nil || len(s.Asked()) != 2 {
		t.Errorf("%d images, %v, %d requests, want nothing in 2 requests", len(got), err, len(s.Asked()))
	}
}

func TestDocumentedFailuresHaveKinds(t *testing.T) {
	for _, test := range []struct {
		body string
		want provider.Error
	}{
		{"qingcloud-3.json", provider.Error{
			Kind: provider.PermissionDenied, Code: "1400", Message: "PermissionDenied, instance [i-2aypaijz] is not running， can not be stopped",
		}},
		{"qingcloud-4.json", provider.Error{Kind: provider.BadResponse, Code: ""}},
	} {
		t.Run(test.body, func(t *testing.T) {
			s := &adaptertest.Server{Status: http.StatusOK, Body: adaptertest.Recorded(t, test.body)}
			_, err := provider.Collect(clientOf(t, s).Images(t.Context(), image.Query{}))
			var got *provider.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a *provider.Error", err)
			}
			if got.Kind != test.want.Kind || got.Code != test.want.Code || got.Message != test.want.Message {
				t.Errorf("error %v, want %v", got, &test.want)
			}
		})
	}
}

func TestRecordsAreMapped(t *testing.T) {
	with := func(m image.Image) image.Image {
		m.Ref = image.Ref{Provider: "qingcloud", Region: "pek3a", ID: "img-1"}
		return m
	}
	for _, test := range []struct {
		name, record string
		want         image.Image
	}{
		{"only an identifier", `{"image_id":"img-1"}`, with(image.Image{})},
		{"nulls and empty values", `{"image_id":"img-1","image_name":null,"description":null,"provider":"","status":null,"size":null,
			"create_time":"","status_time":null,"tags":null,"instance_ids":{},"architecture":null,"processor_type":""}`, with(image.Image{})},
		{"unknown words", `{"image_id":"img-1","provider":"nobody","status":"melted","visibility":"secret","platform":"plan9",
			"os_family":"Plan 9","processor_type":"128bit","create_time":"soon"}`, with(image.Image{Platform: "plan 9"})},
		{"the vendor's", `{"image_id":"img-1","provider":"system","visibility":"public","status":"available"}`,
			with(image.Image{Source: image.SourceSystem, Visibility: image.VisibilityPublic, Status: image.StatusAvailable})},
		{"another's", `{"image_id":"img-1","provider":"shared","status":"suspended"}`,
			with(image.Image{Source: image.SourceShared, Status: image.StatusSuspended})},
		{"numbers for texts, and back", `{"image_id":"img-1","size":"40","image_name":7}`, with(image.Image{Name: "7", SizeGiB: 40})},
		{"32 bits", `{"image_id":"img-1","processor_type":"32bit"}`, with(image.Image{Arch: image.ArchI386})},
		{"ARM", `{"image_id":"img-1","processor_type":"64bit","architecture":"aarch64"}`, with(image.Image{Arch: image.ArchARM64})},
		{"ARM by its other name", `{"image_id":"img-1","architecture":"arm64"}`, with(image.Image{Arch: image.ArchARM64})},
		{"an architecture of 64 bits that is not known", `{"image_id":"img-1","processor_type":"64bit","architecture":"sw_64"}`, with(image.Image{})},
		{"times with fractions and offsets", `{"image_id":"img-1","create_time":"2024-05-06T07:08:09.000Z","status_time":"2024-05-06T15:08:09+08:00"}`,
			with(image.Image{Created: adaptertest.At("2024-05-06T07:08:09Z"), StatusChanged: adaptertest.At("2024-05-06T07:08:09Z")})},
		{"tags by key, by name, and by nothing", `{"image_id":"img-1","tags":[{"tag_key":"env","tag_name":"old","tag_value":"prod"},
			{"tag_key":"","tag_name":"team","tag_value":null},{"tag_value":"lost"}]}`, with(image.Image{Tags: map[string]string{"env": "prod", "team": ""}})},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, listed(t, test.record)[0], adaptertest.WithoutNative); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultPasswordIsRemoved(t *testing.T) {
	const password = "hunter2-of-the-image"
	got := listed(t, `{"image_id":"img-1","default_user":"root","default_passwd":"`+password+`","hypervisor":"kvm"}`)[0]
	var native map[string]string
	if err := json.Unmarshal(got.Native, &native); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"image_id": "img-1", "default_user": "root", "hypervisor": "kvm"}, native); diff != "" {
		t.Errorf("native (-want +got):\n%s", diff)
	}
	record, err := qingcloud.Details(got)
	if err != nil {
		t.Fatal(err)
	}
	form, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(form), fmt.Sprintf("%+v %#v %s", got, got, got.Native), fmt.Sprintf("%+v %#v", record, record)} {
		if strings.Contains(text, password) {
			t.Errorf("the password is in %s", text)
		}
	}
}
