package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The command itself, as a process: one target answers, and the others hang or are
// never asked. An interrupt ends it at once, with the answer of the first and a report
// of all three.
func TestInterruptedProcess(t *testing.T) {
	config := strings.Replace(twoAccounts, "[cn-hangzhou]", "[cn-shanghai]", 1)
	for mode, concurrency := range map[string]string{"--output=ndjson": "9", "--newest": "9", "--check": "1"} {
		t.Run(mode, func(t *testing.T) {
			asked := make(chan bool, 9)
			url := hangingCloud(t, func() { asked <- true })
			file, report := writeConfig(t, config, url), filepath.Join(t.TempDir(), "report.json")
			command := asProcess(t, "--config", file, mode, "--concurrency="+concurrency, "--report", report)
			stdout, stderr := arrival{text: webLine, seen: make(chan bool)}, bytes.Buffer{}
			command.Stdout, command.Stderr = &stdout, &stderr
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			<-asked
			if mode == "--output=ndjson" {
				<-stdout.seen
			}
			interrupted := time.Now()
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait() // the status is in ProcessState
			if took := time.Since(interrupted); took > endLimit || command.ProcessState.ExitCode() != 130 {
				t.Errorf("%s after %s", command.ProcessState, took)
			}
			want := map[string]string{
				"--output=ndjson": webLine + "\n",
				"--newest":        "",
				"--check":         "prod/cn-hangzhou: ok\nprod/cn-beijing: failed\nempty/cn-shanghai: failed\n",
			}[mode]
			lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
			silent := func(line string) bool { return !strings.Contains(line, "/cn-") || !strings.Contains(line, "interrupt") }
			first := mode != "--newest" // there, the test cannot tell when the first target has answered
			if stdout.String() != want || len(lines) != 2 && first || slices.ContainsFunc(lines, silent) {
				t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
			}
			checkInterrupted(t, readReport(t, report), first)
		})
	}
}

func checkInterrupted(t *testing.T, reports []reportJSON, first bool) {
	t.Helper()
	if len(reports) != 3 || first && !reports[0].Complete {
		t.Fatalf("%+v", reports)
	}
	for _, r := range reports[1:] {
		if r.Complete || r.Error == nil || r.Error.Kind != "canceled" {
			t.Errorf("%+v", r)
		}
	}
}

// arrival is a buffer that says when a text has come.
type arrival struct {
	buffer bytes.Buffer
	text   string
	seen   chan bool
}

func (a *arrival) String() string { return a.buffer.String() }

func (a *arrival) Write(p []byte) (int, error) {
	n, err := a.buffer.Write(p)
	if a.text != "" && strings.Contains(a.String(), a.text) {
		a.text = ""
		close(a.seen)
	}
	return n, err
}

// asProcess returns this command, not started yet.
func asProcess(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = append(os.Environ(), asCommand+"=yes")
	return command
}

// A full pipe that nobody reads does not hold up the end of the run.
func TestFullPipeEndsWithTheRun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		signal os.Signal
		args   []string
		status int
	}{
		{"interrupt", os.Interrupt, nil, 130},
		{"terminate", syscall.SIGTERM, []string{"--output=ndjson"}, 143},
		{"timeout", nil, []string{"--timeout=1s", "--output=ndjson"}, exitFailed},
		{"timeout of csv", nil, []string{"--timeout=1s", "--output=csv"}, exitFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reader, writer := fullPipe(t)
			command := asProcess(t, c.args...)
			command.Stdout = writer
			stderr, err := command.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			if c.signal != nil {
				_, _ = bufio.NewReader(stderr).ReadString('\n') // the note about the sample cloud
				began = time.Now()
				if err := command.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
			}
			_, _ = io.Copy(io.Discard, stderr)
			_ = command.Wait() // the status is in ProcessState
			if took := time.Since(began); took > endLimit || command.ProcessState.ExitCode() != c.status {
				t.Errorf("%s after %s", command.ProcessState, took)
			}
			_ = reader.Close()
		})
	}
}

// endLimit is far more than the second that a run may take to end, for a machine that
// runs other tests. Without that bound the processes of these tests never end.
const endLimit = 20 * time.Second

// fullPipe returns a pipe that takes no more bytes.
func fullPipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
	if err := writer.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(make([]byte, 4<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the pipe is not full: %v", err)
	}
	return reader, writer
}

// shellCase is the outcome of a shell command in which "$0" is this command.
type shellCase struct {
	name, shell string
	status      int
	stderr      string // part of it
}

func checkShell(t *testing.T, cases []shellCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), "sh", "-c", c.shell, os.Args[0])
			command.Env = append(os.Environ(), asCommand+"=yes")
			var stderr bytes.Buffer
			command.Stderr = &stderr
			_ = command.Run() // the status is in ProcessState
			if command.ProcessState.ExitCode() != c.status || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("%s, stderr %q", command.ProcessState, stderr.String())
			}
		})
	}
}

func TestReadersThatGoAwayEndTheRunQuietly(t *testing.T) {
	_, url := serve(t, testWorld())
	whole, partial := writeConfig(t, prodTarget, url), writeConfig(t, prodTarget+brokenTarget, url)
	checkShell(t, []shellCase{
		{"discarded", `"$0" --config ` + whole + ` >/dev/null`, exitComplete, ""},
		{"read and written", `"$0" --config ` + whole + ` 1<>/dev/null`, exitComplete, ""},
		{"reader gone", `{ "$0" --config ` + whole + `; echo $? >&2; } | true`, 0, "0\n"},
		{"reader gone after a failure", `{ "$0" --config ` + partial + `; echo $? >&2; } | true`, 0, "1\n"},
	})
}
