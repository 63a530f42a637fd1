package main

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// asCommand is set in the environment of a test binary that is to be the command.
const asCommand = "IMAGESEARCH_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	setParallel()
	os.Exit(isolated(m.Run))
}

// setParallel runs twice as many tests at the same time as usual, unless -parallel is
// given: those that are parallel wait for timeouts, retries and the disk.
func setParallel() {
	const name = "test.parallel"
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		_ = flag.Set(name, strconv.Itoa(2*runtime.GOMAXPROCS(0))) // a number is valid
	}
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
