package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/provider"
)

// hostile has what a terminal would obey or hide: ESC, BEL, DEL, a C1 control, a
// change of direction, zero-width characters, a line separator and a tag.
const hostile = "a\x1b[31m\a\x7f\u009b\u202e\u200b\u2066\ufeff\u2028\U000e0041b\tc\nd"

// checkVisible demands that a text has no character that a terminal obeys, but
// the ends of lines.
func checkVisible(t *testing.T, what, text string) {
	t.Helper()
	for _, r := range text {
		if r != '\n' && printable.Invisible(r) {
			t.Errorf("%s has %U: %q", what, r, text)
			return
		}
	}
}

func TestTextOfOthersReachesNoTerminal(t *testing.T) {
	world := testWorld()
	m := &world.Accounts[0].Images[0].Image
	m.Name, m.Description, m.Tags = hostile, hostile, map[string]string{"k" + hostile: hostile}
	_, url := serve(t, world)
	file := writeConfig(t, prodTarget+brokenTarget, url)
	report := filepath.Join(t.TempDir(), "report.json")
	for _, args := range [][]string{
		{}, {"--output=json"}, {"--output=ndjson"}, {"--output=csv"}, {"--explain"}, {"--check"}, {"--newest", "--target=prod/*"},
		{"--output=json", "--native-record"}, {"--output=csv", "--native-record"}, {"--name", hostile}, {"--explain", "--id", hostile},
		{"--target", hostile}, {"--native", "aliyunecs." + hostile + "=1"}, {"--tag", hostile + "=" + hostile}, {hostile},
	} {
		if !slices.Contains(args, "--explain") {
			args = append(args, "--report", report)
		}
		got := imagesearch(t.Context(), append(args, "--config", file)...)
		checkVisible(t, strings.Join(args, " ")+": stdout", got.stdout)
		checkVisible(t, strings.Join(args, " ")+": stderr", got.stderr)
		if text, err := os.ReadFile(report); err == nil {
			checkVisible(t, "report", string(text))
		}
	}
	var hits []provider.Hit
	text := imagesearch(t.Context(), "--config", file, "--target=prod/*", "--id=m-web", "--output=json").stdout
	if err := json.Unmarshal([]byte(text), &hits); err != nil || len(hits) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	if got := hits[0].Image; got.Name != hostile || got.Description != hostile || got.Tags["k"+hostile] != hostile {
		t.Errorf("json decodes to another text: %+v", got)
	}
}

// A server's message is text of others, too.
func TestMessagesOfServersReachNoTerminal(t *testing.T) {
	message, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	url := answeringServer(t, 403, `{"Code": `+string(message)+`, "Message": `+string(message)+`, "RequestId": `+string(message)+`}`)
	for _, mode := range []string{"--output=json", "--check", "--newest", "--report=-"} {
		got := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), mode)
		if got.status != exitFailed {
			t.Errorf("%s: %+v", mode, got)
		}
		checkVisible(t, mode, got.stdout+got.stderr)
	}
}

func TestCSVCellsAreNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "'=a": "'=a",
		"\t=a": `\u0009=a`, "a\r\nb": `a\u000d\u000ab`, "=\x1b": `'=\u001b`, "\xff": `\ufffd`, "订": "订",
	} {
		if got := safeCells([]string{cell}); got[0] != want {
			t.Errorf("%q: %q, want %q", cell, got[0], want)
		}
	}
	world := testWorld()
	world.Accounts[0].Images[0].Image.Description = "=HYPERLINK(1)"
	_, url := serve(t, world)
	text := imagesearch(t.Context(), "--config", writeConfig(t, prodTarget, url), "--output=csv", "--id=m-web").stdout
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][5] != "'=HYPERLINK(1)" {
		t.Errorf("%q: %v", rows, err)
	}
}
