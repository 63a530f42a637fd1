package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var confirmModes = []provider.ConfirmMode{provider.ConfirmAuto, provider.ConfirmAlways, provider.ConfirmNever}

func onFirstPage(real, page int) int {
	if page == 1 {
		return real
	}
	return 0
}

// The images do not change.
func TestRequestsPerMode(t *testing.T) {
	tooLow := func(real, _ int) int { return real - 1 }
	for _, test := range []struct {
		name                string
		total               func(real, page int) int
		images              int
		auto, always, never int
	}{
		{"right totals, empty", nil, 0, 1, 2, 1},
		{"right totals, one short page", nil, 9, 1, 2, 1},
		{"right totals, one full page", nil, 10, 2, 4, 2},
		{"right totals", nil, 34, 4, 8, 4},
		{"right totals, last page full", nil, 30, 4, 8, 4},
		{"no totals, empty", unstated, 0, 1, 2, 1},
		{"no totals, one short page", unstated, 9, 2, 4, 2},
		{"no totals, one full page", unstated, 10, 4, 4, 2},
		{"no totals", unstated, 34, 10, 10, 5},
		{"no totals, last page full", unstated, 30, 8, 8, 4},
		{"total on the first page", onFirstPage, 34, 10, 10, 5},
		{"total too low", tooLow, 34, 10, 10, 5},
	} {
		for way, paging := range pagings {
			for mode, want := range map[provider.ConfirmMode]int{
				provider.ConfirmAuto: test.auto, provider.ConfirmAlways: test.always, provider.ConfirmNever: test.never,
			} {
				s := &server{images: imagesOf(test.images), paging: paging, total: test.total}
				got, err := collect(t, s, provider.Listing{Confirm: mode, Prefetch: 1})
				if err != nil || !sameIDs(s.images, got) || s.requests() != want {
					t.Errorf("%s by %s, %v: %d images by %d requests, want %d; error %v", test.name, way, mode, len(got), s.requests(), want, err)
				}
			}
		}
	}
}

func collect(t *testing.T, a provider.Adapter, l provider.Listing) ([]image.Image, error) {
	t.Helper()
	return provider.Collect(provider.New(a, provider.Config{Listing: l}).Images(t.Context(), image.Query{}))
}

func TestTrustTotalsSavesTheRequestThatProvesTheEnd(t *testing.T) {
	for _, n := range []int{0, 9, 10, 30, 34} {
		for way, paging := range pagings {
			for _, prefetch := range []int{1, 16} {
				s := &server{images: imagesOf(n), paging: paging}
				got, err := collect(t, s, provider.Listing{TrustTotals: true, Prefetch: prefetch})
				if want := max(1, (n+9)/10); err != nil || !sameIDs(s.images, got) || s.requests() != want {
					t.Errorf("%d images by %s: %d by %d requests, want %d; error %v", n, way, len(got), s.requests(), want, err)
				}
			}
		}
	}
}

func TestTokenPagesAreConfirmedOnlyOnDemand(t *testing.T) {
	for mode, want := range map[provider.ConfirmMode]int{provider.ConfirmAuto: 3, provider.ConfirmAlways: 6, provider.ConfirmNever: 3} {
		for _, total := range []func(int, int) int{nil, unstated} {
			s := &server{images: imagesOf(25), paging: provider.Paging{MaxSize: 10, Tokens: true}, total: total}
			got, err := collect(t, s, provider.Listing{Confirm: mode})
			if err != nil || !sameIDs(s.images, got) || s.requests() != want {
				t.Errorf("%v: %d images by %d requests, want %d; error %v", mode, len(got), s.requests(), want, err)
			}
		}
	}
}

// replaceRow puts the first image in place of another, as an order without a
// tie-breaker does.
func replaceRow(at int) []image.Image {
	images := imagesOf(25)
	images[at] = images[0]
	return images
}

// A repeated row can stand in place of another image. A total proves it; without a
// total it cannot be excluded.
func TestRepeatedRowsAreIncomplete(t *testing.T) {
	for _, mode := range confirmModes {
		for way, paging := range pagings {
			for _, at := range []int{9, 10, 17, 20, 24} {
				s := &server{images: replaceRow(at), paging: paging}
				got, err := collect(t, s, provider.Listing{Confirm: mode})
				if len(got) != 24 || !errors.Is(err, provider.Incomplete) || !strings.Contains(err.Error(), "reports 25 images and returned 24") {
					t.Errorf("row %d by %s, %v: %d images, error %v", at, way, mode, len(got), err)
				}
				s = &server{images: replaceRow(at), paging: paging, total: unstated}
				if _, err := collect(t, s, provider.Listing{Confirm: mode}); !errors.Is(err, provider.Incomplete) {
					t.Errorf("row %d by %s, %v, no total: error %v, want incomplete", at, way, mode, err)
				}
			}
		}
	}
}

