package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/imagequery/imagequery/internal/wire"
)

// bigPage is a page of n images made of the first recorded one.
func bigPage(tb testing.TB, n int) []byte {
	tb.Helper()
	recorded, err := os.ReadFile("testdata/ecs-1.json")
	if err != nil {
		tb.Fatal(err)
	}
	var page struct {
		Images struct{ Image []json.RawMessage }
	}
	if err := json.Unmarshal(recorded, &page); err != nil {
		tb.Fatal(err)
	}
	var rows [][]byte
	for i := range n {
		row := bytes.ReplaceAll(page.Images.Image[0], []byte("7xv9ien27pg8yu"), fmt.Appendf(nil, "%014d", i))
		row = bytes.Replace(row, []byte(`"Tag":[]`), []byte(`"Tag":[{"TagKey":"team","TagValue":"ops"},{"TagKey":"env","TagValue":"prod"}]`), 1)
		rows = append(rows, row)
	}
	return fmt.Appendf(nil, `{"RequestId":"R","TotalCount":%d,"Images":{"Image":[%s]}}`, n, bytes.Join(rows, []byte(",")))
}

func BenchmarkScan(b *testing.B) {
	page := bigPage(b, 100)
	kept := make([]image, 0, 100)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		kept = kept[:0]
		var e envelope
		_, err := ecsPage.Scan(page, &e, func(i *image, _ wire.Raw) error {
			kept = append(kept, *i)
			return nil
		})
		if err != nil || len(kept) != 100 {
			b.Fatal(err, len(kept))
		}
	}
}

func BenchmarkScanWithRaw(b *testing.B) {
	page := bigPage(b, 100)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var e envelope
		if _, err := ecsPage.Scan(page, &e, func(_ *image, raw wire.Raw) error {
			sink = raw.Copy()
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

var sink []byte

// jsonPage is the lean struct that encoding/json reads the same fields into.
type jsonPage struct {
	RequestID string `json:"RequestId"`
	Total     int64  `json:"TotalCount"`
	Images    struct {
		Image []struct {
			ImageID            string `json:"ImageId"`
			ImageName          string
			Description        string
			OSName             string
			Status             string
			Architecture       string
			Size               int64
			IsPublic           bool
			CreationTime       string
			DiskDeviceMappings struct {
				DiskDeviceMapping []struct{ Type, Device, SnapshotId, Size string }
			}
			Tags struct {
				Tag []struct{ TagKey, TagValue string }
			}
		}
	}
}

func BenchmarkEncodingJSON(b *testing.B) {
	page := bigPage(b, 100)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var p jsonPage
		if err := json.Unmarshal(page, &p); err != nil || len(p.Images.Image) != 100 {
			b.Fatal(err)
		}
	}
}

func BenchmarkValid(b *testing.B) {
	page := bigPage(b, 100)
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if !json.Valid(page) {
			b.Fatal("invalid")
		}
	}
}
