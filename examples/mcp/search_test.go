package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

func TestSearchListsTheNewestImagesFirst(t *testing.T) {
	order := webImage(3, "cn-beijing")
	order.Name, order.Arch = "order", image.ArchARM64
	s := connect(t, open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-hangzhou"), order))))
	for arguments, want := range map[string]string{
		`{}`:                                       "m-03 m-02 m-01",
		`{"name_globs": ["web-*"]}`:                "m-02 m-01",
		`{"archs": ["aarch64"], "names": null}`:    "m-03",
		`{"targets": ["*/cn-hangzhou"]}`:           "m-02 m-01",
		`{"created_after": "2026-01-02"}`:          "m-03 m-02",
		`{"created_after": "1d"}`:                  "",
		`{"providers": ["aliyunecs"], "limit": 9}`: "m-03 m-02 m-01",
	} {
		got := answerTo[imageList](s, "search_images", arguments)
		if idsOf(got) != want || !got.Complete || got.Total != len(got.Images) {
			t.Errorf("%s: %s, %+v; want %s", arguments, idsOf(got), got.completeness, want)
		}
	}
	text := textOf(s.call("search_images", `{"archs": ["arm64"]}`))
	want := "COMPLETE: 1 image found, 1 shown\n- prod/cn-beijing: m-03 \"order\", available, ubuntu 22.04, arm64, created 2026-01-03"
	if text != want {
		t.Errorf("text %q, want %q", text, want)
	}
}

func TestFailedTargetIsMissing(t *testing.T) {
	s := connect(t, open(t, prodTarget+offTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou")))))
	for _, tool := range []string{"search_images", "newest_image", "why_no_match"} {
		got := answerTo[completeness](s, tool, `{}`)
		want := completeness{Missing: []missing{{
			Kind: "unauthenticated", Code: "InvalidAccessKeyId.Inactive", Message: "Specified access key is disabled.", Targets: []string{"off/cn-hangzhou"},
		}}}
		if diff := cmp.Diff(want, completeness{got.Complete, got.Missing, nil}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tool, diff)
		}
		if text := textOf(s.call(tool, `{}`)); !strings.HasPrefix(text, "INCOMPLETE: ") || !strings.Contains(text, "missing: off/cn-hangzhou: unauthenticated: ") {
			t.Errorf("%s: text %q", tool, text)
		}
	}
	if got := answerTo[imageList](s, "search_images", `{}`); idsOf(got) != "m-01" {
		t.Errorf("%s: the images of the other targets are not shown", idsOf(got))
	}
}

func TestThrottledAndSilentTargetsAreMissing(t *testing.T) {
	for kind, c := range map[string]struct {
		fault   fakecloud.FaultKind
		timeout time.Duration
	}{
		"throttled":         {fakecloud.Throttle, time.Hour},
		"deadline_exceeded": {fakecloud.Hang, 50 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			cloud := emulate(t, testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-beijing")), fakecloud.Fault{Do: c.fault, Region: "cn-beijing"})
			s := connectFor(t, open(t, prodTarget, cloud), c.timeout)
			got := answerTo[imageList](s, "search_images", `{}`)
			if idsOf(got) != "m-01" || got.Complete || len(got.Missing) != 1 {
				t.Fatalf("%s: %s, %+v", kind, idsOf(got), got.completeness)
			}
			if m := got.Missing[0]; m.Kind != kind || cmp.Diff([]string{"prod/cn-beijing"}, m.Targets) != "" || m.Message == "" {
				t.Errorf("%s: %+v", kind, m)
			}
		})
	}
}

func TestThrottledTargetIsRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		throttle := fakecloud.Fault{Do: fakecloud.Throttle, Times: 2}
		s := connect(t, open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-beijing")), throttle)))
		if got := answerTo[imageList](s, "search_images", `{}`); idsOf(got) != "m-02 m-01" || !got.Complete {
			t.Errorf("%s, %+v", idsOf(got), got.completeness)
		}
	})
}