// A client cannot distinguish this from a lost image.
func TestATotalThatCountsRepeatedRowsIsIncomplete(t *testing.T) {
	for _, mode := range confirmModes {
		s := &server{images: append(imagesOf(5), imagesOf(1)...)}
		got, err := collect(t, s, provider.Listing{Confirm: mode})
		if len(got) != 5 || !errors.Is(err, provider.Incomplete) || !strings.Contains(err.Error(), "reports 6 images and returned 5") {
			t.Errorf("%v: %d images, error %v", mode, len(got), err)
		}
	}
}

// The server repeats another row in each scan. The images of all scans are complete
// once a further scan adds none.
func TestScansTogetherReachTheTotal(t *testing.T) {
	for name, test := range map[string]struct {
		replaced [3]int // row of each scan
		complete bool
	}{
		"found by the second scan":     {[3]int{3, 17, 21}, true},
		"the same row twice":           {[3]int{3, 3, 21}, false},
		"found by the last scan alone": {[3]int{3, 17, -1}, true},
	} {
		s := &server{images: imagesOf(25), paging: provider.Paging{MaxSize: 10}}
		s.rows = func(page int, honest []image.Image) []image.Image {
			rows := slices.Clone(honest)
			scan, at := (page-1)/4, (page-1)%4*10
			if scan < 3 && test.replaced[scan] >= at && test.replaced[scan] < at+len(rows) {
				rows[test.replaced[scan]-at] = s.images[5]
			}
			return rows
		}
		got, err := collect(t, s, provider.Listing{Prefetch: 1})
		if test.complete && (err != nil || !sameIDs(s.images, got)) || !test.complete && !errors.Is(err, provider.Incomplete) {
			t.Errorf("%s: %d images, error %v", name, len(got), err)
		}
	}
}

// The images change while the total stays, so that the scans together have more images
// than the total.
func TestMoreImagesThanTheTotalAreAChange(t *testing.T) {
	old, now := imagesOf(30)[:25], imagesOf(30)[5:]
	f := &fetcher{}
	f.fetch = pagesOf(func(request int) []image.Image {
		switch {
		case request == 2:
			return slices.Concat(old[:10], old[:10], old[:5]) // a page that repeats ends the scan
		case request <= 2:
			return old
		default:
			return now
		}
	}, f)
	got, err := collect(t, f, provider.Listing{Prefetch: 1})
	if err != nil || len(got) != 30 || f.requests() != 2+3+3 {
		t.Errorf("%d images by %d requests, error %v; want 30 by 8: two scans that agree", len(got), f.requests(), err)
	}
}

// scanPage is a page of a scan: the names of its images and its total.
type scanPage struct {
	ids   string
	total int
}

// scripted serves the pages of each scan; the last scan repeats.
func scripted(scans ...[]scanPage) *fetcher {
	f, scan := &fetcher{server: server{paging: provider.Paging{MaxSize: 2}}}, -1
	f.fetch = func(_ context.Context, _ provider.Call, at provider.Cursor) (*provider.Page, error) {
		if at.Offset == 0 {
			scan++
		}
		pages := scans[min(scan, len(scans)-1)]
		script := pages[min(at.Offset/2, len(pages)-1)]
		page := &provider.Page{Total: script.total}
		for id := range strings.FieldsSeq(script.ids) {
			page.Images = append(page.Images, image.Image{Ref: image.Ref{Provider: "fake", Region: "r", ID: id}})
		}
		return page, nil
	}
	return f
}

// Two scans bring the same images, and both lack m, which exists all the time.
func TestScansThatAgreeWhileImagesChangeProveNothing(t *testing.T) {
	scans := [][]scanPage{
		{{"a b", 6}, {"z c", 7}, {"e f", 6}, {"", 6}}, // the second page is served after the third one, and z comes in between
		{{"a b", 7}, {"z c", 7}, {"e f", 6}, {"", 6}}, // a is deleted before the third page
		{{"b z", 6}, {"c m", 6}, {"e f", 6}, {"", 6}},
	}
	for _, mode := range []provider.ConfirmMode{provider.ConfirmAuto, provider.ConfirmAlways} {
		got, err := collect(t, scripted(scans...), provider.Listing{Confirm: mode, Prefetch: 1})
		if !errors.Is(err, provider.Incomplete) || !slices.Contains(ids(got), "m") {
			t.Errorf("%v: %v, error %v; want m, and incomplete after three scans that differ", mode, ids(got), err)
		}
	}
}

