package main

import (
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
)

type modeFlag struct{ name, args string }

// modeFlags are the flags whose pairs are tested, with values where they need one.
// DIR is a new directory, JOURNAL and RECORD were written before.
var modeFlags = []modeFlag{
	{"newest", "--newest"},
	{"newest-per", "--newest-per region"},
	{"lock", "--lock DIR/lock.json"},
	{"verify", "--verify RECORD"},
	{"why", "--why"},
	{"explain", "--explain"},
	{"check", "--check"},
	{"count-by", "--count-by status"},
	{"template", "--template {{.ID}}"},
	{"columns", "--columns id,name"},
	{"sort", "--sort name"},
	{"limit", "--limit 1"},
	{"distinct", "--distinct"},
	{"native-record", "--native-record"},
	{"journal", "--journal DIR/journal"},
	{"from-journal", "--from-journal JOURNAL"},
	{"report", "--report DIR/report.json"},
	{"trace", "--trace DIR/trace.json"},
	{"shard", "--shard 0/1"},
	{"html", "--output html"},
}

// refusedPairs has the flags that each flag refuses, of those behind it in modeFlags.
var refusedPairs = map[string]string{
	"newest":        "newest-per verify check count-by sort limit distinct journal from-journal",
	"newest-per":    "verify check count-by limit distinct journal from-journal",
	"lock":          "verify why explain check count-by limit distinct journal from-journal",
	"verify":        "why explain check count-by template columns sort limit distinct native-record journal from-journal html",
	"why":           "explain check count-by template columns sort limit native-record journal from-journal html",
	"explain":       "check count-by template columns sort limit distinct native-record journal from-journal report trace html",
	"check":         "count-by template columns sort limit distinct native-record journal from-journal html",
	"count-by":      "template columns sort limit native-record html",
	"template":      "columns native-record html",
	"columns":       "html",
	"limit":         "journal from-journal",
	"distinct":      "journal from-journal",
	"native-record": "html",
	"journal":       "from-journal",
	"from-journal":  "trace",
}

// pairArgs returns a command line with two flags, and with what one of them needs
// in any case: --lock needs --newest-per, and --native-record an output that shows it.
func pairArgs(a, b modeFlag) string {
	args := a.args + " " + b.args
	has := func(name string) bool { return a.name == name || b.name == name }
	if has("lock") && !has("newest") && !has("newest-per") {
		args += " --newest-per region"
	}
	switch {
	case has("native-record") && has("columns"):
		return "--native-record --columns id,native --output csv"
	case has("native-record") && has("from-journal"):
		args = "--native-record --from-journal NATIVE"
	}
	if has("native-record") && !has("html") && !has("template") {
		args += " --output json"
	}
	return args
}

func TestEveryPairOfModesIsMeaningfulOrRefused(t *testing.T) {
	cloud, url := serve(t, familyWorld())
	file, before := writeConfig(t, prodTarget, url), t.TempDir()
	places := []string{"JOURNAL", filepath.Join(before, "journal"), "NATIVE", filepath.Join(before, "native"), "RECORD", filepath.Join(before, "record")}
	search := func(line string) result {
		line = strings.NewReplacer(append(places, "DIR", t.TempDir())...).Replace(line)
		return imagesearch(t.Context(), append(strings.Fields(line), "--config", file)...)
	}
	for _, line := range []string{"--journal JOURNAL", "--journal NATIVE --native-record --output json", "--newest-per region --lock RECORD"} {
		if got := search(line); got.status != exitComplete {
			t.Fatalf("%s: %+v", line, got)
		}
	}
	cloud.Reset()
	// A run that reaches its limit leaves a request that arrives later, so the lines that
	// must send nothing come first.
	for _, refused := range []bool{true, false} {
		for a, b := range pairsOf(refused) {
			line := pairArgs(a, b)
			t.Run(fmt.Sprint(a.name, " ", b.name), func(t *testing.T) {
				got := search(line)
				if !refused && (got.status != exitComplete || got.stderr != "") {
					t.Errorf("%s: %+v, want status 0", line, got)
				}
				if refused && (got.status != exitUsage || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || len(cloud.Requests()) > 0) {
					t.Errorf("%s: %+v and %d requests, want one line and status 2", line, got, len(cloud.Requests()))
				}
			})
		}
	}
}

// pairsOf yields the pairs of modeFlags that are refused, or the others.
func pairsOf(refused bool) iter.Seq2[modeFlag, modeFlag] {
	return func(yield func(a, b modeFlag) bool) {
		for i, a := range modeFlags {
			for _, b := range modeFlags[i+1:] {
				listed := strings.Contains(" "+refusedPairs[a.name]+" ", " "+b.name+" ")
				if listed == refused && !yield(a, b) {
					return
				}
			}
		}
	}
}
