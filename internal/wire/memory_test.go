package wire_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/imagequery/imagequery/internal/wire"
)

func TestAllocationsPerImage(t *testing.T) {
	const images, limit = 100, 8
	page := bigPage(t, images)
	allocs := testing.AllocsPerRun(10, func() {
		if _, err := ecsPage.Scan(page, new(envelope), func(_ *image, raw wire.Raw) error {
			sink = raw.Copy()
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
	if perImage := allocs / images; perImage > limit {
		t.Errorf("%.1f allocations an image, want at most %d", perImage, limit)
	}
}

func TestCopyAllocatesOnce(t *testing.T) {
	doc := []byte(`{"rows":[{"id":"a","password":"p","users":[{"password":"p"},{"name":"n","password":"p"}],"x":1}]}`)
	if _, err := guardedPage.Scan(doc, new(envelope), func(_ *guarded, raw wire.Raw) error {
		if allocs := testing.AllocsPerRun(10, func() { sink = raw.Copy() }); allocs != 1 {
			t.Errorf("Copy makes %v allocations, want 1", allocs)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestKeptImageDoesNotKeepThePage(t *testing.T) {
	kept, page := keepOne(t)
	for range 10 {
		runtime.GC()
		if page.Value() == nil {
			break
		}
	}
	if page.Value() != nil {
		t.Error("one kept image keeps its page alive")
	}
	if kept.Name == "" || kept.Status == "" || len(sink) == 0 {
		t.Errorf("kept %+v", kept)
	}
}

// keepOne scans a page and keeps one image of it and its raw copy.
func keepOne(t *testing.T) (retained image, page weak.Pointer[byte]) {
	data := bigPage(t, 100)
	n := 0
	if _, err := ecsPage.Scan(data, new(envelope), func(i *image, raw wire.Raw) error {
		if n++; n == 50 {
			retained, sink = *i, raw.Copy()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return retained, weak.Make(&data[0])
}

func TestTablesServeManyAtOnce(t *testing.T) {
	body := corpus(t)["ecs-1.json"]
	want, err := scan(ecsPage, body)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				if got, err := scan(ecsPage, body); err != nil || diff(want, got) != "" {
					t.Errorf("Scan: %v\n%s", err, diff(want, got))
				}
			}
		})
	}
	group.Wait()
}

func TestALongTextDoesNotMakeLaterOnesLarge(t *testing.T) {
	rows := `{"ImageId":"` + strings.Repeat("x", 8<<20) + `"}` + strings.Repeat(`,{"ImageId":"abc"}`, 99)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var kept []string
	if _, err := ecsPage.Scan([]byte(`{"Images":{"Image":[`+rows+`]}}`), new(envelope), func(i *image, _ wire.Raw) error {
		if len(i.ID) < 10 {
			kept = append(kept, i.ID)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	rows = ""
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d short texts keep %d bytes", len(kept), grown)
	}
	runtime.KeepAlive(kept)
}

func TestLongKeysLeaveTheCacheToOthers(t *testing.T) {
	const rows = 1000
	page := []byte(`{"Images":{"Image":[{}`)
	for i := range 100 {
		page = fmt.Appendf(page, `,{"%0200d":1}`, i)
	}
	page = append(page, strings.Repeat(`,{"a":[1,2,3],"b":{"c":1},"d":"s","e":1,"f":[{"g":1}]}`, rows)...)
	page = append(page, `]}}`...)
	if allocs := testing.AllocsPerRun(10, func() {
		if _, err := ecsPage.Scan(page, new(envelope), func(*image, wire.Raw) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}); allocs > rows {
		t.Errorf("%v allocations for %d rows, want fewer than one for each", allocs, rows)
	}
}
