package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"html"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var updateHTML = flag.Bool("update-html", false, "write the page of TestPage to testdata")

// pageEnv makes pages the same in every run: they are generated on 2026-02-10.
var pageEnv = map[string]string{"SOURCE_DATE_EPOCH": "1770681600"}

// pageAt runs the command with --output html.
func pageAt(t *testing.T, args ...string) result {
	t.Helper()
	return imagesearchIn(t.Context(), isolatedEnvironment(pageEnv), append(args, "--output", "html")...)
}

func TestPage(t *testing.T) {
	const golden = "testdata/page.html"
	world := testWorld()
	world.Accounts[0].Images[0].Image.Description = "</script><script>alert(1)</script><!-- " + hostile
	cloud, url := serve(t, world)
	got := pageAt(t, "--config", writeConfig(t, prodTarget+brokenTarget, url))
	if got.status != exitFailed {
		t.Errorf("status %d, %s", got.status, got.stderr)
	}
	// The style sheet and the script are files beside the template.
	text := got.stdout
	for _, replaced := range [][2]string{
		{pageStyle, "STYLE"}, {pageScript, "SCRIPT"},
		{attribute(sourceHash(pageStyle)), "HASH-OF-STYLE"}, {attribute(sourceHash(pageScript)), "HASH-OF-SCRIPT"},
	} {
		text = strings.ReplaceAll(text, replaced[0], replaced[1])
	}
	text = masked(text, cloud.Requests())
	if *updateHTML {
		if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// attribute escapes a text as the template does it in an attribute.
func attribute(text string) string { return strings.ReplaceAll(text, "+", "&#43;") }

// pageData decodes the data of a page.
func pageData(t *testing.T, text string) (columns []pageColumn, rows []map[string]string) {
	t.Helper()
	_, data, _ := strings.Cut(text, `<script type="application/json" id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	var decoded struct {
		Generated string
		Columns   []pageColumn
		Rows      [][]string
	}
	if err := json.Unmarshal([]byte(data), &decoded); err != nil {
		t.Fatalf("%v in %.500s", err, data)
	}
	for _, cells := range decoded.Rows {
		row := map[string]string{}
		for i, column := range decoded.Columns {
			row[column.Key] = cells[i]
		}
		rows = append(rows, row)
	}
	return decoded.Columns, rows
}

func TestPageIsTheSameInEveryRun(t *testing.T) {
	first := pageAt(t)
	if first.status != exitComplete || first.stderr != sampleNote {
		t.Fatalf("status %d, stderr %q", first.status, first.stderr)
	}
	for range 9 {
		if diff := cmp.Diff(first.stdout, pageAt(t).stdout); diff != "" {
			t.Fatalf("(-first +later):\n%s", diff)
		}
	}
}

func TestPageHasTheImagesOfJSON(t *testing.T) {
	_, rows := pageData(t, pageAt(t).stdout)
	var hits []provider.Hit
	if err := json.Unmarshal([]byte(imagesearch(t.Context(), "--output", "json").stdout), &hits); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, hit := range hits {
		want = append(want, hit.Target+" "+hit.Image.ID+" "+hit.Image.Platform+" "+hit.Image.Created.Format(time.RFC3339))
	}
	for _, row := range rows {
		got = append(got, row["target"]+" "+row["id"]+" "+row["platform"]+" "+row["created"])
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// No text of others ends the element it is in, and invisible characters are written
// out.
func TestPageEscapesTextOfOthers(t *testing.T) {
	for _, text := range []string{
		hostile, "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "</title></style></textarea>", "<!--<script>", "]]>",
		`"onmouseover="alert(1)`, "'`${alert(1)}`", "javascript:alert(1)", "&lt;b&gt;", "__proto__", "{{.Policy}}", "\x00", "\xff",
	} {
		hit := provider.Hit{Target: "t", Image: image.Image{Ref: image.Ref{ID: "m-1", Region: text}, Name: text, Platform: text, Tags: map[string]string{text: text}}}
		p := newPage(document{hits: []provider.Hit{hit}, query: image.Query{Names: []string{text}}, generated: pageTime(t)})
		visible := printable.Escape(text)
		p.Targets = []pageTarget{{Name: visible, Region: visible, Error: visible, Notes: visible}}
		got := written(t, p)
		checkVisible(t, "page", got)
		if diff := cmp.Diff(tagsOf(plainPage(t)), tagsOf(got)); diff != "" {
			t.Errorf("%q adds elements (-want +got):\n%s", text, diff)
		}
		_, rows := pageData(t, got)
		if rows[0]["name"] != printable.Escape(text) || rows[0]["region"] != printable.Escape(text) {
			t.Errorf("%q: got %q", text, rows[0])
		}
	}
}

func pageTime(t *testing.T) time.Time {
	t.Helper()
	at, err := generationTime(isolatedEnvironment(pageEnv).LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// plainPage has the elements of any page with one row and one target that failed.
func plainPage(t *testing.T) string {
	t.Helper()
	return written(t, &page{Targets: []pageTarget{{Error: "failed"}}, Rows: [][]string{{}}})
}

func written(t *testing.T, p *page) string {
	t.Helper()
	var b strings.Builder
	if err := p.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tag is an element's start or end, or a comment. Script and style elements hold no
// others.
var tag = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)|<[a-zA-Z/!?][^>]*>`)

// tagsOf returns the tags of a page without their text and their values.
func tagsOf(text string) []string {
	var tags []string
	value, content := regexp.MustCompile(`"[^"]*"`), regexp.MustCompile(`(?s)>.*<`)
	for _, found := range tag.FindAllString(text, -1) {
		tags = append(tags, content.ReplaceAllString(value.ReplaceAllString(found, "..."), ">...<"))
	}
	return tags
}

func TestPagePolicyAllowsItsOwnScriptOnly(t *testing.T) {
	text := plainPage(t)
	_, policy, _ := strings.Cut(text, `<meta http-equiv="Content-Security-Policy" content="`)
	policy, _, _ = strings.Cut(policy, `"`)
	hashOf := func(name string) string {
		_, content, _ := strings.Cut(text, "<"+name+">")
		content, _, _ = strings.Cut(content, "</"+name+">")
		sum := sha256.Sum256([]byte(content))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; script-src " + hashOf("script") + "; style-src " + hashOf("style") +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	if diff := cmp.Diff(want, html.UnescapeString(policy)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if before, _, _ := strings.Cut(text, "Content-Security-Policy"); strings.Contains(before, "<script") || strings.Contains(before, "<style") {
		t.Errorf("something runs before the policy: %s", before)
	}
}

// The failure is the first thing in the body, and the failed target the first of all
// targets.
func TestPageShowsIncompleteTargetsFirst(t *testing.T) {
	_, url := serve(t, testWorld())
	got := pageAt(t, "--config", writeConfig(t, prodTarget+brokenTarget, url))
	_, body, _ := strings.Cut(got.stdout, "<body>\n")
	want := `<section id="failed" aria-labelledby="failed-title">
<p id="failed-title"><strong>Incomplete: 1 of 3 targets failed. Images of theirs may be missing below.</strong></p>
<ul>
<li><strong><bdi>off/cn-hangzhou</bdi></strong>: <bdi>aliyunecs cn-hangzhou DescribeImages: unauthenticated: `
	if got.status != exitFailed || !strings.HasPrefix(body, want) {
		t.Errorf("status %d, %.600s", got.status, body)
	}
	if !strings.Contains(got.stdout, "<title>INCOMPLETE: 2 machine images</title>") {
		t.Error("the title does not say that images may be missing")
	}
	_, rows, _ := strings.Cut(body, "<tbody>\n")
	if !strings.HasPrefix(rows, `<tr class="failed"><th scope="row">off/cn-hangzhou</th>`) {
		t.Errorf("%.200s", rows)
	}
}

func TestCompletePageHasNoFailure(t *testing.T) {
	_, url := serve(t, testWorld())
	got := pageAt(t, "--config", writeConfig(t, prodTarget, url))
	if got.status != exitComplete || strings.Contains(got.stdout, `id="failed"`) || !strings.Contains(got.stdout, "<title>2 machine images</title>") {
		t.Errorf("status %d, %s", got.status, got.stdout)
	}
}

func TestPageNotes(t *testing.T) {
	for _, c := range []struct {
		name           string
		report         provider.Report
		failure, notes string
	}{
		{"complete", provider.Report{Complete: true}, "", ""},
		{"not searched", provider.Report{}, "not searched: the run ended first", ""},
		{"skipped", provider.Report{Complete: true, Skipped: []image.Field{"owners", "families"}}, "", "not searched, because its API never reports owners, families"},
		{"unreadable", provider.Report{Complete: true, Unreadable: map[string]int{"b": 1, "a\u202e": 2}}, "", `values that could not be converted are empty: a\u202e (2), b (1)`},
		{"failed", provider.Report{Err: errors.New("set SkipUnreported\x1b")}, `give --skip-unreported\u001b`, ""},
	} {
		if failure, notes := targetFailure(c.report), targetNotes(c.report); failure != c.failure || notes != c.notes {
			t.Errorf("%s: %q, %q", c.name, failure, notes)
		}
	}
}

func TestGenerationTime(t *testing.T) {
	for _, text := range []string{"", "x", "-1", "1.5", "253402300800", "99999999999999999999"} {
		got := imagesearchIn(t.Context(), isolatedEnvironment(map[string]string{"SOURCE_DATE_EPOCH": text}), "--output", "html")
		want := result{exitUsage, "", "imagesearch: SOURCE_DATE_EPOCH " + strconv.Quote(text) + ": want seconds since 1970 up to the year 9999, or unset it\n"}
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	before := time.Now().Add(-time.Second)
	if at, err := generationTime(isolatedEnvironment(nil).LookupEnv); err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("%s, %v", at, err)
	}
}
