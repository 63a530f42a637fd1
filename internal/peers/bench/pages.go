package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/peers/worlds"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// api is one of the listings that are measured.
type api struct {
	name    string
	make    func(provider.Config) (*provider.Client, error)
	region  string
	path    string // of our endpoint
	maxPage int
	query   image.Query // one listing, and every image of it
	world   func(int) fakecloud.World
	id      string                                    // the member that identifies an image
	answer  string                                    // the answer, for a page's number, size, total and rows
	version string                                    // the parameter of a request that tells the api
	sdk     opener                                    // the vendor's client
	mapped  openerOf[image.Image]                     // the vendor's client, its structs mapped by hand
	acs3    openerOf[image.Image]                     // the core of the vendor's SDK V2.0, its structs mapped by hand; nil: none
	lean    func([]byte) (rows, total int, err error) // encoding/json
	want    goals
}

// goals are what ours is meant to reach beside others.
type goals struct {
	vendor, json float64 // how many times faster it decodes than the vendor's client, mapped, and than encoding/json
	listing      float64 // the part of the CPU of the vendor's client that it uses for a whole listing
}

var self = image.Query{Sources: []image.Source{image.SourceSelf}}

func apis() []api {
	return []api{
		{
			name: "ECS DescribeImages", make: aliyunecs.New, region: worlds.Region, path: "/", maxPage: 100,
			world: worlds.ECS, id: "ImageId",
			version: "2014-05-26", sdk: openECS, mapped: mapping(pagesOfECS, imagesOfECS), acs3: mapping(acs3PagesOfECS, imagesOfECS),
			lean: leanECS, want: goals{4.5, 6, 0.28},
			answer: `{"PageNumber":%d,"PageSize":%d,"TotalCount":%d,"RegionId":"cn-hangzhou","RequestId":"0F6B4AC7","Images":{"Image":[%s]}}`,
		},
		{
			name: "SWAS ListCustomImages", make: aliyunswas.New, region: worlds.Region, path: "/", maxPage: 100,
			world: worlds.SWAS, id: "ImageId",
			version: "2020-06-01", sdk: openSWAS, mapped: mapping(pagesOfSWAS, imagesOfSWAS), acs3: mapping(acs3PagesOfSWAS, imagesOfSWAS),
			lean: leanSWAS, want: goals{3, 4, 0.38},
			answer: `{"PageNumber":"%d","PageSize":"%d","TotalCount":"%d","RequestId":"0F6B4AC7","CustomImages":[%s]}`,
		},
		{
			name: "ENS DescribeSelfImages", make: aliyunens.New, path: "/", maxPage: 50,
			world: worlds.ENS, id: "ImageId",
			version: "2017-11-10", sdk: openENS, mapped: mapping(pagesOfENS, imagesOfENS), acs3: mapping(acs3PagesOfENS, imagesOfENS),
			lean: leanENS, want: goals{2.5, 4.5, 0.38},
			answer: `{"Code":0,"PageNumber":"%d","PageSize":"%d","TotalCount":"%d","RequestId":"0F6B4AC7","Images":{"Image":[%s]}}`,
		},
		{
			name: "QingCloud DescribeImages", make: qingcloud.New, region: worlds.Zone, path: "/iaas/", maxPage: 100,
			query: self, world: worlds.Qing, id: "image_id",
			version: "", sdk: openQing, mapped: mapping(pagesOfQing, imagesOfQing), lean: leanQing, want: goals{6.5, 5.5, 0.28},
			answer: `{"action":"DescribeImagesResponse","page":%d,"size":%d,"total_count":%d,"ret_code":0,"image_set":[%s]}`,
		},
	}
}

// pages makes the answers of one api. Records repeat but for the eight digits of
// their identifiers.
type pages struct {
	api   api
	text  []byte // all records, with commas between them
	start []int  // where each record begins in text, and where one more would
	digit []int  // where the digits of each record begin in text
}

