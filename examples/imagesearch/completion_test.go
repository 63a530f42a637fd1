package main

import (
	"slices"
	"strings"
	"testing"
)

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
		{[]string{"--journal", ""}, ":0\n"},
		{[]string{"--output", "xml", "--limit", "x", "--arch", ""}, "x86_64\ni386\narm64\n:4\n"},
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

func TestCompletionScriptsAreGenerated(t *testing.T) {
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		got := imagesearch(t.Context(), "completion", shell)
		if got.status != exitComplete || got.stderr != "" || !strings.Contains(got.stdout, "__complete") {
			t.Errorf("%s: status %d, %d bytes, %q", shell, got.status, len(got.stdout), got.stderr)
		}
	}
}

func TestCompletionKnowsTheSampleCloud(t *testing.T) {
	for flag, want := range map[string]string{
		"--target": "sample-edge-ens", "--region": "pek3a", "--family": "acs:ubuntu_22_04_x64",
	} {
		got := imagesearch(t.Context(), "__complete", flag, "")
		if lines := strings.Split(got.stdout, "\n"); !slices.Contains(lines, want) {
			t.Errorf("%s: %q lacks %s", flag, lines, want)
		}
		if strings.Contains(got.stderr, "sample") {
			t.Errorf("%s: %q", flag, got.stderr)
		}
	}
}

func TestCompletionReadsTheConfiguration(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--config", file, "--target", ""}, "prod/cn-beijing\nprod/cn-hangzhou\n:4\n"},
		{[]string{"--config", file, "--exclude", ""}, "prod/cn-beijing\nprod/cn-hangzhou\n:4\n"},
		{[]string{"--config", file, "--region", ""}, "cn-beijing\ncn-hangzhou\n:4\n"},
		{[]string{"--config", file, "--family", ""}, ":4\n"},
		{[]string{"--config=" + file, "--target="}, "prod/cn-beijing\nprod/cn-hangzhou\n:4\n"},
		{[]string{"--config", file + ".missing", "--target", ""}, ":4\n"},
		{[]string{"--config", file + ".missing", "--family", ""}, ":4\n"},
	} {
		if got := imagesearch(t.Context(), append([]string{"__complete"}, c.args...)...); got.stdout != c.want {
			t.Errorf("%q: %q, want %q", c.args, got.stdout, c.want)
		}
	}
}

func TestCompletionContinuesLists(t *testing.T) {
	for _, c := range []struct {
		arg, want, not string
	}{
		{"--columns=target,", "target,name", "target,target"},
		{"--sort=-", "-created", "created"},
		{"--sort=region,-", "region,-created", "region,created"},
		{"--newest-per=region,", "region,arch", "region,region"},
	} {
		lines := strings.Split(imagesearch(t.Context(), "__complete", c.arg).stdout, "\n")
		if !slices.Contains(lines, c.want) || slices.Contains(lines, c.not) {
			t.Errorf("%s: %q, want %s and not %s", c.arg, lines, c.want, c.not)
		}
	}
}
