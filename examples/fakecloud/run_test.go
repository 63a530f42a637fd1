package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// printed runs the command until its output begins to come, uses the output, and
// interrupts the command.
func printed(t *testing.T, args []string, use func(text string)) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	reader, writer := io.Pipe()
	status := make(chan int)
	go func() { status <- run(ctx, args, writer, io.Discard) }()
	buffer := make([]byte, 1<<16)
	n, err := reader.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	use(string(buffer[:n]))
	interrupt()
	if got := <-status; got != 0 {
		t.Errorf("status %d after an interrupt", got)
	}
}

func TestPrintedConfigurationWorks(t *testing.T) {
	printed(t, nil, func(text string) {
		for _, want := range []string{"# account \"sample-prod\": fake key \"sample-prod-key\", secret \"sample-prod-key-secret\"\n", "/iaas/"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in:\n%s", want, text)
			}
		}
		loaded, err := targets.Parse("printed", []byte(text), nil)
		if err != nil || len(loaded) < 5 {
			t.Fatalf("%d targets, %v", len(loaded), err)
		}
		asked := map[string]bool{}
		for _, target := range loaded {
			asked[target.Provider] = true
			opened, err := target.Open()
			if err != nil {
				t.Fatal(err)
			}
			if err := opened.Client.Check(t.Context()); err != nil {
				t.Errorf("%s: %v", target.Name, err)
			}
		}
		if len(asked) != len(providers.All()) {
			t.Errorf("targets of %v, want some of each of %q", asked, providers.Names())
		}
	})
}

func TestOwnWorld(t *testing.T) {
	world := fakecloud.World{
		Regions: map[string][]string{"aliyunecs": {"eu-central-1"}},
		Accounts: []fakecloud.Account{
			{Name: "mine", Keys: []fakecloud.Key{{ID: "k0", Secret: "s0", Disabled: true}, {ID: "k1", Secret: "s1", Token: "t1"}}},
			{Name: "locked", Keys: []fakecloud.Key{{ID: "k2", Secret: "s2", Denied: true}}},
		},
	}
	text, err := json.Marshal(world)
	if err != nil {
		t.Fatal(err)
	}
	printed(t, []string{"--world", writeFile(t, string(text))}, func(text string) {
		for _, want := range []string{
			`key "k0", secret "s0", disabled`, `key "k1", secret "s1", token "t1"`, `key "k2", secret "s2", denied`,
			"name: mine-ecs\n", "regions: [eu-central-1]\n", "access_key_id: k1\n", "security_token: t1\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in:\n%s", want, text)
			}
		}
		if strings.Contains(text, "access_key_id: k2") {
			t.Errorf("an account without a working key is a target:\n%s", text)
		}
	})
}

// A fault of one account is met by that account's clients, and by no other.
func TestFaults(t *testing.T) {
	file := writeFile(t, `{"faults": [{"do": "replay", "account": "sample-edge", "status": 403, "body": {"Code": "Forbidden.RAM"}}]}`)
	printed(t, []string{"--faults", file}, func(text string) {
		loaded, err := targets.Parse("printed", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range loaded {
			opened, err := target.Open()
			if err != nil {
				t.Fatal(err)
			}
			err = opened.Client.Check(t.Context())
			if denied := errors.Is(err, provider.PermissionDenied); denied != (target.Provider == aliyunens.Name) || err != nil && !denied {
				t.Errorf("%s: %v", target.Name, err)
			}
		}
	})
}

// writeFile writes a file of its own.
func writeFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefused(t *testing.T) {
	for _, args := range [][]string{
		{"--addr", "0.0.0.0:0"},
		{"--addr", "192.0.2.1:0"},
		{"--addr", "nonsense"},
		{"--world", filepath.Join(t.TempDir(), "none.json")},
		{"--faults", filepath.Join(t.TempDir(), "none.json")},
		{"--faults", writeFile(t, `{"fault": []}`)},
		{"--faults", writeFile(t, `{"faults": [{"do": "nothing"}]}`)},
		{"--wrold", "x"},
		{"extra"},
	} {
		var stderr strings.Builder
		if status := run(t.Context(), args, io.Discard, &stderr); status != 2 || !strings.HasPrefix(stderr.String(), "fakecloud: ") || strings.Count(stderr.String(), "fakecloud: ") != 1 {
			t.Errorf("%q: status %d, %q", args, status, stderr.String())
		}
	}
}

func TestHelp(t *testing.T) {
	var stdout strings.Builder
	if status := run(t.Context(), []string{"--help"}, &stdout, io.Discard); status != 0 || !strings.Contains(stdout.String(), "--world FILE") {
		t.Errorf("status %d, %q", status, stdout.String())
	}
}

// TestErrorsStayOffTheTerminal prints no control, bidirectional or zero-width
// character of a file or an argument.
func TestErrorsStayOffTheTerminal(t *testing.T) {
	const name = `a\u001b[31m\u202e\u200b\u009b`
	for _, args := range [][]string{
		{"--world", writeFile(t, `{"accounts":[{"name":"`+name+`","keys":[{"id":"","secret":""}]}]}`)},
		{"--world", writeFile(t, "{\"acc\u202e\x1b[2J\":1}")},
		{"--faults", writeFile(t, `{"faults": [{"do": "`+name+`"}]}`)},
		{"--faults", writeFile(t, `{"faults": [{"do": "replay", "account": "`+name+`"}]}`)},
		{"--wor\x1b[2J\u202eld"},
		{"x\x1b[2J\u202e"},
	} {
		var stderr strings.Builder
		status := run(t.Context(), args, io.Discard, &stderr)
		unsafe := func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }
		if status != 2 || strings.ContainsFunc(stderr.String(), unsafe) {
			t.Errorf("%q: status %d, %q", args, status, stderr.String())
		}
	}
}
