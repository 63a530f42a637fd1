package main

import (
	"os"
	"strings"
	"testing"
)

// asCommand is set in the environment of a test binary that is to be the command.
const asCommand = "IMAGESEARCH_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(isolated(m.Run))
}

// isolated runs something without the credentials of whoever runs the tests.
func isolated(do func() int) int {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "ALIBABA_CLOUD_") || strings.HasPrefix(name, "QINGCLOUD_") {
			_ = os.Unsetenv(name)
		}
	}
	home, err := os.MkdirTemp("", "imagesearch")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(home) }()
	_, _ = os.Setenv("HOME", home), os.Setenv("USERPROFILE", home)
	return do()
}
