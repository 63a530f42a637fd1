package lenient_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider/lenient"
)

func ExampleConverter() {
	statuses := map[string]string{"active": "available"}
	var record struct {
		Status, Size, Created, Locked lenient.Text
		Tags                          lenient.List[string]
	}
	body := `{"status": "melting", "size": "40", "created": "2024-05-01 08:30", "locked": 1, "tags": null}`
	if err := lenient.Unmarshal([]byte(body), &record); err != nil {
		fmt.Println(err)
		return
	}
	var c lenient.Converter
	fmt.Printf("%q\n", lenient.Enum(&c, "status", record.Status, statuses))
	fmt.Println(c.Int("size", record.Size), c.Bool("locked", record.Locked), len(record.Tags))
	fmt.Println(c.Time("created", record.Created))
	fmt.Println(c.Unreadable)
	// Output:
	// ""
	// 40 true 0
	// 2024-05-01 08:30:00 +0000 UTC
	// map[status:1]
}

func ExampleObject() {
	var image lenient.Object
	body := `{"status": "active", "Status": "of the user", "size": 40, "tags": ["web", 7]}`
	if err := lenient.Unmarshal([]byte(body), &image); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(image.Text("status"), image.Text("size"), image.Texts("tags"), image.Texts("size") == nil)
	// Output: active 40 [web 7] true
}

func ExampleParse() {
	var c lenient.Converter
	fmt.Println(lenient.Parse(&c, "size", "0x28", func(s string) (int64, error) { return strconv.ParseInt(s, 0, 64) }))
	fmt.Println(lenient.Parse(&c, "size", "large", func(s string) (int64, error) { return strconv.ParseInt(s, 0, 64) }), c.Unreadable)
	// Output:
	// 40
	// 0 map[size:1]
}

func ExampleWords() {
	statuses := map[string]string{"active": "available", "queued": "pending", "saving": "pending"}
	fmt.Println(lenient.Words(statuses, []string{"pending", "deleted"}), lenient.Words(statuses, nil))
	// Output: [queued saving] []
}

func TestObjectAcceptsEveryJSONValue(t *testing.T) {
	for value, want := range map[string]struct {
		text  lenient.Text
		texts []lenient.Text
	}{
		`{"a":"x","A":"y"}`: {"x", nil}, `{}`: {}, `{"a":null}`: {}, `{"a":7}`: {"7", nil}, `{"a":{"b":1}}`: {}, `{"a":[]}`: {}, `{"a":""}`: {},
		`{"a":["x",1,null]}`: {"", []lenient.Text{"x", "1", ""}},
	} {
		var got lenient.Object
		if err := lenient.Unmarshal([]byte(value), &got); err != nil {
			t.Errorf("%s: %v", value, err)
		}
		if diff := cmp.Diff(want.texts, got.Texts("a")); diff != "" || got.Text("a") != want.text {
			t.Errorf("%s: text %q, want %q; texts (-want +got):\n%s", value, got.Text("a"), want.text, diff)
		}
	}
}

func TestTextAcceptsEveryJSONValue(t *testing.T) {
	for value, want := range map[string]lenient.Text{
		`"a\u0062"`: "ab", `7`: "7", `-1.5e3`: "-1.5e3", `true`: "true", `false`: "false", `null`: "", `{"a":1}`: "", `[1]`: "", `""`: "",
	} {
		got := lenient.Text("before")
		if err := json.Unmarshal([]byte(value), &got); err != nil || got != want {
			t.Errorf("%s is %q, want %q; error %v", value, got, want, err)
		}
	}
}