func TestSkippedTargetIsNoted(t *testing.T) {
	s := connect(t, open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou")))))
	got := answerTo[imageList](s, "search_images", `{"source_instances": ["i-1"], "skip_unreported": true}`)
	if !got.Complete || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "prod/cn-hangzhou, prod/cn-beijing: ") {
		t.Errorf("%+v", got.completeness)
	}
	got = answerTo[imageList](s, "search_images", `{"source_instances": ["i-1"]}`)
	if got.Complete || got.Missing[0].Kind != "unsupported" || !strings.Contains(got.Missing[0].Message, "skip_unreported") {
		t.Errorf("%+v", got.completeness)
	}
}

func TestNewestTrustsSelfAndSystemImages(t *testing.T) {
	public := webImage(9, "cn-hangzhou")
	public.Source, public.Visibility, public.Owner = image.SourceCommunity, image.VisibilityPublic, "2002"
	pending := webImage(8, "cn-hangzhou")
	pending.Status = image.StatusPending
	world := testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-beijing"), public, pending)
	s := connect(t, open(t, prodTarget, emulate(t, world)))
	for arguments, want := range map[string]string{
		`{}`:                                   "m-02",
		`{"sources": ["community"]}`:           "m-09",
		`{"statuses": ["pending"]}`:            "m-08",
		`{"newest_per": ["region"]}`:           "m-02 m-01",
		`{"names": ["no such name"]}`:          "",
		`{"newest_per": ["region", "target"]}`: "m-02 m-01",
	} {
		if got := answerTo[imageList](s, "newest_image", arguments); idsOf(got) != want || !got.Complete {
			t.Errorf("%s: %s, %+v; want %s", arguments, idsOf(got), got.completeness, want)
		}
	}
}

func TestNewestIsWithheldIfATargetFails(t *testing.T) {
	s := connect(t, open(t, prodTarget+offTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou")))))
	got := answerTo[imageList](s, "newest_image", `{}`)
	if got.Complete || idsOf(got) != "" || got.Total != 0 || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "allow_partial") {
		t.Errorf("%s, %+v", idsOf(got), got)
	}
	if strings.Contains(textOf(s.call("newest_image", `{}`)), "m-01") {
		t.Error("the text has the image that is withheld")
	}
	if got := answerTo[imageList](s, "newest_image", `{"allow_partial": true}`); got.Complete || idsOf(got) != "m-01" {
		t.Errorf("%s, %+v", idsOf(got), got)
	}
}

func TestPagesShowOneSearch(t *testing.T) {
	var images []image.Image
	for day := 1; day <= 25; day++ {
		images = append(images, webImage(day, "cn-hangzhou"))
	}
	cloud := emulate(t, testWorld(images...))
	s := connect(t, open(t, prodTarget, cloud))
	first := answerTo[imageList](s, "search_images", `{"limit": 10}`)
	want := completeness{Missing: []missing{{Kind: "more_images", Message: "these images are older; call the tool again with next_cursor as cursor", Images: 15}}}
	if diff := cmp.Diff(want, first.completeness); diff != "" || first.Total != 25 || len(first.Images) != 10 {
		t.Errorf("first page: %+v (-want +got):\n%s", first, diff)
	}
	if err := cloud.Insert("prod", fakecloud.Image{Image: webImage(31, "cn-hangzhou")}); err != nil {
		t.Fatal(err)
	}
	cloud.Reset()
	second := answerTo[imageList](s, "search_images", fmt.Sprintf(`{"cursor": %q, "limit": 15}`, first.NextCursor))
	if !second.Complete || second.Total != 25 || second.NextCursor != "" || len(second.Images) != 15 || second.Images[0].Image.ID != "m-15" {
		t.Errorf("second page: %+v", second)
	}
	if got := cloud.Requests(); len(got) > 0 {
		t.Errorf("the second page sent %d requests", len(got))
	}
}

func TestImagesBeyondTheKeptOnesAreCounted(t *testing.T) {
	var f found
	f.Complete = true
	for i := range 3*maxKept + 7 {
		f.add(provider.Hit{Image: image.Image{Ref: image.Ref{ID: fmt.Sprintf("m-%05d", i)}}})
	}
	f.sort()
	got := f.page(maxKept-10, 20)
	want := []missing{{Kind: "too_many", Message: "these images are counted, but too old to be shown; narrow the query", Images: 2*maxKept + 7}}
	if diff := cmp.Diff(want, got.Missing); diff != "" || got.Complete || len(got.Images) != 10 || got.Images[9].Image.ID != "m-00999" {
		t.Errorf("%s (-want +got):\n%s", idsOf(*got), diff)
	}
}

func TestOldCursorIsRefused(t *testing.T) {
	s := connect(t, open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-hangzhou")))))
	cursor := answerTo[imageList](s, "search_images", `{"limit": 1}`).NextCursor
	for range maxSearches {
		answerTo[imageList](s, "newest_image", `{"limit": 1, "newest_per": ["target"]}`) // one page, which is not kept
	}
	answerTo[imageList](s, "search_images", fmt.Sprintf(`{"cursor": %q}`, cursor))
	for range maxSearches {
		answerTo[imageList](s, "search_images", `{"limit": 1}`)
	}
	for _, bad := range []string{cursor, "x", cursor + "0", answerTo[imageList](s, "search_images", `{"limit": 1}`).NextCursor + "9"} {
		if got := s.call("search_images", fmt.Sprintf(`{"cursor": %q}`, bad)); !got.IsError || !strings.HasPrefix(textOf(got), "cursor: value ") {
			t.Errorf("%s: %+v", bad, textOf(got))
		}
	}
}

func TestCancelledCallEndsItsSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := emulate(t, testWorld(webImage(1, "cn-hangzhou")), fakecloud.Fault{Do: fakecloud.Hang})
		s := connect(t, open(t, prodTarget, cloud))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "search_images"})
			done <- err
		}()
		synctest.Wait() // the requests hang
		if len(cloud.Requests()) == 0 {
			t.Error("no request was sent")
		}
		cancel()
		if err := <-done; err == nil {
			t.Error("the call has a result")
		}
		synctest.Wait() // without the time that a call may take
		if err := cloud.SetFaults(); err != nil {
			t.Fatal(err)
		}
		if got := answerTo[imageList](s, "search_images", `{}`); idsOf(got) != "m-01" {
			t.Errorf("the next call: %s, %+v", idsOf(got), got.completeness)
		}
	})
}

