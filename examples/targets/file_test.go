package targets_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/examples/targets"
)

// limit is generous for a machine that runs other tests and the race detector. Without
// bounds the texts take minutes, or for ever.
const limit = 15 * time.Second

// refused demands an error within the limit.
func refused(t *testing.T, what string, load func() error) error {
	t.Helper()
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- load() }()
	select {
	case err := <-ended:
		if err == nil || time.Since(began) > limit {
			t.Errorf("%s: %v after %s", what, err, time.Since(began))
		}
		return err
	case <-time.After(2 * limit):
		t.Fatalf("%s: no end", what)
		return nil
	}
}

func TestOnlyRegularFilesOfBoundedSizeAreRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	file, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		large:                               "want at most 4194304 bytes",
		dir:                                 "not a regular file",
		filepath.Join(dir, "none"):          "want a readable YAML file",
		os.DevNull:                          "not a regular file",
		"/dev/zero":                         "", // not everywhere
		filepath.Join(dir, "none", "\x00x"): "want a readable YAML file",
	} {
		err := refused(t, path, func() error { _, err := targets.Load(path, around); return err })
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestHostileTextsAreRefusedSoon(t *testing.T) {
	const n = 200_000
	for name, text := range map[string]string{
		"brackets":           strings.Repeat("[", n),
		"brackets as a list": "targets: " + strings.Repeat("[", n) + strings.Repeat("]", n),
		"braces":             "targets: " + strings.Repeat("{a: ", n),
		"dashes":             "targets:\n  " + strings.Repeat("- ", n),
		"questions":          strings.Repeat("? ", n),
		"anchors":            "targets: " + strings.Repeat("&a ", n),
		"aliases":            "targets: &a [" + strings.Repeat("*a, ", n/2) + "*a]",
		"many problems":      "targets:\n" + strings.Repeat("- a\n", n/4),
		"too large":          strings.Repeat("#", 5<<20),
		"many items":         "targets: [" + strings.Repeat("a,", 10*n) + "a]",
		"many keys":          strings.Repeat("a:\n", 6*n),
		"many lists":         "targets: [" + strings.Repeat("[],", 5*n) + "a]",
		"zeros":              strings.Repeat("\x00", n),
		"not closed":         "targets: \"" + strings.Repeat("x\n", n),
	} {
		err := refused(t, name, func() error { _, err := targets.Parse("f", []byte(text), around); return err })
		if err == nil || !strings.HasPrefix(err.Error(), "f:") || strings.Count(err.Error(), "\n") > 20 || len(err.Error()) > 4096 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

// TestAFileOfThousandsOfTargetsIsParsed has as many targets as a large organization.
func TestAFileOfThousandsOfTargetsIsParsed(t *testing.T) {
	const n = 8000
	var text strings.Builder
	text.WriteString("targets:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - name: account-%04d\n    provider: aliyunecs\n    regions: [cn-hangzhou]\n    credentials:\n"+
			"      assume_role: {arn: 'acs:ram::1234567890%06d:role/imagequery', base: prod}\n", i, i)
	}
	loaded, err := targets.Parse("f", []byte(text.String()), around)
	if len(loaded) != n || err != nil {
		t.Errorf("%d targets of %d bytes, error %.300v", len(loaded), text.Len(), err)
	}
}

// A secret in a wrong place is not shown.
func TestErrorsShowNoValues(t *testing.T) {
	isolate(t)
	const canary = "canarySecret0"
	var texts []string
	for _, format := range []string{
		"%s", "%s: a", "targets: %s", "targets: {%s: a}", "targets:\n  - %s", "targets:\n  - %s: a", "targets:\n  - name %s\n    provider: aliyunecs\n",
		"targets:\n  - {name: a, provider: %s, regions: [cn-hangzhou]}",
		"targets:\n  - {name: a, provider: aliyunecs, regions: %s}",
		"targets:\n  - {name: a, provider: aliyunecs, regions: [%s]}",
		"targets:\n  - {name: a, provider: aliyunens, regions: [cn-hangzhou, %s]}",
		"targets:\n  - {name: a, provider: aliyunecs, regions: [cn-hangzhou], %s: b}",
		"targets:\n  - {name: %[1]s, provider: aliyunecs, regions: [r]}\n  - {name: %[1]s, provider: aliyunecs, regions: [s]}",
		"targets:\n  - {name: a, provider: aliyunecs, regions: [r], account: %s}\n  - {name: b, provider: aliyunecs, regions: [s]}",
		good + "    endpoint: %s", good + "    endpoint: https://u:%s@example.com/", good + "    endpoint: ftp://%s/", good + "    endpoint: 'http://%s/'",
		good + "    endpoint: 'https://x/?%s'",
		good + "    allow_http: %s", good + "    account: ${%s}", good + "    account: ${%s", good + "    credentials: %s", good + "    credentials: [%s]",
		good + "    credentials: {access_key_id: %s}", good + "    credentials: {%s: a}", good + "    credentials: *%s", good + "    credentials: !%s a",
		good + "    credentials: {access_key_id: a, access_key_secret: '${%s}'}", good + "    credentials: {access_key_id: a, access_key_secret: \"%s}",
		good + "    credentials: {assume_role: %s}", good + "    credentials: {assume_role: {arn: %s}}", good + "    credentials: {assume_role: {%s: a}}",
		good + "    credentials: {profile: %s}", good + "    credentials: {assume_role: {arn: a, base: %s}}", good + "    credentials: {profile: %[1]s, instance_role: %[1]s}",
		good + "    credentials:\n      access_key_secret %s\n      access_key_id: a\n",
		qing + "    credentials: {profile: %s}", qing + "    credentials: {instance_role: %s}", good + "---\n%s: a", "%%YAML %s\n---\na",
	} {
		texts = append(texts, fmt.Sprintf(format, canary))
		if !strings.Contains(format, "aliyunecs, regions: [%s]}") { // in lower case it is a region
			texts = append(texts, fmt.Sprintf(format, strings.ToLower(canary)))
		}
	}
	for _, text := range texts {
		loaded, err := targets.Parse("f", []byte(text), around)
		if err == nil {
			err = targets.Authenticate(t.Context(), loaded)
		}
		if err == nil {
			t.Errorf("no error for\n%s", text)
			continue
		}
		if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(canary)) || !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%v\nfor\n%s", err, text)
		}
	}
}
