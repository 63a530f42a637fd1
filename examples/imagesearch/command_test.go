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
