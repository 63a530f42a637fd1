package adaptertest_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// What becomes of a listing: the exact set, or an error of a kind. An operation
// without pages has no faults of pages.
const (
	whole   = "complete"
	noPages = "–"
)

// faultCase is one script, and what becomes of every operation under it; others
// says where an operation differs.
type faultCase struct {
	name   string
	faults []fakecloud.Fault
	paging bool
	want   string
	others map[string]string
}

var faultCases = []faultCase{
	{name: "none", want: whole},
	{name: "latency of 2 s", want: whole, faults: do(fakecloud.Fault{Do: fakecloud.Latency, Wait: 2 * time.Second})},
	{name: "a slow body", want: whole, faults: do(fakecloud.Fault{Do: fakecloud.Trickle, Bytes: 1000, Wait: 100 * time.Millisecond})},
	{name: "no response, once", want: whole, faults: once(fakecloud.Hang)},
	{name: "no response, always", want: kindName(provider.Unavailable), faults: do(fakecloud.Fault{Do: fakecloud.Hang})},
	{name: "hangs in the body, once", want: whole, faults: once(fakecloud.HangBody)},
	{name: "reset, once", want: whole, faults: once(fakecloud.Reset)},
	{name: "reset, always", want: kindName(provider.Unavailable), faults: do(fakecloud.Fault{Do: fakecloud.Reset})},
	{name: "reset in the body, once", want: whole, faults: once(fakecloud.ResetBody)},
	{name: "truncated, once", want: whole, faults: once(fakecloud.Truncate)},
	{name: "truncated, always", want: kindName(provider.Unavailable), faults: do(fakecloud.Fault{Do: fakecloud.Truncate})},
	{name: "garbage, once", want: whole, faults: once(fakecloud.Garbage)},
	{name: "garbage, always", want: kindName(provider.BadResponse), faults: do(fakecloud.Fault{Do: fakecloud.Garbage})},
	{name: "gateway's HTML, once", want: whole, faults: once(fakecloud.HTMLPage)},
	{name: "gateway's HTML, always", want: kindName(provider.Unavailable), faults: do(fakecloud.Fault{Do: fakecloud.HTMLPage})},
	{name: "HTML with status 200", want: kindName(provider.BadResponse), faults: do(fakecloud.Fault{Do: fakecloud.HTMLPage, Status: 200})},
	{name: "server error, once", want: whole, faults: once(fakecloud.ServerError)},
	{name: "server error, always", want: kindName(provider.Unavailable), faults: do(fakecloud.Fault{Do: fakecloud.ServerError})},
	{name: "throttled, 3 times", want: whole, faults: do(fakecloud.Fault{Do: fakecloud.Throttle, Times: 3})},
	{name: "throttled, 5 a second", want: whole, faults: do(fakecloud.Fault{Do: fakecloud.Throttle, Rate: 5, Per: time.Second})},
	{name: "throttled, always", want: kindName(provider.Throttled), faults: do(fakecloud.Fault{Do: fakecloud.Throttle})},
	{name: "gzip bomb", want: kindName(provider.BadResponse), faults: do(fakecloud.Fault{Do: fakecloud.GzipBomb, Bytes: 64 << 20})},
	{name: "endless body", want: kindName(provider.BadResponse), faults: do(fakecloud.Fault{Do: fakecloud.Endless})},
	{name: "unknown key", want: kindName(provider.Unauthenticated), faults: do(fakecloud.Fault{Do: fakecloud.UnknownKey})},
	{name: "expired token", want: kindName(provider.Unauthenticated), faults: do(fakecloud.Fault{Do: fakecloud.ExpiredToken})},
	{name: "clock off by an hour", want: kindName(provider.Unauthenticated), faults: do(fakecloud.Fault{Do: fakecloud.ClockSkew, Wait: time.Hour}),
		others: map[string]string{"QingCloud": whole}},
	{name: "total missing", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalMissing})},
	{name: "total zero", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalZero})},
	{name: "total too low", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalAdd, Count: -20})},
	{name: "total too high", paging: true, want: kindName(provider.Incomplete), faults: do(fakecloud.Fault{Do: fakecloud.TotalAdd, Count: 1})},
	{name: "total as text", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalText})},
	{name: "total as number", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalNumber})},
	{name: "pages capped at 4", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageCap, Count: 4})},
	{name: "pages clamped to 4", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageClamp, Count: 4})},
	{name: "a short page, once", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageShort, Count: 3, Page: 2, Times: 1})},
	{name: "an empty page, once", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageEmpty, Page: 2, Times: 1})},
	{name: "empty pages, always", paging: true, want: kindName(provider.Incomplete), faults: do(fakecloud.Fault{Do: fakecloud.PageEmpty})},
	{name: "a repeated page, once", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageRepeat, Page: 3, Times: 1})},
	{name: "a repeated page, always", paging: true, want: kindName(provider.Incomplete), faults: do(fakecloud.Fault{Do: fakecloud.PageRepeat})},
	{name: "total on the first page only", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.TotalFirst})},
	{name: "a first page that is too large", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageExtend, Count: 3, Page: 1})},
	{name: "a row repeated in place of another, always", paging: true, want: kindName(provider.Incomplete), faults: do(fakecloud.Fault{Do: fakecloud.RepeatRows, Page: 2})},
	{name: "a row repeated in place of another, no totals", paging: true, want: kindName(provider.Incomplete), faults: do(fakecloud.Fault{Do: fakecloud.RepeatRows, Page: 2}, fakecloud.Fault{Do: fakecloud.TotalMissing})},
	{name: "first pages short, no totals", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.PageShort, Count: 5, Page: 1}, fakecloud.Fault{Do: fakecloud.PageShort, Count: 3, Page: 2}, fakecloud.Fault{Do: fakecloud.TotalMissing})},
	{name: "an image deleted, no totals", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.DeleteImages, Count: 1, Page: 2, Times: 1}, fakecloud.Fault{Do: fakecloud.TotalMissing})},
	{name: "rows twice", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.DuplicateRows, Count: 2, Times: 1})},
	{name: "an image deleted", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.DeleteImages, Count: 1, Page: 2, Times: 1})},
	{name: "an image inserted", paging: true, want: whole, faults: do(fakecloud.Fault{Do: fakecloud.InsertImages, Count: 1, Page: 2, Times: 1})},
}

