// Command newadapter writes the skeleton of an adapter for a new provider. It is run
// in the top folder of the repository:
//
//	go run ./internal/newadapter NAME
//
// The skeleton compiles, and fails its conformance test with messages that say what
// is missing. NAME is the name of the new package: lower-case letters and digits,
// the first a letter.
package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed skeleton/*.go
var skeleton embed.FS

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "newadapter:", err)
		os.Exit(1)
	}
}

// run writes the adapter that the arguments name, and prints what to do next.
func run(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("want one argument: the name of the new package, such as examplecloud")
	}
	name := args[0]
	files, err := files(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat("provider/adapter.go"); err != nil {
		return errors.New("this is not the top folder of the repository: run it there")
	}
	if err := os.Mkdir(name, 0o777); err != nil {
		return fmt.Errorf("%w: choose a name that is not in use", err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(name, file), []byte(text), 0o666); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, nextSteps, name)
	return err
}

const nextSteps = `Wrote the package %[1]s. What to do next (CONTRIBUTING.md has more):
1. Replace each TODO in %[1]s by what the provider documents.
2. Run go test ./%[1]s until the conformance suite passes, with an emulator in its test:
   examples/adapter/server_test.go is one to copy.
3. Emulate the operation in package fakecloud, from the documentation alone, and add the
   harness of %[1]s to internal/adaptertest/services.go.
4. Add %[1]s to the tables of internal/repotest: imports_test.go, api_test.go and readme_test.go.
   Then run go test ./internal/repotest -run API -update.
`

// files returns the files of an adapter by name.
func files(name string) (map[string]string, error) {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*$`).MatchString(name) {
		return nil, fmt.Errorf("name %q: want lower-case letters and digits, the first a letter", name)
	}
	entries, err := skeleton.ReadDir("skeleton")
	if err != nil {
		return nil, err
	}
	replacer := strings.NewReplacer(
		"//go:build newadapter\n\n", "",
		"imagequery/internal/newadapter/skeleton", "imagequery/"+name,
		"skeleton", name, "Skeleton", strings.ToUpper(name[:1])+name[1:], "SKELETON", strings.ToUpper(name),
	)
	out := map[string]string{}
	for _, entry := range entries {
		text, err := skeleton.ReadFile(path.Join("skeleton", entry.Name()))
		if err != nil {
			return nil, err
		}
		out[strings.Replace(entry.Name(), "skeleton", name, 1)] = replacer.Replace(string(text))
	}
	return out, nil
}
