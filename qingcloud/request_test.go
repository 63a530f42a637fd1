package qingcloud_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// pager serves the images 0 to n-1, at most cap of them in a page.
type pager struct {
	n, cap int

	mu    sync.Mutex
	asked []string // offset+limit
}

func (p *pager) RoundTrip(r *http.Request) (*http.Response, error) {
	q := adaptertest.Params(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, q.Get("offset")+"+"+q.Get("limit"))
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, _ := strconv.Atoi(q.Get("limit"))
	var rows []string
	for i := offset; i < min(offset+limit, offset+p.cap, p.n); i++ {
		rows = append(rows, fmt.Sprintf(`{"image_id":"img-%d"}`, i))
	}
	body := fmt.Sprintf(`{"ret_code":0,"total_count":%d,"image_set":[%s]}`, p.n, strings.Join(rows, ","))
	return (&adaptertest.Server{Status: http.StatusOK, Body: body}).RoundTrip(r)
}

func TestPagesAreRequestedByOffset(t *testing.T) {
	for _, test := range []struct {
		name   string
		n, cap int
		want   []string
	}{
		{"two pages", 150, 100, []string{"0+100", "100+100"}},
		{"pages that the server makes shorter", 150, 60, []string{"0+100", "60+100", "120+100"}},
		{"nothing", 0, 100, []string{"0+100"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &pager{n: test.n, cap: test.cap}
			client := newClient(t, provider.Config{Region: "pek3a", HTTPClient: &http.Client{Transport: p}})
			images, err := provider.Collect(client.Images(t.Context(), native("provider", "self")))
			if len(images) != test.n || err != nil {
				t.Errorf("%d images and %v, want %d and no error", len(images), err, test.n)
			}
			if diff := cmp.Diff(test.want, p.asked); diff != "" {
				t.Errorf("offset+limit (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGetLooksUpEverySource(t *testing.T) {
	const missing = `{"ret_code":2100,"message":"ResourceNotFound, resource [img-1] does not exist"}`
	for _, test := range []struct {
		source string // that has the image
		want   error
	}{
		{"system", nil},
		{"shared", nil},
		{"nobody", provider.NotFound},
	} {
		t.Run(test.source, func(t *testing.T) {
			client := newClient(t, provider.Config{Region: "pek3a", HTTPClient: &http.Client{Transport: adaptertest.RoundTrip(func(r *http.Request) (*http.Response, error) {
				s := &adaptertest.Server{Status: http.StatusOK, Body: missing}
				if q := adaptertest.Params(r); q.Get("provider") == test.source && q.Get("images.1") == "img-1" {
					s.Body = `{"ret_code":0,"total_count":1,"image_set":[{"image_id":"img-1"}]}`
				}
				return s.RoundTrip(r)
			})}})
			got, err := client.Get(t.Context(), "img-1")
			if !errors.Is(err, test.want) || test.want == nil && got.ID != "img-1" {
				t.Errorf("%v and %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestMissingResourceIsAnErrorWithoutIDs(t *testing.T) {
	s := &adaptertest.Server{Status: http.StatusOK, Body: `{"ret_code":2100,"message":"ResourceNotFound, resource [tag-1] does not exist"}`}
	_, err := provider.Collect(clientOf(t, s).Images(t.Context(), native("tags.1", "tag-1")))
	if !errors.Is(err, provider.NotFound) {
		t.Errorf("error %v, want not found", err)
	}
}
