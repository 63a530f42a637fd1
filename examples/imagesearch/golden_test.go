package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

var update = flag.Bool("update", false, "write the golden files")

// goldenWorld has images with wide characters, long texts, missing values, versions
// and sizes whose order by text is another one.
func goldenWorld() fakecloud.World {
	w := testWorld()
	var images []fakecloud.Image
	for i, size := range []int{100, 20, 9, 0} {
		m := webImage()
		m.ID = fmt.Sprintf("m-bp1%dexample0a7yw2k", i)
		m.Name = fmt.Sprintf("web-server-with-a-long-name-%d", 12-i)
		m.SizeGiB, m.Disks, m.SourceSnapshots, m.Progress = size, nil, nil, 0
		m.Created = m.Created.Add(time.Duration(i%3) * 24 * time.Hour)
		m.Status = []image.Status{image.StatusAvailable, image.StatusDeprecated, image.StatusFailed, image.StatusPending}[i]
		m.Tags = map[string]string{"release": fmt.Sprintf("r%d", 9+i%2)}
		images = append(images, fakecloud.Image{Image: m})
	}
	formula := orderImage()
	formula.ID, formula.Name, formula.Description, formula.Platform = "m-formula", "=1+1", "+a\x1b[31m\u202eb\nc", ""
	w.Accounts[0].Images = append(w.Accounts[0].Images, append(images, fakecloud.Image{Image: formula})...)
	return w
}

// namelessWorld has images whose name is the identifier.
func namelessWorld() fakecloud.World {
	w := goldenWorld()
	for i := range w.Accounts[0].Images {
		m := &w.Accounts[0].Images[i].Image
		m.Name = m.ID
	}
	return w
}

// goldenCases are the command lines of each golden file. Those of a table are also
// run on terminals.
var goldenCases = map[string][]string{
	"table": {
		"", "--columns id,name,description,tags", "--columns=target,tags.release,size_gib,status_changed,created",
		"--sort=-size_gib --limit 3", "--sort name", "--sort tags.release,-created", "--name none",
	},
	"table_without_names": {""},
	"json":                {"--output json", "--output json --sort=-created,id --limit 2", "--output json --name none"},
	"ndjson":              {"--output ndjson", "--output ndjson --name none"},
	"csv":                 {"--output csv", "--output csv --columns tags.release,id,description,created --sort id", "--output csv --name none"},
	"id":                  {"--output id", "--output id --sort=-name", "--output id --name none"},
	"template": {
		"--template {{.Target}}:{{.ID}}", "--template {{.Image.Name}}/{{.SizeGiB}} --sort size_gib",
		"--template {{.Description}}", `--template {{with(.Tags.release)}}{{.}}{{else}}none{{end}}`, "--template x --name none",
	},
	"count": {
		"--count-by status", "--count-by platform,size_gib", "--count-by tags.release", "--count-by created", "--count-by status --name none",
		"--count-by size_gib,tags.release --output json", "--count-by description --output json", "--count-by status --output json --name none",
		"--count-by size_gib,name --output ndjson", "--count-by description,tags --output csv", "--count-by status --output csv --name none",
	},
	"summary": {
		"--summary always --output id", "--summary always --output id --id m-web", "--summary always --count-by os",
		"--summary always --source-instance i-1 --skip-unreported", "--summary always --check", "--summary always --newest",
	},
	"newest_per": {
		"--newest-per status", "--newest-per regoin", "--newest-per region,regoin", "--newest-per region,region", "--newest-per region,", "--newest-per =",
		"--newest-per region", "--newest-per region,arch --status available --status deprecated", "--newest-per platform --output id --status pending --status failed",
		"--newest-per target --output csv --columns target,id", "--newest-per arch --template {{.Image.Arch}}={{.ID}}", "--newest-per region --name none",
		"--newest-per region --sort=-name --summary always --status available --status deprecated", "--newest-per arch --explain",
		"--newest-per source-instance", "--newest-per os_verison",
	},
	"lock_errors": {
		"--lock f", "--newest --lock /dev/null", "--newest --lock /dev/null/f", "--newest --lock /nonexistent/f", "--newest-per region --lock /",
		"--newest --lock f --verify f", "--newest --lock f --why", "--newest --lock f --explain", "--newest --lock f --journal d",
		"--verify /nonexistent/f", "--verify /", "--verify f --platform ubuntu", "--verify f --skip-unreported", "--verify f --limit 1", "--verify f --output csv",
		"--verify f --newest", "--verify f --native aliyunecs.x=y", "--verify f --verify g",
	},
	"summary_of_failures": {
		"--summary always --output id", "--summary always --check", "--summary always --newest", "--summary never --output id",
		"--summary auto --output id",
	},
	"why": {
		"--why", "--why --platform ubunut", "--why --platform Ubuntu --arch arm64", "--why --newest --name 订单服务", "--why --source shared --name web-2",
		"--why --tag env=Prod --status pending", "--why --source-instance i-1", "--why --region cn-shanghai --status suspended", "--why --id m-web2",
		"--why --native aliyunecs.InstanceType=ecs.g7.large --name tiny", "--why --name none --output json", "--why --platform ubuntu --output json",
		"--why --summary always --name-glob Web-?", "--why --created-after 2030-01-01",
	},
	"why_of_failures":        {"--why --name Web-2", "--why --name Web-2 --output json"},
	"modes_json":             {"--explain --output json --platform ubuntu --arch amd64", "--explain --output json --source-instance i-1", "--check --output json"},
	"modes_json_of_failures": {"--check --output json"},
	"errors": {
		"--why --limit 3", "--why --explain", "--why --check", "--why --sort name", "--why --output csv", "--why --output ndjson", "--why --template x",
		"--why --skip-unreported", "--why --newest --allow-partial", "--why --journal d", "--explain --output csv", "--check --output id",
		"--columns id,nmae", "--columns colour", "--columns id,id", "--columns id, --output csv", "--columns id --output json", "--columns id --output ndjson",
		"--columns id --output id", "--columns native --output csv", "--columns id --output csv --native-record", "--columns id --columns name",
		"--sort nmae", "--sort=-nmae", "--sort name,-name", "--sort native", "--sort name --output ndjson", "--sort name --newest", "--sort name --explain",
		"--sort name --check",
		"--template {{.Nmae}}", "--template {{.size_gib}}", "--template {{.Image.Tgas}}", "--template {{", "--template {{if}}", "--template {{nosuch}}",
		"--template {{.Zzzzzzzzzzzz}}", "--template {{if(.Name)}}x{{else}}{{.Nope}}{{end}}", "--template {{index(.Name)1.5}}",
		"--template x --output json", "--template x --output table", "--template x --columns id", "--template x --count-by id", "--template x --native-record",
		"--count-by", "--count-by sttaus", "--count-by status,status", "--count-by status --limit 3", "--count-by status --newest", "--count-by status --sort status",
		"--count-by status --native-record --output json", "--count-by status --columns id", "--count-by status --output id", "--count-by status --explain",
		"--count-by status --check", "--output idd", "--output id --native-record", "--summary on", "--summary always --explain", "--progress always --explain",
	},
}