func TestListKeepsMissingApartFromEmpty(t *testing.T) {
	for value, want := range map[string]lenient.List[int]{
		`{}`: nil, `{"l":null}`: {}, `{"l":""}`: {}, `{"l":{ }}`: {}, `{"l":[]}`: {}, `{"l":[1,2]}`: {1, 2},
	} {
		var got struct{ L lenient.List[int] }
		err := json.Unmarshal([]byte(value), &got)
		if diff := cmp.Diff(want, got.L); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", value, err, diff)
		}
	}
	for _, value := range []string{`{"l":{"a":1}}`, `{"l":"x"}`, `{"l":1}`, `{"l":false}`} {
		var got struct{ L lenient.List[int] }
		if err := json.Unmarshal([]byte(value), &got); err == nil {
			t.Errorf("%s is %v, want an error", value, got.L)
		}
	}
}

func TestUnmarshalTellsTruncationFromGarbage(t *testing.T) {
	for document, truncated := range map[string]bool{``: true, `{"a":`: true, `[1`: true, `{'a'}`: false, `{"a":1}}`: false, `<html>`: false} {
		var v any
		err := lenient.Unmarshal([]byte(document), &v)
		if err == nil || errors.Is(err, io.ErrUnexpectedEOF) != truncated {
			t.Errorf("%q: error %v, want truncated %t", document, err, truncated)
		}
	}
}

func TestParseTimeAcceptsEveryLayout(t *testing.T) {
	want := time.Date(2024, 5, 1, 8, 30, 0, 0, time.UTC)
	for _, separator := range []string{"T", " "} {
		for _, seconds := range []string{"", ":00", ":00.000", ":00.000000000000"} {
			for zone, hour := range map[string]string{"": "08", "Z": "08", "+08:00": "16", "+0800": "16", "+08": "16", "-08": "00"} {
				text := "2024-05-01" + separator + hour + ":30" + seconds + zone
				if got, ok := lenient.ParseTime([]byte(text)); !ok || got != want {
					t.Errorf("%s is %v, %t", text, got, ok)
				}
			}
		}
	}
	for _, text := range []string{"", "2024-05-01", "2024-02-30T00:00Z", "2024-05-01T08:30:0", "2024-05-01T08:30:00.Z", "2024-05-01T08:30 UTC", "1714552200"} {
		if got, ok := lenient.ParseTime([]byte(text)); ok || !got.IsZero() {
			t.Errorf("%q is %v, %t: want no time", text, got, ok)
		}
	}
}

func TestParseIntAcceptsWholeNumbersOnly(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, " ": 0, "0": 0, "-0": 0, "7": 7, " 40 ": 40, "40.0": 40, "1e3": 1000, "1.5E1": 15, "-9223372036854775808": -1 << 63, "100e-2": 1,
	} {
		if got, ok := lenient.ParseInt([]byte(text)); !ok || got != want {
			t.Errorf("%q is %d, %t; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"+5", "007", "1.5", "0x10", "1_000", "true", "9223372036854775808", "1e99", "--1", "1 2"} {
		if got, ok := lenient.ParseInt([]byte(text)); ok || got != 0 {
			t.Errorf("%q is %d, %t: want no number", text, got, ok)
		}
	}
}

func TestConverterCountsWhatItRejects(t *testing.T) {
	var c lenient.Converter
	if got := c.Int("size", "large"); got != 0 {
		t.Errorf("size %d", got)
	}
	_ = c.Int("size", "1.5")
	_, _, _ = c.Bool("flag", "perhaps"), c.Time("at", "yesterday"), lenient.Enum(&c, "word", "odd", map[string]int{"even": 2})
	_, _ = lenient.Parse(&c, "parsed", "x", strconv.Atoi), lenient.Parse(&c, "none", "", strconv.Atoi)
	_, _, _, _ = c.Int("none", ""), c.Bool("none", ""), c.Time("none", ""), lenient.Enum(&c, "none", "", map[string]int{})
	if diff := cmp.Diff(map[string]int{"size": 2, "flag": 1, "at": 1, "word": 1, "parsed": 1}, c.Unreadable); diff != "" {
		t.Errorf("unreadable (-want +got):\n%s", diff)
	}
}
