package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestHelp(t *testing.T) {
	for _, flag := range []string{"--help", "-h"} {
		got := imagesearch(t.Context(), flag)
		if got.status != exitComplete || got.stderr != "" {
			t.Errorf("%+v", got)
		}
		newCommand(&runner{}).Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(got.stdout, " --"+f.Name+" ") {
				t.Errorf("--%s is not in the help", f.Name)
			}
		})
	}
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--arch", ""}, "x86_64\ni386\narm64\n:4\n"},
		{[]string{"--output", ""}, strings.Join(texts(formats()), "\n") + "\n:4\n"},
		{[]string{"--name", ""}, ":4\n"},
		{[]string{"--progress", ""}, "auto\nalways\nnever\n:4\n"},
		{[]string{"--config", ""}, ":0\n"},
		{[]string{"--report", ""}, ":0\n"},
	} {
		if got := imagesearch(t.Context(), append([]string{"__complete"}, c.args...)...); got.stdout != c.want {
			t.Errorf("%q: %q, want %q", c.args, got.stdout, c.want)
		}
	}
	for flag, values := range choices() {
		got := imagesearch(t.Context(), "__complete", "--"+flag, "")
		if !strings.HasPrefix(got.stdout, strings.Join(values, "\n")+"\n") {
			t.Errorf("--%s: %q", flag, got.stdout)
		}
	}
	if got := imagesearch(t.Context(), "completion", "bash"); got.status != exitComplete || !strings.Contains(got.stdout, "imagesearch") {
		t.Errorf("status %d, %d bytes", got.status, len(got.stdout))
	}
}

func TestCompletionRefusesUnknownShells(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"completion"}, "imagesearch: completion: no shell: want bash, fish, powershell or zsh\n"},
		{[]string{"completion", "zhs"}, "imagesearch: completion \"zhs\": want bash, fish, powershell or zsh; did you mean zsh?\n"},
		{[]string{"completion", "nushell"}, "imagesearch: completion \"nushell\": want bash, fish, powershell or zsh\n"},
	} {
		if got, want := imagesearch(t.Context(), c.args...), (result{exitUsage, "", c.want}); got != want {
			t.Errorf("%q: %+v, want %+v", c.args, got, want)
		}
	}
}

// A line of ndjson is out before the search has ended.
func TestNDJSONStreams(t *testing.T) {
	reader, writer := io.Pipe()
	file := writeConfig(t, prodTarget, hangingCloud(t, func() {}))
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"--config", file, "--output", "ndjson"}, writer, io.Discard, isolatedEnvironment(nil))
	}()
	line := make([]byte, len(webLine)+1)
	if _, err := io.ReadFull(reader, line); err != nil || string(line) != webLine+"\n" {
		t.Errorf("%q: %v", line, err)
	}
	interrupt()
	if status := <-ended; status != exitFailed {
		t.Errorf("status %d", status)
	}
}
