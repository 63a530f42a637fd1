package repotest_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// codeBlock is a fenced block of a guide: its language and its text.
var codeBlock = regexp.MustCompile("(?ms)^ *```([a-z]+)\n(.*?)^ *```$")

// guides returns the text of each Markdown file of the repository.
func guides(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range filesOfRepository(t, ".md") {
		texts[name] = readFile(t, name)
	}
	return texts
}

// TestGoSnippetsAreCompiled compares each Go snippet of a guide with the Go files of
// the repository: one of them must contain it, whatever its indentation. The program
// of README.md has a test of its own.
func TestGoSnippetsAreCompiled(t *testing.T) {
	var sources []string
	for _, name := range goFiles(t) {
		sources = append(sources, unindented(readFile(t, name)))
	}
	for guide, text := range guides(t) {
		for _, block := range codeBlock.FindAllStringSubmatch(text, -1) {
			snippet := unindented(block[2])
			if block[1] != "go" || strings.HasPrefix(snippet, "package main\n") {
				continue
			}
			if !slices.ContainsFunc(sources, func(source string) bool { return strings.Contains(source, snippet) }) {
				t.Errorf("%s: no Go file contains this snippet, such as an example that go test compiles:\n%s", guide, block[2])
			}
		}
	}
}

// unindented returns a text without the white space at the start of its lines.
func unindented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, " \t"))
	}
	return b.String()
}

// A JSON snippet is a document, or one document a line.
func TestJSONSnippetsAreValid(t *testing.T) {
	for guide, text := range guides(t) {
		for _, block := range codeBlock.FindAllStringSubmatch(text, -1) {
			lines := slices.Collect(strings.Lines(block[2]))
			valid := !slices.ContainsFunc(lines, func(line string) bool { return !json.Valid([]byte(line)) })
			if block[1] == "json" && !valid && !json.Valid([]byte(block[2])) {
				t.Errorf("%s: this is no JSON:\n%s", guide, block[2])
			}
		}
	}
}

var (
	goCommand = regexp.MustCompile("(GOWORK=off )?\\bgo (?:build|run|test|vet) [^`|;&>#\n]+")
	testNames = regexp.MustCompile(`-(?:run|fuzz) (\w+)`)
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)`)
)

// TestGoCommandsOfGuidesRun checks two mistakes in the go commands of the guides: tests
// that do not exist, and nested modules that the workspace hides.
func TestGoCommandsOfGuidesRun(t *testing.T) {
	var tests []string
	for _, name := range goFiles(t) {
		for _, found := range testFunc.FindAllStringSubmatch(readFile(t, name), -1) {
			tests = append(tests, found[1])
		}
	}
	for guide, text := range guides(t) {
		_, err := os.Stat(filepath.Join(root, path.Dir(guide), "go.mod"))
		nested := err == nil && path.Dir(guide) != "."
		for _, command := range goCommand.FindAllStringSubmatch(text, -1) {
			if nested && command[1] == "" && !strings.Contains(command[0], "./examples/") {
				t.Errorf("%s: %q fails inside the workspace: begin it with GOWORK=off", guide, command[0])
			}
			for _, name := range testNames.FindAllStringSubmatch(command[0], -1) {
				if !slices.ContainsFunc(tests, func(test string) bool { return strings.Contains(test, name[1]) }) {
					t.Errorf("%s: %q: no test is called %s", guide, command[0], name[1])
				}
			}
		}
	}
}

// filesOfRepository returns every file with an extension, by its path below the root.
func filesOfRepository(t *testing.T, extension string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return fs.SkipDir
		case strings.HasSuffix(name, extension):
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("no file ends with %s", extension)
	}
	return out
}
