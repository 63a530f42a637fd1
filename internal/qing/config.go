package qing

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// ReadConfig returns the keys in a configuration file of the vendor's tools. An
// empty path means the usual file, and ~/ the home directory.
func ReadConfig(path string) (provider.Credentials, error) {
	path, err := inHome(path)
	if err != nil {
		return provider.Credentials{}, noKeys("there is no home directory")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return provider.Credentials{}, &provider.Error{Kind: provider.Unauthenticated, Message: "no configuration file", Err: err}
	}
	values, err := readFlat(string(text))
	if err != nil {
		return provider.Credentials{}, noKeys(path + ":" + err.Error())
	}
	c := values.keys("qy_access_key_id", "qy_secret_access_key")
	if c == (keys{}) {
		c = values.keys("access_key_id", "secret_access_key")
	}
	if c.id == "" || c.secret == "" {
		return provider.Credentials{}, noKeys(path + ": want qy_access_key_id and qy_secret_access_key, neither empty")
	}
	return provider.Credentials{AccessKeyID: provider.NewSecret(c.id), AccessKeySecret: provider.NewSecret(c.secret)}, nil
}

func noKeys(message string) error {
	return &provider.Error{Kind: provider.Unauthenticated, Message: message}
}

func inHome(path string) (string, error) {
	rest, inside := strings.CutPrefix(path, "~/")
	if path == "" {
		rest, inside = ".qingcloud/config.yaml", true
	}
	if !inside {
		return path, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, filepath.FromSlash(rest)), err
}

// flat holds the values of a file, as they are written.
type flat map[string]string

type keys struct{ id, secret string }

func (f flat) keys(id, secret string) keys { return keys{plain(f[id]), plain(f[secret])} }

var pair = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_-]*)[ \t]*:(?:[ \t]+(.*))?$`)

// readFlat reads that part of YAML which the vendor's files are written in: lines
// "key: value", without nesting. A line's text never gets into an error.
func readFlat(text string) (flat, error) {
	values := flat{}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimRight(line, " \t\r\n")
		if start := strings.TrimLeft(line, " \t"); start == "" || start[0] == '#' || line == "---" {
			continue
		}
		match := pair.FindStringSubmatch(line)
		if match == nil {
			return nil, fmt.Errorf("%d: want \"key: value\" at the start of a line", number)
		}
		if _, twice := values[match[1]]; twice {
			return nil, fmt.Errorf("%d: the key is here for the second time", number)
		}
		values[match[1]] = match[2]
	}
	return values, nil
}

var (
	single   = regexp.MustCompile(`^'((?:[^']|'')*)'(?:[ \t]+#.*)?$`)
	double   = regexp.MustCompile(`^"([^"\\]*)"(?:[ \t]+#.*)?$`)
	unquoted = regexp.MustCompile("^[^\\s'\"#&*!|>%@`{}\\[\\],~].*$")
	comment  = regexp.MustCompile(`(?:^|[ \t]+)#.*$`)
)

// plain is the text of a value, and empty for what is no text of one line.
func plain(value string) string {
	if match := single.FindStringSubmatch(value); match != nil {
		return strings.ReplaceAll(match[1], "''", "'")
	}
	if match := double.FindStringSubmatch(value); match != nil {
		return match[1]
	}
	return unquoted.FindString(comment.ReplaceAllString(value, ""))
}
