package wire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/wire"
)

// A length is a text and what it was converted to.
type length struct {
	Text  string
	Bytes int
}

func TestParsedConvertsEachTextOnce(t *testing.T) {
	calls := map[string]int{}
	table := wire.NewObject(wire.Parsed("text", func(l *length) *string { return &l.Text }, func(l *length) *int { return &l.Bytes }, func(text string) (int, bool) {
		calls[text]++
		return len(text), text != "odd"
	}))
	page := wire.NewPage(wire.NewObject[struct{}](), "rows", table)
	rows := []string{
		`{"text":"abc"}`, `{"text":"abcd"}`, `{"text":"abc"}`, `{"text":"ab"}`, `{"text":"abc"}`, // a text can be the beginning of another one
		`{"text":"\u00e9"}`, `{"text":"\u00e9"}`, `{"text":"é"}`, `{"text":"é"}`, `{"text":"a\"b"}`, `{"text":"a\"b"}`,
		`{"text":12}`, `{"text":123}`, `{"text":12}`, `{"text":true}`, `{"text":""}`, `{"text":""}`,
		`{"text":"odd"}`, `{"text":"odd"}`,
		`{}`, `{"text":null}`, `{"text":[]}`, `{"text":"abc","text":"ab"}`, `{"text":"ab","text":null}`, `{"text":"ab","text":{}}`,
	}
	want := []length{
		{"abc", 3}, {"abcd", 4}, {"abc", 3}, {"ab", 2}, {"abc", 3},
		{"é", 2}, {"é", 2}, {"é", 2}, {"é", 2}, {`a"b`, 3}, {`a"b`, 3},
		{"12", 2}, {"123", 3}, {"12", 2}, {"true", 4}, {"", 0}, {"", 0},
		{"odd", 3}, {"odd", 3},
		{}, {}, {}, {"ab", 2}, {"ab", 2}, {},
	}
	var got []length
	result, err := page.Scan([]byte(`{"rows":[`+strings.Join(rows, ",")+`]}`), &struct{}{}, func(l *length, _ wire.Raw) error {
		got = append(got, *l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"text": 2}, result.Unreadable); diff != "" {
		t.Errorf("unreadable (-want +got):\n%s", diff)
	}
	// Strings are converted once for each way to write them, other values each time.
	delete(calls, "")
	if diff := cmp.Diff(map[string]int{"abc": 1, "abcd": 1, "ab": 1, "é": 2, `a"b`: 1, "12": 2, "123": 1, "true": 1, "odd": 2}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
