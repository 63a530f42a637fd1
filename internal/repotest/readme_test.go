package repotest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

func TestReadmeProgramRuns(t *testing.T) {
	t.Parallel()
	_, program, _ := strings.Cut(readFile(t, "README.md"), "```go\n")
	program, _, _ = strings.Cut(program, "```")
	want := `ubuntu_22_04_arm64_20G_sample_20240524.vhd available 2024-05-24
ubuntu_22_04_arm64_20G_sample_20240224.vhd available 2024-02-24
ubuntu_22_04_arm64_20G_sample_20231126.vhd available 2023-11-26
`
	if diff := cmp.Diff(want, runProgram(t, program)); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestPackageDocProgramRuns(t *testing.T) {
	t.Parallel()
	var program strings.Builder
	for line := range strings.Lines(readFile(t, "doc.go")) {
		if code, ok := strings.CutPrefix(line, "//\t"); ok {
			program.WriteString(code)
		} else if line == "//\n" {
			program.WriteString("\n")
		}
	}
	want := []string{"dev/cn-hangzhou edge-1", "prod/cn-hangzhou edge-1"}
	got := strings.Split(strings.TrimSpace(runProgram(t, program.String())), "\n")
	slices.Sort(got) // targets respond in any order
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// runProgram returns the output of a main package.
func runProgram(t *testing.T, source string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "go", "run", "-ldflags=-s -w", file)
	run.Dir = root
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func TestSupportMatrixIsDocumented(t *testing.T) {
	if want := matrix(t); !strings.Contains(readFile(t, "docs/support.md"), want) {
		t.Errorf("docs/support.md does not have this matrix:\n%s", want)
	}
}

func matrix(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| predicate | aliyunecs | aliyunswas | aliyunens | qingcloud |\n|---|---|---|---|---|\n")
	var clients []*provider.Client
	for _, make := range []func(provider.Config) (*provider.Client, error){
		aliyunecs.New, aliyunswas.New, aliyunens.New, qingcloud.New,
	} {
		client, err := make(provider.Config{Region: "r-1", Credentials: provider.Static("id", "secret", "")})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}
	for _, field := range image.AllFields() {
		fmt.Fprintf(&b, "| `%s` |", field)
		for _, client := range clients {
			fmt.Fprintf(&b, " %s |", client.Info().Support[field])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
