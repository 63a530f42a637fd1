package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/imagequery/imagequery/provider"
)

const regionsPerAccount = 10

// memory measures the command imagesearch on very many targets: its peak memory, and
// what the syncs of a journal cost.
func (b *bench) memory() error {
	dir, err := os.MkdirTemp("", "memory")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "imagesearch")
	if err := buildCommand(binary); err != nil {
		return err
	}
	targets := 10_000
	if b.quick {
		targets = 1000
	}
	t := table{
		Title:   "Very many targets",
		Note:    "The command imagesearch, ECS over loopback, 5ms of latency for each request, its output discarded, each run in a process of its own.",
		Columns: []string{"", "targets", "images of each", "s", "CPU s", "images/s", "requests/s", "most in flight", "peak RSS in MB"},
	}
	for _, run := range []struct {
		name    string
		images  int
		journal string // its parent directory; empty: none
	}{
		{"ndjson", 1, ""},
		{"journal in memory", 1, "/dev/shm"},
		{"journal on a disk", 1, dir},
		{"ndjson", 1000, ""},
		{"journal on a disk", 1000, dir},
	} {
		o, err := b.searchOnce(binary, targets, run.images, run.journal)
		if err != nil {
			return fmt.Errorf("%s, %d images: %w", run.name, run.images, err)
		}
		seconds := o.Wall / 1e6
		t.add(run.name, fmt.Sprint(targets), fmt.Sprint(run.images), fmt.Sprintf("%.1f", seconds), fmt.Sprintf("%.1f", o.CPU/1e6),
			fmt.Sprintf("%.0f", float64(targets*run.images)/seconds), fmt.Sprintf("%.0f", float64(o.served.Requests)/seconds), fmt.Sprint(o.served.Peak), fmt.Sprintf("%.0f", o.PeakMB))
		b.atMost(200, o.PeakMB, "%d targets of %d images, %s: peak RSS in MB", targets, run.images, run.name)
	}
	b.Tables = append(b.Tables, t)
	return nil
}

// buildCommand builds imagesearch in the workspace of the repository.
func buildCommand(binary string) error {
	command := exec.Command("go", "build", "-o", binary, "./examples/imagesearch")
	command.Dir = "../.."
	command.Env = append(os.Environ(), "GOWORK=")
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("building imagesearch (run this in internal/peers): %w", err)
	}
	return nil
}

type searched struct {
	outcome
	served counts
}

// searchOnce runs the command on a configuration of so many targets.
func (b *bench) searchOnce(binary string, targets, images int, journalParent string) (s searched, err error) {
	if err := b.site.setup(images, 5*time.Millisecond); err != nil {
		return s, err
	}
	dir, err := os.MkdirTemp(journalParent, "memory")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	config := filepath.Join(dir, "targets.yaml")
	if err := os.WriteFile(config, []byte(b.configOf(targets)), 0o600); err != nil {
		return s, err
	}
	report := filepath.Join(dir, "report.json")
	args := []string{"--config", config, "--output", "ndjson", "--report", report}
	if journalParent != "" {
		args = append(args, "--journal", filepath.Join(dir, "journal"))
	}
	command := exec.Command(binary, args...)
	command.Stderr = os.Stderr
	if s.outcome, err = observe(command); err != nil {
		return s, err
	}
	if err := checkReport(report, targets, images); err != nil {
		return s, err
	}
	s.served, err = b.site.counts()
	return s, err
}

// checkReport holds the report of a run to the number of targets and images.
func checkReport(file string, targets, images int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var content struct{ Targets []provider.Report }
	if err := json.Unmarshal(text, &content); err != nil {
		return err
	}
	matched := 0
	for _, r := range content.Targets {
		matched += r.Matched
	}
	if len(content.Targets) != targets || matched != targets*images {
		return fmt.Errorf("%d targets have %d images, want %d with %d", len(content.Targets), matched, targets, targets*images)
	}
	return nil
}

// configOf returns a configuration with an entry for each account.
func (b *bench) configOf(targets int) string {
	var config strings.Builder
	config.WriteString("targets:\n")
	for account := range targets / regionsPerAccount {
		fmt.Fprintf(&config, "  - name: account-%04d\n    provider: aliyunecs\n    endpoint: %s\n", account, b.site.url)
		fmt.Fprintf(&config, "    credentials: {access_key_id: id, access_key_secret: secret}\n    regions: [r-0")
		for region := 1; region < regionsPerAccount; region++ {
			fmt.Fprintf(&config, ", r-%d", region)
		}
		config.WriteString("]\n")
	}
	return config.String()
}

// observe runs a command and reads its peak memory while it runs, since the figures
// of a process that has ended count what its parent had before it as well.
func observe(command *exec.Cmd) (o outcome, err error) {
	began := time.Now()
	if err := command.Start(); err != nil {
		return o, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			state := command.ProcessState
			o.Wall, o.CPU = inMicros(time.Since(began)), inMicros(state.UserTime()+state.SystemTime())
			return o, err
		case <-tick.C:
			o.PeakMB = max(o.PeakMB, peakMB(fmt.Sprint(command.Process.Pid)))
		}
	}
}
