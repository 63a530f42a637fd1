package browser_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// ids are the identifiers of images on the page, all pages of the table.
func (b *tab) ids() []string {
	b.t.Helper()
	return b.column("id")
}

// column returns the texts of a column over all pages of the table. It must be shown.
func (b *tab) column(key string) []string {
	b.t.Helper()
	return evaluate[[]string](b, fmt.Sprintf(`{
		const table = document.getElementById("images");
		const index = Array.from(table.tHead.rows[0].cells).findIndex(cell => cell.dataset.key === %q);
		const texts = [];
		for (let more = true; more;) {
			texts.push(...Array.from(table.tBodies[0].rows, row => row.cells[index].textContent));
			more = !document.getElementById("next").disabled;
			if (more) document.getElementById("next").click();
		}
		while (!document.getElementById("previous").disabled) document.getElementById("previous").click();
		texts;
	}`, key))
}

func (b *tab) clickHead(key string) {
	b.t.Helper()
	b.script(fmt.Sprintf(`document.querySelector('#images th[data-key="%s"] button').click()`, key))
}

func idsOf(hits []provider.Hit) []string {
	ids := make([]string, len(hits))
	for i, hit := range hits {
		ids[i] = hit.Image.ID
	}
	return ids
}

func filtered(hits []provider.Hit, keep func(provider.Hit) bool) []provider.Hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h provider.Hit) bool { return !keep(h) })
}

