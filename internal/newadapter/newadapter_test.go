package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSkeletonCompilesAndReportsMissingParts builds the conformance test of a new
// adapter, and runs it. An overlay puts the files into the module, so that nothing is
// written there.
func TestSkeletonCompilesAndReportsMissingParts(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "conformance.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay(t, dir, "examplecloud"), "-o", binary, "./examplecloud")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the skeleton does not compile: %v\n%s", err, out)
	}
	suite := exec.CommandContext(t.Context(), binary, "-test.short", "-test.v")
	suite.Dir = dir
	out, err := suite.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); !failed {
		t.Fatalf("the conformance test ended with %v, want failures:\n%s", err, out)
	}
	for _, want := range []string{
		"--- PASS: TestConformance/world",
		"--- FAIL: TestConformance/oracle/one-field",
		"examplecloud/region-1/m-0 is missing",
		"defaults demands: The empty query returns every image in scope.",
		`the harness gives no Harness.Errors: give it, or say in Harness.Cannot["errors/kinds"] why that is impossible`,
		`the harness gives no Session.Fail: give it, or say in Harness.Cannot["retry/broken"] why that is impossible`,
		`Get("m-0") is , error examplecloud region-1: not found`,
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if bytes.Contains(out, []byte("panic")) {
		t.Errorf("the skeleton panics:\n%s", out)
	}
}

// overlay writes the files of an adapter, and returns the file that puts them into
// the module.
func overlay(t *testing.T, dir, name string) string {
	t.Helper()
	written, err := files(name)
	if err != nil {
		t.Fatal(err)
	}
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	replace := map[string]string{}
	for file, text := range written {
		if strings.Contains(strings.ToLower(text), "skeleton") {
			t.Errorf("%s still has the name of the skeleton:\n%s", file, text)
		}
		at := filepath.Join(dir, file)
		if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(module, name, file)] = at
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(at, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestCommandWritesTheAdapter runs the command in a folder like the repository.
func TestCommandWritesTheAdapter(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := run([]string{"examplecloud"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "top folder") {
		t.Errorf("outside the repository: error %v", err)
	}
	if err := os.MkdirAll("provider", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("provider/adapter.go", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run([]string{"examplecloud"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"examplecloud.go", "operations.go", "record.go", "conformance_test.go"} {
		if _, err := os.Stat(filepath.Join("examplecloud", name)); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(out.String(), "go test ./examplecloud") {
		t.Errorf("the output does not say what to do next: %s", &out)
	}
	if err := run([]string{"examplecloud"}, &out); err == nil {
		t.Error("a second run overwrites the adapter")
	}
}

func TestBadNamesAreRefused(t *testing.T) {
	for _, args := range [][]string{nil, {""}, {"Example"}, {"1st"}, {"a-b"}, {"../x"}, {"a", "b"}} {
		if err := run(args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("%q: error %v, want one that says what is wanted", args, err)
		}
	}
}
