//go:build linux

package main

import (
	"os"
	"os/exec"
	"testing"
)

// bashCompletion completes the line in $1 as bash does, without any package.
const bashCompletion = `
imagesearch() { "$0" "$@"; }
source <(imagesearch completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
compopt() { :; }
__start_imagesearch
printf '%s\n' "${COMPREPLY[@]}"`

func TestBashCompletesWithoutAPackage(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"imagesearch --visib", "--visibility\n"},
		{"imagesearch --provider ali", "aliyunecs\naliyunswas\naliyunens\n"},
		{"imagesearch --target=sample-e", "sample-edge-ens\n"},
		{"imagesearch --name 'a b' --output cs", "csv\n"},
		{"imagesearch --family acs:deb", "debian_12_x64\n"}, // bash replaces the word after ":"
		{"imagesearch --columns target,na", "target\\,name\n"},
	} {
		command := exec.CommandContext(t.Context(), "bash", "--norc", "--noprofile", "-c", bashCompletion, os.Args[0], c.line)
		command.Env = append(os.Environ(), asCommand+"=1")
		out, err := command.Output()
		if err != nil || string(out) != c.want {
			t.Errorf("%q: %q, %v, want %q", c.line, out, err, c.want)
		}
	}
}