func TestShortPagesWithoutATotalAreNotTheEnd(t *testing.T) {
	for _, cuts := range [][]int{{5, 3, 2}, {1}, {7}, {10, 3}, {9, 7, 5, 3, 1}, {3, 3, 3, 3}, {10, 1, 1}} {
		for way, paging := range pagings {
			for _, mode := range confirmModes {
				s := &server{images: imagesOf(20), paging: paging, total: unstated}
				s.rows = func(page int, honest []image.Image) []image.Image {
					if page <= len(cuts) {
						return honest[:min(len(honest), cuts[page-1])]
					}
					return honest
				}
				got, err := collect(t, s, provider.Listing{Confirm: mode})
				if err != nil || !sameIDs(s.images, got) {
					t.Errorf("cut to %v by %s, %v: %d of 20 images, error %v", cuts, way, mode, len(got), err)
				}
			}
		}
	}
}

func TestLargeFirstPageMovesLaterPages(t *testing.T) {
	for way, paging := range pagings {
		s := &server{images: imagesOf(25), paging: paging}
		s.rows = func(page int, honest []image.Image) []image.Image {
			if page%4 == 1 && len(honest) == 10 {
				return s.images[:15]
			}
			return honest
		}
		got, err := collect(t, s, provider.Listing{Prefetch: 1})
		if err != nil || !sameIDs(s.images, got) {
			t.Errorf("by %s: %d of 25 images, error %v", way, len(got), err)
		}
		for _, at := range s.asked {
			if at.Size > 10 {
				t.Errorf("by %s: a page of %d was requested, larger than the maximum", way, at.Size)
			}
		}
	}
}

// The server returns the last page again for pages behind it. The total shows that no
// image is missing.
func TestPagesBehindTheEndMayRepeat(t *testing.T) {
	for way, paging := range pagings {
		s := &server{images: imagesOf(30), paging: paging}
		s.rows = func(_ int, honest []image.Image) []image.Image {
			if len(honest) == 0 {
				return s.images[20:]
			}
			return honest
		}
		got, err := collect(t, s, provider.Listing{})
		if err != nil || !sameIDs(s.images, got) {
			t.Errorf("by %s: %d of 30 images, error %v", way, len(got), err)
		}
	}
}

func TestBadListingIsRefusedAtFirstUse(t *testing.T) {
	for field, listing := range map[string]provider.Listing{
		"Listing.PageSize":    {PageSize: -1},
		"Listing.Prefetch":    {Prefetch: -1},
		"Listing.Confirm":     {Confirm: 17},
		"Listing.TrustTotals": {TrustTotals: true, Confirm: provider.ConfirmAlways},
	} {
		s, own := &server{images: imagesOf(3)}, &checker{}
		client := provider.New(s, provider.Config{Listing: listing})
		_, images := provider.Collect(client.Images(t.Context(), image.Query{}))
		_, do := provider.Collect(client.Do(t.Context(), s.call()))
		_, explain := client.Explain(image.Query{})
		_, get := client.Get(t.Context(), "m-0001")
		for use, err := range map[string]error{
			"Images": images, "Do": do, "Explain": explain, "Get": get, "Check": client.Check(t.Context()),
			"Check of the adapter": provider.New(own, provider.Config{Listing: listing}).Check(t.Context()),
			"Validate":             provider.Config{Listing: listing}.Validate(),
		} {
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(fmt.Sprint(err), "Config."+field) {
				t.Errorf("%s, %s: error %v, want invalid argument", field, use, err)
			}
		}
		if s.requests() != 0 {
			t.Errorf("%s: %d requests", field, s.requests())
		}
	}
}

func TestNegativePageSizeOfACallIsRefused(t *testing.T) {
	for _, paging := range []provider.Paging{{MaxSize: -1}, {MaxSize: -50, Aligned: true}, {MaxSize: -1, Tokens: true}} {
		s := &server{images: imagesOf(3)}
		client := provider.New(s, provider.Config{})
		_, err := provider.Collect(client.Do(t.Context(), provider.Call{Action: "List", Paging: paging}))
		for _, part := range []string{"fake r List: invalid argument", fmt.Sprint("MaxSize ", paging.MaxSize), "leave it 0"} {
			if !errors.Is(err, provider.InvalidArgument) || !strings.Contains(fmt.Sprint(err), part) {
				t.Errorf("%+v: error %v does not say %q", paging, err, part)
			}
		}
		s.calls = []provider.Call{{Action: "List", Paging: paging}}
		_, planned := provider.Collect(client.Images(t.Context(), image.Query{}))
		if !errors.Is(planned, provider.InvalidArgument) || s.requests() != 0 {
			t.Errorf("%+v: planned by the adapter: error %v, %d requests", paging, planned, s.requests())
		}
	}
}

func TestConfirmModePrintsAsAWord(t *testing.T) {
	var got []string
	for _, mode := range append(confirmModes, 9) {
		got = append(got, mode.String())
	}
	if diff := cmp.Diff([]string{"auto", "always", "never", "confirm mode 9"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
