package apispec_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
)

func fetch(t *testing.T, action, body string, c provider.Config) (*provider.Page, *sender, error) {
	t.Helper()
	api := listing()
	s := &sender{body: body}
	c.Region = "r1"
	page, err := apispec.New(apispec.Define(api), s, c).Fetch(t.Context(), provider.Call{Action: action}, provider.Cursor{Size: 50})
	return page, s, err
}

func ref(id string) image.Ref { return image.Ref{Provider: "test", Region: "r1", ID: id} }

func TestFetchDecodesPages(t *testing.T) {
	empty := &provider.Page{}
	for name, test := range map[string]struct {
		action, body string
		want         *provider.Page
	}{
		"images": {"List", `{"RequestId":"R","Total":2,"Images":{"Image":[{"Id":"a","Name":"n"},{"Id":"b","Zone":"z9"}]}}`, &provider.Page{
			Images: []image.Image{{Ref: ref("a"), Name: "n"}, {Ref: image.Ref{Provider: "test", Region: "z9", ID: "b"}}}, Total: 2, RequestID: "R",
		}},
		"null between the rows":      {"List", `{"Images":{"Image":[null,{"Id":"a"},null]}}`, &provider.Page{Images: []image.Image{{Ref: ref("a")}}}},
		"lower-case envelope":        {"List", `{"requestId":"R","Images":{"Image":[]}}`, &provider.Page{RequestID: "R"}},
		"total as text":              {"List", `{"Total":"12","Images":{"Image":[]}}`, &provider.Page{Total: 12}},
		"total as garbage":           {"List", `{"Total":"many","Images":{"Image":[]}}`, &provider.Page{Unreadable: map[string]int{"Total": 1}}},
		"total as a list":            {"List", `{"Total":[3],"Images":{"Image":[]}}`, &provider.Page{Unreadable: map[string]int{"Total": 1}}},
		"negative total":             {"List", `{"Total":-3,"Images":{"Image":[]}}`, &provider.Page{Unreadable: map[string]int{"Total": 1}}},
		"total beyond numbers":       {"List", `{"Total":1e99,"Images":{"Image":[]}}`, &provider.Page{Unreadable: map[string]int{"Total": 1}}},
		"total with a fraction":      {"List", `{"Total":2.5,"Images":{"Image":[]}}`, &provider.Page{Unreadable: map[string]int{"Total": 1}}},
		"empty list":                 {"List", `{"Images":{"Image":[]}}`, empty},
		"no list, a total of 0":      {"List", `{"Total":0}`, empty},
		"no list, a text of 0":       {"List", `{"Total":" 0 ","Extra":[1]}`, empty},
		"no list around, a total 0":  {"List", `{"Total":"0","Images":{"PageSize":10}}`, empty},
		"null for the list":          {"List", `{"Images":{"Image":null}}`, empty},
		"empty text for the list":    {"List", `{"Images":{"Image":""}}`, empty},
		"empty object for the list":  {"List", `{"Images":{"Image":{}}}`, empty},
		"empty object around":        {"List", `{"Images":{}}`, empty},
		"null around":                {"List", `{"Images":null}`, empty},
		"empty text around":          {"List", `{"Images":""}`, empty},
		"empty list around":          {"List", `{"Images":[]}`, empty},
		"one":                        {"One", `{"RequestId":"R","Image":{"Id":"a"}}`, &provider.Page{Images: []image.Image{{Ref: image.Ref{Provider: "test", ID: "a"}}}, RequestID: "R"}},
		"none, missing":              {"One", `{"RequestId":"R"}`, &provider.Page{RequestID: "R"}},
		"none, null":                 {"One", `{"Image":null}`, empty},
		"none, empty object":         {"One", `{"Image":{}}`, empty},
		"none, empty text":           {"One", `{"Image":""}`, empty},
		"none, empty list":           {"One", `{"Image":[]}`, empty},
		"none, without identifier":   {"One", `{"Image":{"Id":"","Name":"n"}}`, empty},
		"none, a null identifier":    {"One", `{"Image":{"Id":null}}`, empty},
		"unknown members":            {"List", `{"Extra":{"Images":{}},"Images":{"More":1,"Image":[{"Id":"a","Extra":[1]}]}}`, &provider.Page{Images: []image.Image{{Ref: ref("a")}}}},
		"an identifier as a number":  {"List", `{"Images":{"Image":[{"Id":17}]}}`, &provider.Page{Images: []image.Image{{Ref: ref("17")}}}},
		"the same image comes twice": {"List", `{"Images":{"Image":[{"Id":"a"},{"Id":"a"}]}}`, &provider.Page{Images: []image.Image{{Ref: ref("a")}, {Ref: ref("a")}}}},
	} {
		t.Run(name, func(t *testing.T) {
			page, _, err := fetch(t, test.action, test.body, provider.Config{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, page); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFetchRefusesBodiesWithoutAPage(t *testing.T) {
	for name, test := range map[string]struct {
		action, body string
		cut          bool
		words        string
	}{
		"empty body":                {action: "List", body: "", cut: true},
		"cut off":                   {action: "List", body: `{"Images":{"Image":[{"Id":"a"}`, cut: true},
		"HTML":                      {action: "List", body: "<html>", words: "invalid JSON"},
		"text after the page":       {action: "List", body: noImages + "x", words: "invalid JSON"},
		"no list":                   {action: "List", body: `{"Total":3}`, words: "no list of images"},
		"no list inside":            {action: "List", body: `{"Images":{"Other":[]}}`, words: "no list of images"},
		"a list of the wrong name":  {action: "List", body: `{"images":{"image":[{"Id":"a"}]}}`, words: "no list of images"},
		"null":                      {action: "List", body: `null`, words: "no list of images"},
		"a list":                    {action: "List", body: `[]`, words: "no list of images"},
		"an object for the list":    {action: "List", body: `{"Images":{"Image":{"Id":"a"}}}`, words: "Images.Image"},
		"a text for the list":       {action: "List", body: `{"Images":{"Image":"a"}}`, words: "Images.Image"},
		"a text in the list":        {action: "List", body: `{"Images":{"Image":["a"]}}`, words: "Images.Image"},
		"two lists":                 {action: "List", body: `{"Images":{"Image":[]},"Images":{"Image":[]}}`, words: "second time"},
		"a row without identifier":  {action: "List", body: `{"Images":{"Image":[{"Id":"a"},{"Id":"","Name":"n"}]}}`, words: "image 2 "},
		"an empty row":              {action: "List", body: `{"Images":{"Image":[{}]}}`, words: "image 1 "},
		"one, a list":               {action: "One", body: `{"Image":[{"Id":"a"}]}`, words: "Image"},
		"one, a text":               {action: "One", body: `{"Image":"a"}`, words: "Image"},
		"one, without the member":   {action: "One", body: `{}`, words: "no list of images"},
		"one, null in its place":    {action: "One", body: `null`, words: "no list of images"},
		"one, cut off":              {action: "One", body: `{"Image":{"Id":"a"}`, cut: true},
		"one, text after the image": {action: "One", body: `{"Image":{}}{}`, words: "invalid JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			page, _, err := fetch(t, test.action, test.body, provider.Config{})
			if page != nil || err == nil || errors.Is(err, io.ErrUnexpectedEOF) != test.cut || !strings.Contains(err.Error(), test.words) {
				t.Errorf("page %v, error %v, want cut %v, %q", page, err, test.cut, test.words)
			}
		})
	}
}

// The status is returned even if the body is not a page.
func TestFetchReturnsTheStatusOfABody(t *testing.T) {
	want := httpapi.Status{Code: "Nope", Message: "not today", RequestID: "R"}
	for _, body := range []string{
		`{"Code":"Nope","Message":"not today","RequestId":"R"}`,
		`{"code":"Nope","message":"not today","requestId":"R"}`,
		`{"RequestId":"R","Message":"not today","Code":"Nope","Images":{"Image":[]}}`,
		`{"RequestId":"R","Message":"not today","Code":"Nope","HostId":"x"`,
	} {
		_, s, _ := fetch(t, "List", body, provider.Config{})
		if diff := cmp.Diff(want, s.status); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	for body, code := range map[string]string{
		`{"Code":403}`: "403", `{"Code":0}`: "0", `{"Code":null}`: "", `{"Code":{"a":1}}`: "", `{"Code":[1]}`: "", `{"Code":true}`: "true",
	} {
		if _, s, _ := fetch(t, "List", body, provider.Config{}); s.status.Code != code {
			t.Errorf("%s: code %q, want %q", body, s.status.Code, code)
		}
	}
}

func TestNativeIsACopyWithoutSecrets(t *testing.T) {
	const body = `{"Images":{"Image":[{"Id":"a", "Password":"hunter2", "X":[1]},{"Name":"n","Id":"b"}]}}`
	page, _, err := fetch(t, "List", body, provider.Config{Listing: provider.Listing{KeepNative: true}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range page.Images {
		got = append(got, string(m.Native))
	}
	if diff := cmp.Diff([]string{`{"Id":"a", "X":[1]}`, `{"Name":"n","Id":"b"}`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	page, _, err = fetch(t, "List", body, provider.Config{})
	if err != nil || page.Images[0].Native != nil || page.Images[1].Native != nil {
		t.Errorf("error %v, images %v, want them without Native", err, page.Images)
	}
}

func TestRecycledPagesHoldNothingOfTheImagesBefore(t *testing.T) {
	api := listing()
	s := &sender{body: `{"Images":{"Image":[{"Id":"a","Name":"first"},{"Id":"b","Name":"second"}]}}`}
	adapter := apispec.New(apispec.Define(api), s, provider.Config{Region: "r1"})
	for range 3 {
		page, err := adapter.Fetch(t.Context(), provider.Call{Action: "List"}, provider.Cursor{Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		list := page.Images
		want := []image.Image{{Ref: ref("a"), Name: "first"}, {Ref: ref("b"), Name: "second"}}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		adapter.(provider.Recycler).Recycle(page)
		if diff := cmp.Diff(make([]image.Image, 2), list); diff != "" || page.Images != nil {
			t.Errorf("after Recycle, with %d images in the page (-want +got):\n%s", len(page.Images), diff)
		}
	}
}
