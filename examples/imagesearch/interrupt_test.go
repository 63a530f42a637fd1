package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The command itself, as a process: one target answers, one hangs, and one is never
// asked. An interrupt ends it at once, with the answer of the first and a report of
// all three.
func TestInterruptedProcess(t *testing.T) {
	asked := make(chan time.Time, 1)
	url := hangingCloud(t, func() { asked <- time.Now() })
	for _, mode := range []string{"--output=json", "--newest", "--check"} {
		t.Run(mode, func(t *testing.T) {
			file, report := writeConfig(t, twoAccounts, url), filepath.Join(t.TempDir(), "report.json")
			command := exec.CommandContext(t.Context(), os.Args[0], "--config", file, mode, "--concurrency=1", "--report", report)
			command.Env = append(os.Environ(), asCommand+"=yes")
			var stdout, stderr bytes.Buffer
			command.Stdout, command.Stderr = &stdout, &stderr
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			interrupted := <-asked
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait() // the status is in ProcessState
			if took := time.Since(interrupted); took > time.Second || command.ProcessState.ExitCode() != exitFailed {
				t.Errorf("%s after %s", command.ProcessState, took)
			}
			want := map[string]string{
				"--output=json": "[\n" + webLine + "\n]\n",
				"--newest":      "",
				"--check":       "prod/cn-hangzhou: ok\nprod/cn-beijing: failed\nempty/cn-hangzhou: failed\n",
			}[mode]
			lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
			silent := func(line string) bool { return !strings.Contains(line, "/cn-") || !strings.Contains(line, "interrupt") }
			if stdout.String() != want || len(lines) != 2 || slices.ContainsFunc(lines, silent) {
				t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
			}
			checkInterrupted(t, readReport(t, report))
		})
	}
}

func checkInterrupted(t *testing.T, reports []reportJSON) {
	t.Helper()
	if len(reports) != 3 || !reports[0].Complete {
		t.Fatalf("%+v", reports)
	}
	for _, r := range reports[1:] {
		if r.Complete || r.Error == nil || r.Error.Kind != "canceled" {
			t.Errorf("%+v", r)
		}
	}
}