func TestCallsRunConcurrently(t *testing.T) {
	s := connect(t, open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou"), webImage(2, "cn-beijing")))))
	var calls sync.WaitGroup
	for i := range 12 {
		calls.Go(func() {
			tool := []string{"search_images", "newest_image", "explain_query", "why_no_match"}[i%4]
			got, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: json.RawMessage(`{"names": ["web-2"]}`)})
			if err != nil || got.IsError || !strings.HasPrefix(textOf(got), "COMPLETE: ") {
				t.Errorf("%s: %+v, %v", tool, got, err)
			}
		})
	}
	calls.Wait()
}

// panicking is an adapter with a bug.
type panicking struct{}

func (panicking) Info() provider.Info { return provider.Info{Name: "buggy"} }

func (panicking) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List"}}, nil
}

func (panicking) Fetch(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) {
	panic("bug in the adapter")
}

func TestPanicEndsTheCallOnly(t *testing.T) {
	buggy := provider.Target{Name: "buggy", Client: provider.New(panicking{}, provider.Config{})}
	s := connect(t, append(open(t, prodTarget, emulate(t, testWorld(webImage(1, "cn-hangzhou")))), buggy))
	if got := s.call("search_images", `{}`); !got.IsError || textOf(got) != "internal error: the log of the server has the details; this is a bug" {
		t.Errorf("%s", textOf(got))
	}
	if !strings.Contains(s.log.String(), "bug in the adapter") {
		t.Errorf("log %q", s.log)
	}
	if got := answerTo[imageList](s, "search_images", `{"targets": ["prod/*"]}`); idsOf(got) != "m-01" {
		t.Errorf("the next call: %s", idsOf(got))
	}
}
