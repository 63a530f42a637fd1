package fakecloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// operation is how a client asks one of the five, and where its response has what.
type operation struct {
	name, provider, action string
	path                   string
	list                   []string
	total                  string
	params                 []string // that it requires
	version                string   // of an Alibaba service
}

func operations() []operation {
	images := []string{"Images", "Image"}
	return []operation{
		{"ecs", "aliyunecs", "DescribeImages", "/", images, "TotalCount", []string{"RegionId=cn-hangzhou"}, "2014-05-26"},
		{"family", "aliyunecs", "DescribeImageFromFamily", "/", nil, "", []string{"RegionId=cn-hangzhou", "ImageFamily=web"}, "2014-05-26"},
		{"swas", "aliyunswas", "ListCustomImages", "/", []string{"CustomImages"}, "TotalCount", []string{"RegionId=cn-hangzhou"}, "2020-06-01"},
		{"ens", "aliyunens", "DescribeSelfImages", "/", images, "TotalCount", nil, "2017-11-10"},
		{"qing", "qingcloud", "DescribeImages", "/iaas/", []string{"image_set"}, "total_count", []string{"zone=pek3a"}, ""},
	}
}

func (op operation) qing() bool { return op.version == "" }

// listings are the operations with pages.
func listings() []operation {
	all := operations()
	return append(all[:1:1], all[2:]...)
}

// request is a signed request for a page of so many rows; a size of 0 asks for the
// default, as the family does.
func (op operation) request(ctx context.Context, base string, page, size int, params ...string) *http.Request {
	all := append(append([]string{}, op.params...), params...)
	if op.qing() {
		if size > 0 {
			all = append(all, fmt.Sprint("offset=", (page-1)*size), fmt.Sprint("limit=", size))
		}
		return get(ctx, base+op.path, signQing("GET", op.path, "secret", add(qingCommon("key"), all...)))
	}
	if size > 0 {
		all = append(all, fmt.Sprint("PageNumber=", page), fmt.Sprint("PageSize=", size))
	}
	return get(ctx, base+op.path, signRPC("GET", "secret", add(common("key", op.version, op.action), all...)))
}

// faultWorld has 30 images at each provider, m-29 to m-00, the newest first.
func faultWorld() fakecloud.World {
	prod := fakecloud.Account{Name: "prod", Keys: []fakecloud.Key{ecsKey}}
	for i := range 30 {
		id := fmt.Sprintf("m-%02d", i)
		ecs := ecsImage(id, i, func(m *fakecloud.Image) { m.Family = "web" })
		swas := ecsImage(id, i, func(m *fakecloud.Image) {
			m.Provider, m.Platform, m.Arch, m.Progress, m.OSName = "aliyunswas", "ubuntu", "", 0, "Ubuntu"
			m.Disks = []image.Disk{{Type: "system", SizeGiB: 20}}
		})
		ens := ecsImage(id, i, func(m *fakecloud.Image) {
			m.Provider, m.Region, m.OSName, m.Progress = "aliyunens", "", "ubuntu", 0
		})
		prod.Images = append(prod.Images, ecs, swas, ens, qingImage(id, i, nil))
	}
	return fakecloud.World{Accounts: []fakecloud.Account{prod, {Name: "dev", Keys: []fakecloud.Key{{ID: "dev", Secret: "secret"}}}}}
}

// cloud opens what that world has at the provider of the operation, with faults.
func (op operation) cloud(t *testing.T, faults ...fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	w := faultWorld()
	w.Accounts[0].Images = slices.DeleteFunc(w.Accounts[0].Images, func(m fakecloud.Image) bool { return m.Provider != op.provider })
	return openFaulty(t, w, faults)
}

// faultCloud opens all of that world with faults.
func faultCloud(t *testing.T, faults ...fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	return openFaulty(t, faultWorld(), faults)
}

func openFaulty(t *testing.T, w fakecloud.World, faults []fakecloud.Fault) *fakecloud.Cloud {
	t.Helper()
	cloud := newCloud(t, w)
	if err := cloud.SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
	return cloud
}

// outcome is everything that a client sees of one request.
type outcome struct {
	Status int
	Header http.Header
	Length int64
	Body   string
	End    string // "", "refused", "reset", "cut", "timeout" or what else went wrong
	Early  bool   // whether there was no answer at all
}

// fetch sends a request, and reads at most 1 MiB of the response.
func fetch(rt http.RoundTripper, r *http.Request) outcome {
	resp, err := rt.RoundTrip(r)
	if err != nil {
		return outcome{Early: true, End: ending(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return outcome{resp.StatusCode, resp.Header, resp.ContentLength, string(body), ending(err), false}
}

func ending(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "cut"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return err.Error()
}

// json is the body decoded; numbers are texts in code.
func (o outcome) json() map[string]any {
	dec := json.NewDecoder(strings.NewReader(o.Body))
	dec.UseNumber()
	var body map[string]any
	if err := dec.Decode(&body); err != nil {
		return nil
	}
	return body
}

// code is the status and the error code in the body, of either family.
func (o outcome) code() string {
	body := o.json()
	if body["ret_code"] != nil {
		return fmt.Sprint(o.Status, " ", body["ret_code"])
	}
	if body["Code"] == nil || body["Message"] == nil {
		return fmt.Sprint(o.Status)
	}
	return fmt.Sprint(o.Status, " ", body["Code"])
}

// rows are the image ids in the body.
func (op operation) rows(o outcome) string {
	field := "ImageId"
	if op.qing() {
		field = "image_id"
	}
	return strings.Join(ids(at(o.json(), op.list...), field), " ")
}

// bothWays runs a test over the transport and over a socket.
func bothWays(t *testing.T, cloud *fakecloud.Cloud, test func(t *testing.T, rt http.RoundTripper, base string)) {
	t.Helper()
	t.Run("transport", func(t *testing.T) { test(t, cloud.Transport(), "http://cloud.example") })
	server, err := cloud.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	t.Run("socket", func(t *testing.T) {
		rt := &http.Transport{}
		defer rt.CloseIdleConnections()
		test(t, rt, server.URL())
	})
}