func do(faults ...fakecloud.Fault) []fakecloud.Fault { return faults }

func once(effect fakecloud.FaultKind) []fakecloud.Fault {
	return do(fakecloud.Fault{Do: effect, Times: 1})
}

func (c *faultCase) wantFor(o operation) string {
	switch other, ok := c.others[o.name]; {
	case ok:
		return other
	case c.paging && o.family:
		return noPages
	default:
		return c.want
	}
}

// Every operation is tested under every fault script.
func TestFaultsHaveTheirDocumentedOutcomes(t *testing.T) {
	for _, c := range faultCases {
		for _, o := range operations {
			want := c.wantFor(o)
			if want == noPages {
				continue
			}
			t.Run(c.name+"/"+o.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					if got := outcomeOfListing(t, o, 34, provider.Listing{PageSize: 10}, c.faults); got != want {
						t.Errorf("%s, want %s", got, want)
					}
				})
			})
		}
	}
}

func TestFaultTableIsDocumented(t *testing.T) {
	document, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := faultMatrix(); !strings.Contains(string(document), want) {
		t.Errorf("the table in docs/faults.md is not this:\n%s", want)
	}
}

// faultMatrix is the table that the documentation shows.
func faultMatrix() string {
	var b strings.Builder
	b.WriteString("| fault |")
	for _, o := range operations {
		b.WriteString(" " + o.name + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(operations)) + "\n")
	for _, c := range faultCases {
		b.WriteString("| " + c.name + " |")
		for _, o := range operations {
			b.WriteString(" " + c.wantFor(o) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// outcomeOfListing lists an account with so many images, or requests its newest one.
func outcomeOfListing(t *testing.T, o operation, images int, listing provider.Listing, faults []fakecloud.Fault) string {
	t.Helper()
	cloud := newCloud(t, worldOf(o.provider, images), faults...)
	client := adaptertest.New(t, o.open, provider.Config{
		Region:     "r-1",
		HTTPClient: &http.Client{Transport: cloud.Transport()},
		Budget:     &provider.Budget{InFlight: 4},
		Listing:    listing,
	})
	before := cloud.Visible("a", o.provider, "r-1")
	got, err := o.request(t.Context(), client)
	if kind, known := kindIn(err); !known {
		return err.Error()
	} else if err != nil || o.family {
		return kindName(kind)
	}
	return incomplete(before, cloud.Visible("a", o.provider, "r-1"), got)
}

// incomplete names an image that was there before and after a listing, and did not
// come once. Without any, the listing is whole.
func incomplete(before, after, listed []image.Image) string {
	for _, m := range before {
		isSame := func(other image.Image) bool { return other.ID == m.ID }
		if came := len(listed) - len(slices.DeleteFunc(slices.Clone(listed), isSame)); came != 1 && slices.ContainsFunc(after, isSame) {
			return fmt.Sprintf("%s came %d times", m.ID, came)
		}
	}
	return whole
}

// worldOf returns a world with images of a provider, in one account and region.
func worldOf(name string, images int) fakecloud.World {
	account := fakecloud.Account{Name: "a", ID: "1001", Keys: testKeys}
	for i := range images {
		account.Images = append(account.Images, fakecloud.Image{Image: faultImage(name, i)})
	}
	return fakecloud.World{Regions: map[string][]string{name: {"r-1"}}, Accounts: []fakecloud.Account{account}}
}

func faultImage(name string, i int) image.Image {
	m := image.Image{
		Ref:     image.Ref{Provider: name, Region: "r-1", ID: fmt.Sprintf("m-%02d", i)},
		Name:    fmt.Sprintf("web-%02d", i),
		Source:  image.SourceSelf,
		Status:  image.StatusAvailable,
		Created: time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC),
	}
	m.Visibility = image.VisibilityPrivate
	switch name {
	case aliyunecs.Name:
		m.Family = "web"
	case aliyunswas.Name:
		m.Disks = []image.Disk{{Type: "system"}}
	}
	return m
}

// Images are inserted and deleted during listings by every operation that has pages. An
// image that exists all the time is listed, or the error is Incomplete.
func TestListingsOfChangingAccountsAreComplete(t *testing.T) {
	deletes := fakecloud.Fault{Do: fakecloud.DeleteImages, Anywhere: true}
	newest := fakecloud.Fault{Do: fakecloud.InsertImages}
	anywhere := fakecloud.Fault{Do: fakecloud.InsertImages, Anywhere: true}
	for _, mode := range []struct {
		name    string
		confirm provider.ConfirmMode
		changes []fakecloud.Fault
	}{
		{"deleting", provider.ConfirmAuto, do(deletes)},
		{"inserting the newest", provider.ConfirmAuto, do(newest)},
		{"deleting and inserting the newest", provider.ConfirmAuto, do(deletes, newest)},
		{"deleting and inserting anywhere, confirmed", provider.ConfirmAlways, do(deletes, anywhere)},
	} {
		for _, o := range listings() {
			t.Run(o.name+"/"+mode.name, func(t *testing.T) {
				t.Parallel()
				checkChanging(t, o, provider.Listing{PageSize: 5, Confirm: mode.confirm}, mode.changes)
			})
		}
	}
}

// checkChanging lists accounts of several sizes while up to three random changes of each
// kind happen.
func checkChanging(t *testing.T, o operation, listing provider.Listing, changes []fakecloud.Fault) {
	runs := 60
	if testing.Short() {
		runs = 20
	}
	complete := 0
	for seed := range runs {
		faults := slices.Clone(changes)
		for i := range faults {
			faults[i].Seed, faults[i].From, faults[i].Times, faults[i].Chance = uint64(seed+1), 2, 1+seed%3, 0.4
		}
		switch got := outcomeOfListing(t, o, 15+seed%20, listing, faults); got {
		case whole:
			complete++
		case kindName(provider.Incomplete):
		default:
			t.Errorf("seed %d: %s", seed, got)
		}
	}
	t.Logf("%d of %d answers complete", complete, runs)
	if complete < runs/4 {
		t.Errorf("%d of %d answers complete: the test tests little", complete, runs)
	}
}

// The gateway refuses URLs of more than 8 KiB. Only a client that was switched to GET
// fails, with an error that says why.
func TestLongParametersDoNotExceedURLLimits(t *testing.T) {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("n%03d%s", i, strings.Repeat("x", 113))
	}
	tags := map[string]string{}
	for i := range 20 {
		tags[fmt.Sprintf("%02d%s", i, strings.Repeat("镜", 62))] = strings.Repeat("像", 64)
	}
	long := image.Query{Native: map[string]map[string]string{qingcloud.Name: {"project_id": strings.Repeat("镜像", 500)}}}
	for name, test := range map[string]struct {
		open     adaptertest.Constructor
		provider string
		query    image.Query
		want     error
	}{
		"names": {aliyunswas.New, aliyunswas.Name, image.Query{Names: names}, nil},
		"tags":  {aliyunecs.New, aliyunecs.Name, image.Query{Tags: tags}, nil},
		"word":  {qingcloud.New, qingcloud.Name, long, nil},
		"GET":   {qingcloud.NewGET, qingcloud.Name, long, provider.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := newCloud(t, worldOf(test.provider, 0), fakecloud.Fault{Do: fakecloud.LongURL})
			client := adaptertest.New(t, test.open, provider.Config{Region: "r-1", HTTPClient: &http.Client{Transport: cloud.Transport()}})
			_, err := provider.Collect(client.Images(t.Context(), test.query))
			if !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if test.want == nil {
				return
			}
			for _, word := range []string{"414", "text/html", "api.qingcloud.com"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("error %v does not say %s", err, word)
				}
			}
		})
	}
}
