package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guides returns the guides of the repository that show this command.
func guides(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"../../README.md", "../../docs/*.md", "../*/README.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files: %v", pattern, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(data)
		}
	}
	return texts
}

var (
	shownCommand = regexp.MustCompile("imagesearch((?: [^`|<>;&\n]*)?--[^`|<>;&\n]*)")
	shownFlag    = regexp.MustCompile(`(?:^| )--([a-z-]+)`)
	shownTargets = regexp.MustCompile("(?ms)^```yaml\n(targets:.*?)^```$")
)

func TestCommandsOfGuidesHaveFlagsThatExist(t *testing.T) {
	flags := newCommand(&runner{}).Flags()
	shown := 0
	for guide, text := range guides(t) {
		for _, command := range shownCommand.FindAllStringSubmatch(strings.ReplaceAll(text, "\\\n", " "), -1) {
			for _, flag := range shownFlag.FindAllStringSubmatch(command[1], -1) {
				shown++
				if flags.Lookup(flag[1]) == nil {
					t.Errorf("%s: %q: there is no flag --%s", guide, command[0], flag[1])
				}
			}
		}
	}
	if shown < 50 {
		t.Errorf("%d flags found, want those of README.md and docs", shown)
	}
}

func TestConfigurationsOfGuidesAreValid(t *testing.T) {
	shown := 0
	for guide, text := range guides(t) {
		for _, found := range shownTargets.FindAllStringSubmatch(text, -1) {
			shown++
			file := filepath.Join(t.TempDir(), "targets.yaml")
			if err := os.WriteFile(file, []byte(found[1]), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := imagesearch(t.Context(), "--config", file, "--explain"); got.status != exitComplete {
				t.Errorf("%s: %+v", guide, got)
			}
		}
	}
	if shown == 0 {
		t.Error("no configuration found, want that of README.md")
	}
}
