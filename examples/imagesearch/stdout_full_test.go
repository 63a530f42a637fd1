//go:build linux

package main

import "testing"

func TestWritesToAFullDeviceFail(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	checkShell(t, []shellCase{
		{"help", `"$0" --help >/dev/full`, exitFailed, "no space"},
		{"completion", `"$0" completion bash >/dev/full`, exitFailed, "no space"},
		{"ndjson", `"$0" --config ` + file + ` --output ndjson >/dev/full`, exitFailed, "no space"},
		{"template", `"$0" --config ` + file + ` --template '{{.ID}}' >/dev/full`, exitFailed, "no space"},
		{"counts", `"$0" --config ` + file + ` --count-by arch >/dev/full`, exitFailed, "no space"},
	})
}
