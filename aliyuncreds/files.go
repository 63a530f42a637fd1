package aliyuncreds

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// openCLI reads the file of the vendor's command. Of two profiles with one name it
// takes the first, as the command does.
func openCLI() (book, error) {
	disabled, variable, err := environ.Switch("ALIBABA_CLOUD_CLI_PROFILE_DISABLED")
	switch {
	case err != nil:
		return book{}, err
	case disabled:
		return book{}, absent(variable + " is true")
	}
	path, data, err := readNamed("ALICLOUD_SHARED_CREDENTIALS_FILE", ".aliyun", "config.json")
	if err != nil {
		return book{}, err
	}
	var file struct {
		Current  string
		Profiles []profile
	}
	if err := decode(data, &file); err != nil {
		return book{}, unauthenticated(path + " is not the JSON that the vendor's command writes")
	}
	const usual = "default"
	b := book{path: path, chosen: cmp.Or(file.Current, usual), profiles: map[string]profile{}}
	b.explicit = b.chosen != usual
	for _, p := range slices.Backward(file.Profiles) {
		b.profiles[p.Name] = p
	}
	return b, nil
}

// openShared reads the file of the vendor's SDKs.
func openShared() (book, error) {
	path, data, err := readNamed("ALIBABA_CLOUD_CREDENTIALS_FILE", ".alibabacloud", "credentials")
	if err != nil {
		return book{}, err
	}
	b := book{path: path, chosen: "default", profiles: map[string]profile{}}
	sections, err := readSections(string(data))
	if err != nil {
		return b, unauthenticated(path + ": " + err.Error())
	}
	for name, keys := range sections {
		b.profiles[name] = sharedProfile(name, keys)
	}
	return b, nil
}

// readNamed reads the file that a variable names, which must exist, or else one in
// the home directory.
func readNamed(variable string, inHome ...string) (string, []byte, error) {
	named := os.Getenv(variable)
	path, data, err := readHome(named, inHome...)
	if err != nil && named != "" {
		err = unauthenticated(variable + ": " + err.Error())
	}
	return path, data, err
}

// readHome reads a file, or one in the home directory if path is empty.
func readHome(path string, inHome ...string) (string, []byte, error) {
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", nil, absent("there is no home directory")
		}
		path = filepath.Join(append([]string{home}, inHome...)...)
	}
	data, err := environ.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, absent(path + " does not exist")
	case err != nil:
		return path, nil, because(err, "a file of profiles cannot be read")
	}
	return path, data, nil
}

// section holds the keys of one section of an ini file.
type section map[string]provider.Secret

// readSections reads lines of the forms "[section]" and "key = value". A comment
// begins with # or ; at the start of a line or after white space. Errors never
// show the text of a line.
func readSections(text string) (map[string]section, error) {
	sections := map[string]section{}
	var open section
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if name, isSection := sectionName(line); isSection {
			if sections[name] != nil {
				return nil, fmt.Errorf("line %d: the section is there for the second time", number)
			}
			open = section{}
			sections[name] = open
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at < 0 || open == nil {
			return nil, fmt.Errorf("line %d: want a [section] or \"key = value\" inside one", number)
		}
		key := strings.ToLower(strings.TrimSpace(line[:at]))
		if _, twice := open[key]; twice {
			return nil, fmt.Errorf("line %d: the key is there for the second time", number)
		}
		open[key] = provider.NewSecret(bare(line[at+1:]))
	}
	return sections, nil
}

func sectionName(line string) (name string, isSection bool) {
	line = withoutComment(line)
	if line[0] != '[' || line[len(line)-1] != ']' {
		return "", false
	}
	return strings.TrimSpace(line[1 : len(line)-1]), true
}

// bare returns a value without quotes around it and without a comment after it.
func bare(value string) string {
	value = withoutComment(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	return value
}

func withoutComment(text string) string {
	for _, comment := range []string{" #", " ;", "\t#", "\t;"} {
		text, _, _ = strings.Cut(text, comment)
	}
	return strings.TrimSpace(text)
}
