package main

import (
	"strings"
	"testing"
)

func TestUnknownPlatformsAreSearchedForWithANote(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	for platform, want := range map[string]string{
		"ubunut": `imagesearch: --platform "ubunut" is not a known platform, and is searched for as it is; did you mean ubuntu?` + "\n",
		"zzz9": `imagesearch: --platform "zzz9" is not a known platform, and is searched for as it is; known ones are aliyun, almalinux, anolis, arch, centos, ` +
			`coreos, debian, deepin, euleros, fedora, freebsd, gentoo, kylin, openeuler, opensuse, oracle, redhat, rocky, suse, ubuntu, uos, windows` + "\n",
		"RHEL":         "",
		"CentOS Linux": "",
	} {
		got := imagesearch(t.Context(), "--config", file, "--output=id", "--platform", platform)
		if got.status != exitComplete || got.stderr != want || (got.stdout == "") != (platform != "CentOS Linux") {
			t.Errorf("%s: %+v", platform, got)
		}
	}
}

func TestNewestSaysFirstWhichFlagMakesItWork(t *testing.T) {
	const first = sampleNote + "imagesearch: add --skip-unreported: the newest image needs every target, " +
		"and the API of sample-prod-swas/cn-hangzhou never reports what --arch needs\n"
	got := imagesearch(t.Context(), "--newest", "--arch", "arm64")
	if got.status != exitFailed || got.stdout != "" || !strings.HasPrefix(got.stderr, first) {
		t.Errorf("%+v", got)
	}
	got = imagesearch(t.Context(), "--newest", "--arch", "arm64", "--skip-unreported", "--output=id")
	if got.status != exitComplete || got.stdout == "" || got.stderr != sampleNote {
		t.Errorf("with the flag: %+v", got)
	}
}

func TestFailedDialsNameTheHostAndTheReason(t *testing.T) {
	t.Parallel()
	got := imagesearch(t.Context(), "--config", writeConfig(t, strings.Replace(prodTarget, ", cn-beijing", "", 1), closed), "--output=id")
	want := "dial tcp 127.0.0.1:1: connect: connection refused (5 attempts)\n"
	if got.status != exitFailed || !strings.HasSuffix(got.stderr, want) || strings.Count(got.stderr, "\n") != 1 || strings.ContainsAny(got.stderr, "?&") {
		t.Errorf("%q, want the end %q", got.stderr, want)
	}
}
