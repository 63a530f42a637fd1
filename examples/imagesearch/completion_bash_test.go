//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// bashCompletion completes the line in $1 as bash does, without any package.
const bashCompletion = `
imagesearch() { "$0" "$@"; }
source <(imagesearch completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
compopt() { :; }
$(complete -p imagesearch | grep -o '__[a-z_]*')
printf '%s\n' "${COMPREPLY[@]}"`

func TestBashCompletesWithoutAPackage(t *testing.T) {
	cloud, url := serve(t, testWorld())
	file := writeConfig(t, strings.ReplaceAll(prodTarget, "canary-secret", `"${A_VARIABLE_THAT_IS_NOT_SET}"`), url)
	for _, c := range []struct{ line, want string }{
		{"imagesearch --visib", "--visibility\n"},
		{"imagesearch --provider ali", "aliyunecs\naliyunswas\naliyunens\n"},
		{"imagesearch --target=sample-e", "sample-edge-ens\n"},
		{"imagesearch --name 'a b' --output cs", "csv\n"},
		{"imagesearch --family acs:deb", "debian_12_x64\n"}, // bash replaces the word after ":"
		{"imagesearch --columns target,na", "target,name\n"},
		{"imagesearch --sort -cr", "-created\n"},
		{"imagesearch --sort=name,-cr", "name,-created\n"},
		{"imagesearch --config " + file + " --target ", "prod/cn-beijing\nprod/cn-hangzhou\n"},
		{"imagesearch --config " + file + " --region=cn-b", "cn-beijing\n"},
		{"imagesearch --config " + file + ".missing --target ", "\n"},
		{"imagesearch --output xml --arch ar", "arm64\n"},
		{"imagesearch --journal /", "\n"}, // left to the shell
		{"imagesearch --native-record \"", "\n"},
	} {
		command := exec.CommandContext(t.Context(), "bash", "--norc", "--noprofile", "-c", bashCompletion, os.Args[0], c.line)
		command.Env = append(os.Environ(), asCommand+"=1")
		out, err := command.CombinedOutput()
		if err != nil || string(out) != c.want {
			t.Errorf("%q: %q, %v, want %q", c.line, out, err, c.want)
		}
	}
	if requests := cloud.Requests(); len(requests) > 0 {
		t.Errorf("%d requests were sent", len(requests))
	}
}
