package browser_test

import (
	"context"
	"flag"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var screenshot = flag.String("screenshot", "", "write a picture of the sample cloud's page to this PNG file")

// slowest is far above what an idle machine takes, which the log of the test says.
const slowest = 5000 // milliseconds

func manyImages(n int) []fakecloud.Image {
	platforms, regions := []string{"ubuntu", "centos", "debian", "aliyun", "windows"}, []string{"cn-hangzhou", "cn-beijing"}
	var images []fakecloud.Image
	for i := range n {
		images = append(images, fakecloud.Image{Image: image.Image{
			Ref:  image.Ref{Provider: "aliyunecs", Region: regions[i%2], ID: fmt.Sprintf("m-%06d", i)},
			Name: fmt.Sprintf("web-%d", i), Description: fmt.Sprintf("built by job %d from the main branch", i*7), Family: "web", Version: fmt.Sprint(i),
			Source: image.SourceSelf, Visibility: image.VisibilityPrivate, Status: image.StatusAvailable, Platform: platforms[i%5], OS: image.OSLinux,
			Arch: image.ArchX86_64, SizeGiB: 20 + i%5*20, Created: generated.AddDate(0, 0, -i%2000),
			Tags: map[string]string{"env": "prod", "app": fmt.Sprint("app-", i%100)},
		}})
	}
	return images
}

// drawn runs statements, and returns the milliseconds until the browser has drawn
// what they change.
func (b *tab) drawn(statements string) float64 {
	b.t.Helper()
	const drawn = `await new Promise(done => requestAnimationFrame(() => setTimeout(done)));`
	return run(b, chromedp.Evaluate[float64](fmt.Sprintf(
		`(async () => { const began = performance.now(); %s; %s return performance.now() - began; })()`, statements, drawn), chromedp.EvalAwaitPromise))
}

// computed returns the milliseconds of processor time that the page's thread has used.
func (b *tab) computed() float64 {
	b.t.Helper()
	result := run(b, func(ctx context.Context, t *chromedp.Target) (performance.GetMetricsResult, error) {
		return cdp.Call(ctx, t, performance.GetMetrics, cdp.Empty{})
	})
	for _, metric := range result.Metrics {
		if metric.Name == "TaskDuration" {
			return metric.Value * 1000
		}
	}
	b.t.Fatal("the browser has no metric TaskDuration")
	return 0
}

func TestTwentyThousandImagesOpenAndFilter(t *testing.T) {
	const images = 20_000
	content, hits := results(t, 1, "--config", serve(t, world(manyImages(images))))
	if len(hits) != images {
		t.Fatalf("%d images", len(hits))
	}
	b := open(t, content)
	b.checkTime("open", evaluate[float64](b, `performance.getEntriesByType("navigation")[0].loadEventEnd`), b.computed())
	enter := func(text string) string {
		return fmt.Sprintf(`document.getElementById("filter-text").value = %q; document.getElementById("filter-text").dispatchEvent(new Event("input"))`, text)
	}
	for _, step := range [][2]string{
		{"first filter", enter("web-1")},
		{"filter", enter("app-42 debian")},
		{"clear", enter("")},
		{"sort by name", `document.querySelector('#images th[data-key="name"] button').click()`},
		{"sort by date", `document.querySelector('#images th[data-key="created"] button').click()`},
	} {
		before := b.computed()
		ms := b.drawn(step[1])
		b.checkTime(step[0], ms, b.computed()-before)
	}
	b.checkCounts(hits, images)
	b.choose("filter-platform", "=debian")
	b.checkCounts(filtered(hits, func(h provider.Hit) bool { return h.Image.Platform == "debian" }), images)
	b.checkQuiet()
}

// checkTime logs what a step took. Only the processor time is bounded, since other
// processes delay the browser.
func (b *tab) checkTime(step string, elapsed, computed float64) {
	b.t.Helper()
	b.t.Logf("%s: %.0f ms of processor time, done after %.0f ms", step, computed, elapsed)
	if computed > slowest {
		b.t.Errorf("%s took %.0f ms", step, computed)
	}
}

// With -screenshot, this renews the picture in docs/.
func TestScreenshotOfTheSampleCloud(t *testing.T) {
	content, _ := results(t, 0)
	b := open(t, content)
	path := *screenshot
	if path == "" {
		path = t.TempDir() + "/page.png"
	}
	b.do(chromedp.EmulateViewport(1400, 1600))
	b.screenshot(path)
	b.checkQuiet()
}