// newPages takes the records from an answer of fakecloud.
func newPages(a api) (*pages, error) {
	cloud, err := fakecloud.New(a.world(4 * a.maxPage))
	if err != nil {
		return nil, err
	}
	recorder := &recorder{transport: cloud.Transport()}
	client, err := a.client(provider.Config{Endpoint: "http://127.0.0.1" + a.path, HTTPClient: &http.Client{Transport: recorder}})
	if err != nil {
		return nil, err
	}
	for _, err := range client.Images(context.Background(), a.query) {
		if err != nil {
			return nil, err
		}
		break
	}
	records := recordsIn(recorder.body)
	if len(records) != a.maxPage {
		return nil, fmt.Errorf("%s: fakecloud gave %d records, want %d", a.name, len(records), a.maxPage)
	}
	p := &pages{api: a, start: []int{0}}
	for _, record := range records {
		p.add(record)
	}
	return p, nil
}

// varied returns several pages of records that differ from each other.
func (p *pages) varied() *pages {
	out, v := &pages{api: p.api, start: []int{0}}, newVariation(p.api.id)
	for range variedPages {
		for i := range p.digit {
			out.add(v.record("", p.text[p.start[i]:p.start[i+1]-1]))
		}
	}
	return out
}

// bodies returns one response for each page of records, each the whole of a listing of
// one page.
func (p *pages) bodies() [][]byte {
	size := p.api.maxPage
	head, tail, _ := strings.Cut(p.api.answer, "%s")
	var out [][]byte
	for first := 0; first < len(p.digit); first += size {
		out = append(out, append(p.rows(fmt.Appendf(nil, head, 1, size, size), first, size), tail...))
	}
	return out
}

func (p *pages) add(record []byte) {
	mark := []byte(`"` + p.api.id + `":"`)
	at := bytes.Index(record, mark) + len(mark)
	at += bytes.IndexByte(record[at:], '"') - digits
	p.digit = append(p.digit, len(p.text)+at)
	p.text = append(append(p.text, record...), ',')
	p.start = append(p.start, len(p.text))
}

// digits are what an identifier ends in.
const digits = 8

// client is one of ours, with everything but the endpoint filled in.
func (a api) client(c provider.Config) (*provider.Client, error) {
	c.Region, c.Credentials = a.region, provider.Static(worlds.Key, worlds.Key+worlds.Suffix, "")
	return a.make(c)
}

// recordsIn returns the images of an answer, byte for byte.
func recordsIn(body []byte) []json.RawMessage {
	var records []json.RawMessage
	if _, list, ok := bytes.Cut(body, []byte("[{")); ok {
		list = append([]byte("[{"), list...)
		_ = json.NewDecoder(bytes.NewReader(list)).Decode(&records) // too few are found out
	}
	return records
}

// page appends the answer with a page, from 1, of total images. The size must divide
// the number of records.
func (p *pages) page(buf []byte, number, size, total int) []byte {
	head, tail, _ := strings.Cut(p.api.answer, "%s")
	buf = fmt.Appendf(buf, head, number, size, total)
	first := (number - 1) * size
	if n := min(size, total-first); n > 0 {
		buf = p.rows(buf, first, n)
	}
	return append(buf, tail...)
}

// rows appends n records of the listing from the one at first on.
func (p *pages) rows(buf []byte, first, n int) []byte {
	from := first % len(p.digit)
	begin := len(buf) - p.start[from]
	buf = append(buf, p.text[p.start[from]:p.start[from+n]-1]...)
	for i := range n {
		write(buf[begin+p.digit[from+i]:][:digits], first+i)
	}
	return buf
}

// write writes a number in as many digits as there is room for.
func write(to []byte, n int) {
	for i := len(to) - 1; i >= 0; i, n = i-1, n/10 {
		to[i] = '0' + byte(n%10)
	}
}

// at finds the page that a request asks for.
func (p *pages) at(param func(string) string) (number, size int) {
	whole := func(name string, absent int) int {
		if n, err := strconv.Atoi(param(name)); err == nil {
			return n
		}
		return absent
	}
	if p.api.id == "image_id" {
		size = min(whole("limit", 20), p.api.maxPage)
		return whole("offset", 0)/size + 1, size
	}
	return whole("PageNumber", 1), min(whole("PageSize", 10), p.api.maxPage)
}

// recorder counts requests, and keeps the last body that went by.
type recorder struct {
	transport http.RoundTripper
	requests  int
	body      []byte
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.requests++
	response, err := r.transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	r.body, err = io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(r.body))
	return response, err
}
