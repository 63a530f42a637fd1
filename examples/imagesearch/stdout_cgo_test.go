//go:build cgo && unix

package main

import "testing"

func TestWritesToAClosedStandardOutputFail(t *testing.T) {
	_, url := serve(t, testWorld())
	checkShell(t, []shellCase{
		{"table", `"$0" --config ` + writeConfig(t, prodTarget, url) + ` >&-`, exitFailed, "standard output"},
		{"help", `"$0" --help >&-`, exitFailed, "standard output"},
		{"version", `"$0" --version >&-`, exitFailed, "standard output"},
	})
}