func TestOutputsAreGolden(t *testing.T) {
	t.Parallel()
	for name, lines := range goldenCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world, config := goldenWorld(), prodTarget
			switch name {
			case "table_without_names":
				world = namelessWorld()
			case "why":
				hidden := webImage()
				hidden.ID, hidden.Name = "m-tiny", "tiny"
				world.Accounts[0].Images = append(world.Accounts[0].Images, fakecloud.Image{Image: hidden, Hidden: map[string]string{"InstanceType": "ecs.t5.nano"}})
			case "summary_of_failures", "why_of_failures", "modes_json_of_failures":
				config += brokenTarget
			}
			cloud, url := serve(t, world)
			file := writeConfig(t, config, url)
			run := goldenRun{t, cloud, url, file}
			var b strings.Builder
			for _, line := range lines {
				screens := []screen{{}}
				if (strings.HasPrefix(name, "table") || name == "count") && !strings.Contains(line, "--output") {
					screens = append(screens, screen{width: 60}, screen{width: 80, color: true}, screen{width: 200})
				}
				for _, s := range screens {
					fmt.Fprintf(&b, "$ imagesearch %s%s\n%s\n", line, described(s), run.severalTimes(s, strings.Fields(line)))
				}
			}
			compareGolden(t, name, b.String())
		})
	}
}

// goldenRun runs command lines against one cloud.
type goldenRun struct {
	t         *testing.T
	cloud     *fakecloud.Cloud
	url, file string
}

// severalTimes runs a command line ten times (twice for -short), which must print the same each time. The
// lines of ndjson are sorted: they arrive in the order of the responses.
func (g goldenRun) severalTimes(s screen, args []string) (first string) {
	g.t.Helper()
	args = append(args, "--config", g.file)
	for i := range runs() {
		g.cloud.Reset() // masked replaces the IDs of this run only
		var stdout, stderr bytes.Buffer
		status := runOn(g.t.Context(), s, args, &stdout, &stderr, isolatedEnvironment(nil))
		out := stdout.String()
		if slices.Contains(args, "ndjson") {
			out = sortedLines(out)
		}
		checkWidth(g.t, s, out)
		got := g.masked(fmt.Sprintf("%s%sstatus %d\n", out, stderr.String(), status))
		if i == 0 {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			g.t.Errorf("%q: run %d differs (-first +this):\n%s", args, i, diff)
		}
	}
	return first
}

var (
	seconds      = regexp.MustCompile(`in \d+\.\d s`)
	milliseconds = regexp.MustCompile(`_ms":\d+`)
)

// masked replaces what differs between runs: request IDs, addresses and times.
func (g goldenRun) masked(text string) string {
	for _, r := range g.cloud.Requests() {
		text = strings.ReplaceAll(text, r.ID, "REQUEST")
	}
	text = strings.NewReplacer(g.file, "clouds.yaml", g.url, "http://cloud", "\x1b", "ESC").Replace(text)
	return milliseconds.ReplaceAllString(seconds.ReplaceAllString(text, "in * s"), `_ms":0`)
}

func described(s screen) string {
	if s == (screen{}) {
		return ""
	}
	return fmt.Sprintf("   # on a terminal of %d columns", s.width)
}

// checkWidth demands that lines fit the screen.
func checkWidth(t *testing.T, s screen, text string) {
	t.Helper()
	for line := range strings.Lines(colors.ReplaceAllString(text, "")) {
		if width := cellWidth(strings.TrimSuffix(line, "\n")); s.width > 0 && width > s.width {
			t.Errorf("a line of %d cells on a terminal of %d: %q", width, s.width, line)
		}
	}
}

var colors = regexp.MustCompile("\x1b\\[\\d+m")

// compareGolden compares a text with a golden file, or writes it.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); go test -run Golden -update writes it:\n%s", path, diff)
	}
}

func runs() int {
	if testing.Short() {
		return 2
	}
	return 10
}