// checkCounts compares the charts with what is counted here.
func (b *tab) checkCounts(hits []provider.Hit, total int) {
	b.t.Helper()
	if got, want := b.text("#found"), fmt.Sprintf("%d of %d images", len(hits), total); got != want {
		b.t.Errorf("%s, want %s", got, want)
	}
	for name, table := range map[string][2]map[string]int{
		"matrix": {matrixOf(hits), crossTable(b.table("#matrix"))},
		"ages":   {agesOf(hits), bars(b.table("#ages"))},
		"counts": {countOf(hits, func(h provider.Hit) string { return h.Image.Platform }), bars(b.table("#counts"))},
	} {
		if diff := gocmp.Diff(table[0], table[1]); diff != "" {
			b.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func reported(value string) string { return cmp.Or(value, "(not reported)") }

func countOf(hits []provider.Hit, value func(provider.Hit) string) map[string]int {
	counts := map[string]int{}
	for _, hit := range hits {
		counts[reported(value(hit))]++
	}
	return counts
}

func matrixOf(hits []provider.Hit) map[string]int {
	counts := map[string]int{}
	for _, hit := range hits {
		platform, region := reported(hit.Image.Platform), reported(hit.Image.Region)
		counts[platform+" × "+region]++
		counts[platform+" × all"]++
		counts["all × "+region]++
	}
	counts["all × all"] = len(hits)
	return withoutZeros(counts)
}

func agesOf(hits []provider.Hit) map[string]int {
	counts := map[string]int{}
	for _, hit := range hits {
		days := int(generated.Sub(hit.Image.Created) / (24 * time.Hour))
		switch {
		case hit.Image.Created.IsZero():
			counts["(not reported)"]++
		case hit.Image.Created.After(generated):
			counts["in the future"]++
		case days < 1:
			counts["under 1 day"]++
		default:
			for _, bounds := range [][2]int{{1, 7}, {7, 30}, {30, 90}, {90, 180}, {180, 365}, {365, 730}, {730, 1095}, {1095, 1825}} {
				if bounds[0] <= days && days < bounds[1] {
					counts[fmt.Sprintf("%d to %d days", bounds[0], bounds[1]-1)]++
				}
			}
			if days >= 1825 {
				counts["1825 days or more"]++
			}
		}
	}
	return counts
}

// crossTable reads a table with heads above and before the counts, without zeros.
func crossTable(rows [][]string) map[string]int {
	counts := map[string]int{}
	for _, row := range rows[1:] {
		for i, cell := range row[1:] {
			counts[row[0]+" × "+rows[0][i+1]], _ = strconv.Atoi(cell)
		}
	}
	return withoutZeros(counts)
}

// bars reads a chart, without zeros.
func bars(rows [][]string) map[string]int {
	counts := map[string]int{}
	for _, row := range rows {
		counts[row[0]], _ = strconv.Atoi(row[1])
	}
	return withoutZeros(counts)
}

func withoutZeros(counts map[string]int) map[string]int {
	for label, count := range counts {
		if count == 0 {
			delete(counts, label)
		}
	}
	return counts
}

func TestSampleCloudFilters(t *testing.T) {
	content, hits := results(t, 0)
	b := open(t, content)
	if diff := gocmp.Diff(idsOf(hits), b.ids()); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	b.checkCounts(hits, len(hits))
	for _, c := range []struct {
		name string
		set  map[string]string
		keep func(provider.Hit) bool
	}{
		{"platform", map[string]string{"platform": "ubuntu"}, func(h provider.Hit) bool { return h.Image.Platform == "ubuntu" }},
		{"region", map[string]string{"region": "pek3a"}, func(h provider.Hit) bool { return h.Image.Region == "pek3a" }},
		{"no region", map[string]string{"region": ""}, func(h provider.Hit) bool { return h.Image.Region == "" }},
		{"status", map[string]string{"status": "pending"}, func(h provider.Hit) bool { return h.Image.Status == image.StatusPending }},
		{"target", map[string]string{"target": "sample-edge-ens"}, func(h provider.Hit) bool { return h.Target == "sample-edge-ens" }},
		{"two", map[string]string{"platform": "centos", "target": "sample-dev-ecs/cn-hangzhou"}, func(h provider.Hit) bool {
			return h.Image.Platform == "centos" && h.Target == "sample-dev-ecs/cn-hangzhou"
		}},
		{"none", map[string]string{"platform": "rocky", "region": "sh1a"}, func(provider.Hit) bool { return false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			for key, value := range c.set {
				b.choose("filter-"+key, "="+value)
			}
			want := filtered(hits, c.keep)
			if diff := gocmp.Diff(idsOf(want), b.ids()); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			b.checkCounts(want, len(hits))
			b.script(`document.getElementById("filter-clear").click()`)
			b.checkCounts(hits, len(hits))
		})
	}
	b.t = t
	b.checkQuiet()
}

// enter types a text into the filter.
func (b *tab) enter(text string) {
	b.t.Helper()
	b.script(fmt.Sprintf(`{
		const input = document.getElementById("filter-text");
		input.value = %q;
		input.dispatchEvent(new Event("input"));
	}`, text))
}

func TestTextFilterFindsEveryWordInAnyColumn(t *testing.T) {
	content, hits := results(t, 0)
	b := open(t, content)
	for text, keep := range map[string]func(provider.Hit) bool{
		"SWAS-0": func(h provider.Hit) bool { return strings.Contains(h.Image.ID, "swas-0") },
		"轻量":     func(h provider.Hit) bool { return strings.Contains(h.Image.Name, "轻量") },
		`"t1"`:   func(h provider.Hit) bool { return h.Image.Tags["tier"] == "t1" },
		" 轻量  centos ": func(h provider.Hit) bool {
			return strings.Contains(h.Image.Name, "轻量") && h.Image.Platform == "centos"
		},
		"no such image": func(provider.Hit) bool { return false },
	} {
		b.enter(text)
		if diff := gocmp.Diff(idsOf(filtered(hits, keep)), b.ids()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	b.checkQuiet()
}

func TestMatrixNumbersFilter(t *testing.T) {
	content, hits := results(t, 0)
	b := open(t, content)
	b.script(`document.querySelector('#matrix button[aria-label$=": centos in cn-beijing"]').click()`)
	b.checkCounts(filtered(hits, func(h provider.Hit) bool {
		return h.Image.Platform == "centos" && h.Image.Region == "cn-beijing"
	}), len(hits))
	b.checkQuiet()
}

func TestBarsCountByOtherKeys(t *testing.T) {
	content, hits := results(t, 0)
	b := open(t, content)
	for key, value := range map[string]func(provider.Hit) string{
		"target": func(h provider.Hit) string { return h.Target },
		"status": func(h provider.Hit) string { return string(h.Image.Status) },
		"source": func(h provider.Hit) string { return string(h.Image.Source) },
		"family": func(h provider.Hit) string { return h.Image.Family },
	} {
		b.choose("count-by", key)
		if diff := gocmp.Diff(countOf(hits, value), bars(b.table("#counts"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	b.checkQuiet()
}

// sortings are columns of every kind, with the order of --sort.
func sortings() map[string]func(a, b provider.Hit) int {
	byName := func(value func(image.Image) string) func(a, b provider.Hit) int {
		return func(a, b provider.Hit) int {
			return image.CompareNewest(image.Image{Name: value(b.Image)}, image.Image{Name: value(a.Image)})
		}
	}
	text := func(value func(image.Image) string) func(a, b provider.Hit) int {
		return func(a, b provider.Hit) int { return cmp.Compare(value(a.Image), value(b.Image)) }
	}
	return map[string]func(a, b provider.Hit) int{
		"target":         func(a, b provider.Hit) int { return cmp.Compare(a.Target, b.Target) },
		"id":             text(func(m image.Image) string { return m.ID }),
		"description":    text(func(m image.Image) string { return m.Description }),
		"status":         text(func(m image.Image) string { return string(m.Status) }),
		"name":           byName(func(m image.Image) string { return m.Name }),
		"os_version":     byName(func(m image.Image) string { return m.OSVersion }),
		"os_name":        byName(func(m image.Image) string { return m.OSName }),
		"size_gib":       func(a, b provider.Hit) int { return cmp.Compare(a.Image.SizeGiB, b.Image.SizeGiB) },
		"progress":       func(a, b provider.Hit) int { return cmp.Compare(a.Image.Progress, b.Image.Progress) },
		"created":        func(a, b provider.Hit) int { return a.Image.Created.Compare(b.Image.Created) },
		"status_changed": func(a, b provider.Hit) int { return a.Image.StatusChanged.Compare(b.Image.StatusChanged) },
	}
}

// missing reports whether the image has no value of a key of sortings.
func missing(key string, h provider.Hit) bool {
	m := h.Image
	empty := map[string]bool{
		"description": m.Description == "", "status": m.Status == "", "name": m.Name == "", "os_version": m.OSVersion == "", "os_name": m.OSName == "",
		"size_gib": m.SizeGiB == 0, "progress": m.Progress == 0, "created": m.Created.IsZero(), "status_changed": m.StatusChanged.IsZero(),
	}
	return empty[key]
}

func TestColumnsSort(t *testing.T) {
	content, hits := results(t, 0)
	b := open(t, content)
	for _, key := range []string{"description", "os_name", "progress", "status_changed"} {
		b.script(fmt.Sprintf(`Array.from(document.querySelectorAll("#columns label")).find(label => label.textContent.trim() === %q).click()`, key))
	}
	for key, compare := range sortings() {
		for _, order := range []string{"ascending", "descending"} {
			b.clickHead(key)
			want := slices.Clone(hits)
			slices.SortStableFunc(want, func(x, y provider.Hit) int {
				switch {
				case missing(key, x) || missing(key, y):
					return cmp.Compare(strconv.FormatBool(missing(key, x)), strconv.FormatBool(missing(key, y)))
				case order == "descending":
					return compare(y, x)
				}
				return compare(x, y)
			})
			if diff := gocmp.Diff(idsOf(want), b.ids()); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", key, order, diff)
			}
			if got := evaluate[string](b, fmt.Sprintf(`document.querySelector('#images th[data-key="%s"]').ariaSort`, key)); got != order {
				t.Errorf("%s: aria-sort %q, want %q", key, got, order)
			}
		}
	}
	b.checkQuiet()
}

// hostileTexts do harm, or hide, if they are not escaped.
func hostileTexts() []string {
	return []string{
		"<script>window.harmed = 1</script>", "</script><script>window.harmed = 1</script>", "<img src=x onerror=window.harmed=1>",
		`" onmouseover="window.harmed=1" x="`, "<!--<script>", "a\u202eb", "a\u2066b", "a\x1b[31mb", "a\u200bb", "a\ufeffb", "__proto__", "javascript:alert(1)",
	}
}

// visible is how a text appears on the page.
func visible(text string) string {
	return strings.NewReplacer("\u202e", `\u202e`, "\u2066", `\u2066`, "\x1b", `\u001b`, "\u200b", `\u200b`, "\ufeff", `\ufeff`).Replace(text)
}

func hostileImages() []fakecloud.Image {
	var images []fakecloud.Image
	for i, text := range hostileTexts() {
		images = append(images, fakecloud.Image{Image: image.Image{
			Ref:  image.Ref{Provider: "aliyunecs", Region: "cn-hangzhou", ID: fmt.Sprintf("m-%02d", i)},
			Name: text, Description: text, Tags: map[string]string{text: text}, Platform: "ubuntu", OS: image.OSLinux,
			Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Created: generated.AddDate(0, 0, -1<<i),
		}})
	}
	return images
}

func TestHostileNamesAreInertAndVisible(t *testing.T) {
	content, hits := results(t, 1, "--config", serve(t, world(hostileImages())))
	b := open(t, content)
	if len(hits) != len(hostileTexts()) {
		t.Fatalf("%d images", len(hits))
	}
	var want []string
	for _, hit := range hits {
		want = append(want, visible(hit.Image.Name))
	}
	b.script(`document.querySelectorAll("#columns input:not(:checked)").forEach(box => box.click())`)
	if diff := gocmp.Diff(want, b.column("name")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, text := range hostileTexts() {
		b.enter(strings.Fields(visible(text))[0])
		if b.text("#position") == "no images" {
			t.Errorf("%q is not found by what the page shows", text)
		}
	}
	b.enter("")
	b.checkCounts(hits, len(hits))
	if got := evaluate[[]int](b, `[document.scripts.length, document.images.length, document.links.length, document.querySelectorAll("iframe, object, embed").length, window.harmed ?? 0]`); !slices.Equal(got, []int{2, 0, 0, 0, 0}) {
		t.Errorf("scripts, images, links, frames and harm: %v", got)
	}
	if controls := evaluate[int](b, `(document.documentElement.textContent.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g) ?? []).length`); controls != 0 {
		t.Errorf("%d invisible characters", controls)
	}
	b.checkQuiet()
}

func TestIncompleteTargetIsRedAndFirst(t *testing.T) {
	content, _ := results(t, 1, "--config", serve(t, world(hostileImages())))
	b := open(t, content)
	text := evaluate[string](b, `document.body.innerText.trim()`)
	lines := strings.SplitN(text, "\n", 3)
	if !strings.HasPrefix(lines[0], "Incomplete: 1 of 3 targets failed.") || !strings.Contains(text[len(lines[0]):][:200], "off/cn-hangzhou: aliyunecs cn-hangzhou DescribeImages: unauthenticated: InvalidAccessKeyId.Inactive") {
		t.Errorf("the page begins with %.300q", text)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.emulate(scheme)
		color := evaluate[[]int](b, `getComputedStyle(document.querySelector("#failed li")).color.match(/\d+/g).map(Number)`)
		if color[0] < 150 || color[0] < 3*color[1]/2 || color[0] < 3*color[2]/2 {
			t.Errorf("%s: the color of the failure is %v, want red", scheme, color)
		}
	}
	above := evaluate[bool](b, `{
		const bottom = document.getElementById("failed").getBoundingClientRect().bottom;
		Array.from(document.body.children).slice(1).every(other => other.getClientRects().length === 0 || other.getBoundingClientRect().top >= bottom);
	}`)
	if first := evaluate[string](b, `document.body.firstElementChild.id`); first != "failed" || !above {
		t.Errorf("first %q, above all others: %t", first, above)
	}
	b.checkQuiet()
}
