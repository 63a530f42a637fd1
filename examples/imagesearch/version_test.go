package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionIsPrinted(t *testing.T) {
	got := imagesearch(t.Context(), "--version")
	if got.status != exitComplete || got.stderr != "" || !strings.HasPrefix(got.stdout, "imagesearch ") || strings.Count(got.stdout, "\n") != 1 {
		t.Errorf("%+v", got)
	}
}

func TestVersionRefusesOtherFlags(t *testing.T) {
	for args, flag := range map[string]string{
		"--version --newest": "newest", "--output json --version": "output", "--version --arch arm64": "arch", "--version --config x": "config",
	} {
		want := result{exitUsage, "", "imagesearch: --" + flag + " has no effect with --version: drop one of them\n"}
		if got := imagesearch(t.Context(), strings.Fields(args)...); got != want {
			t.Errorf("%s: %+v, want %+v", args, got, want)
		}
	}
	if got := imagesearch(t.Context(), "--version", "--newest=false"); got.status != exitComplete {
		t.Errorf("a flag that is off: %+v", got)
	}
}

func TestVersionNamesTheCommit(t *testing.T) {
	module := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: version}, Settings: settings}
	}
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	for _, c := range []struct {
		info *debug.BuildInfo
		want string
	}{
		{nil, "imagesearch (unknown version)"},
		{module("v0.1.0"), "imagesearch v0.1.0 (go1.26)"},
		{module(""), "imagesearch (devel) (go1.26)"},
		{module("(devel)", revision), "imagesearch (devel) (commit 0123456789abcdef, go1.26)"},
		{module("(devel)", revision, debug.BuildSetting{Key: "vcs.modified", Value: "true"}),
			"imagesearch (devel) (commit 0123456789abcdef with local changes, go1.26)"},
		{module("v0.1.1-0.20260131080000-0123456789ab+dirty"), "imagesearch v0.1.1-0.20260131080000-0123456789ab+dirty (commit 0123456789ab, go1.26)"},
	} {
		if got := versionText(c.info); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
