package main

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/provider"
)

// tableOn returns the lines of a table of one image on a terminal.
func tableOn(t *testing.T, width int, columns ...string) []string {
	t.Helper()
	m := webImage()
	m.ID, m.Name = "m-bp10example0a7yw2k", strings.Repeat("web-", 20)
	d := document{hits: []provider.Hit{{Target: "prod/cn-hangzhou", Image: m}}, screen: screen{width: width}}
	if columns != nil {
		d.columns = imageKeysNamed(columns)
	}
	var b strings.Builder
	if err := writeTable(&b, d); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func TestTableKeepsIdentifiersWholeOnNarrowTerminals(t *testing.T) {
	const id = "m-bp10example0a7yw2k"
	for width := len(id); width <= 200; width++ {
		for _, line := range tableOn(t, width) {
			if cellWidth(line) > width {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		if row := tableOn(t, width)[1]; !strings.Contains(row, id) {
			t.Errorf("%d columns: %q", width, row)
		}
	}
	if got, want := tableOn(t, 12)[1], "m-bp10examp…"; got != want {
		t.Errorf("12 columns: %q, want %q", got, want)
	}
}

func TestTableLeavesOutColumnsInTheOrderOfTheirWorth(t *testing.T) {
	for width, want := range map[int]string{
		20:  "ID",
		40:  "TARGET ID",
		60:  "TARGET ID ARCH CREATED (UTC)",
		80:  "TARGET ID PLATFORM STATUS CREATED (UTC)",
		140: "TARGET ID NAME PLATFORM ARCH STATUS SOURCE SIZE_GIB CREATED (UTC)",
		0:   "TARGET ID NAME PLATFORM ARCH STATUS SOURCE SIZE_GIB CREATED (UTC)",
	} {
		if got := strings.Join(strings.Fields(tableOn(t, width)[0]), " "); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

func TestTableHasEveryColumnThatIsAskedFor(t *testing.T) {
	got := tableOn(t, 40, "name", "target", "id", "arch")
	if want := "web…  …zhou  m-bp10example0a7yw2k  x86_…"; got[1] != want {
		t.Errorf("%q, want %q", got[1], want)
	}
}

func TestColumnsByWorthAreTheDefaultColumns(t *testing.T) {
	for _, name := range defaultColumns {
		if !strings.Contains(" "+strings.Join(columnsByWorth, " ")+" ", " "+name+" ") {
			t.Errorf("%s has no worth", name)
		}
	}
	if len(columnsByWorth) != len(defaultColumns) {
		t.Errorf("%d columns by worth, want %d", len(columnsByWorth), len(defaultColumns))
	}
}

func TestShortenedTargetKeepsItsRegion(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"prod/cn-hangzhou", 16, "prod/cn-hangzhou"},
		{"production-account/cn-hangzhou", 20, "product…/cn-hangzhou"},
		{"production/cn-hangzhou", 14, "p…/cn-hangzhou"},
		{"production/cn-hangzhou", 13, "…cn-hangzhou"},
		{"production/cn-hangzhou", 12, "…cn-hangzhou"},
		{"production/cn-hangzhou", 9, "…hangzhou"},
		{"订单/服务", 4, "…务"},
		{"edge-without-region", 8, "edge-wi…"},
	} {
		if got := truncatePath(c.text, c.width); got != c.want {
			t.Errorf("%s in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
