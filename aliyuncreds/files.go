package aliyuncreds

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// openCLI reads the file of the vendor's command.
func openCLI() (book, error) {
	if isTrue("ALIBABA_CLOUD_CLI_PROFILE_DISABLED") {
		return book{}, absent("ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true")
	}
	path, data, err := readHome("", ".aliyun", "config.json")
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
	b := book{path: path, chosen: file.Current, profiles: map[string]profile{}}
	for _, p := range file.Profiles {
		b.profiles[p.Name] = p
	}
	return b, nil
}

// openShared reads the file of the vendor's SDKs.
func openShared() (book, error) {
	path, data, err := readHome(os.Getenv("ALIBABA_CLOUD_CREDENTIALS_FILE"), ".alibabacloud", "credentials")
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

// readHome reads a file, or one in the home directory where path is empty.
func readHome(path string, inHome ...string) (string, []byte, error) {
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", nil, absent("there is no home directory")
		}
		path = filepath.Join(append([]string{home}, inHome...)...)
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil, absent(path + " is not there")
	case err != nil:
		return path, nil, because(err, "a file of profiles cannot be read")
	}
	return path, data, nil
}

// section holds the keys of one section of an ini file.
type section map[string]provider.Secret

// readSections reads lines of the forms "[section]", "key = value", and comments
// that begin with # or ;. A line's text never gets into an error.
func readSections(text string) (map[string]section, error) {
	sections := map[string]section{}
	var open section
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		key, value, isPair := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[' && line[len(line)-1] == ']':
			open = section{}
			sections[strings.TrimSpace(line[1:len(line)-1])] = open
		case isPair && open != nil:
			open[strings.TrimSpace(key)] = provider.NewSecret(bare(value))
		default:
			return nil, fmt.Errorf("line %d: want a [section] or \"key = value\" inside one", number)
		}
	}
	return sections, nil
}

// bare is a value without quotes around it and without a comment after it.
func bare(value string) string {
	for _, comment := range []string{" #", " ;", "\t#", "\t;"} {
		value, _, _ = strings.Cut(value, comment)
	}
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	return value
}

// sharedProfile puts a section into the words of the CLI's file.
func sharedProfile(name string, keys section) profile {
	modes := map[string]string{"access_key": "AK", "sts": "StsToken", "ram_role_arn": "RamRoleArn", "ecs_ram_role": "EcsRamRole"}
	kind := keys["type"].Reveal()
	mode, known := modes[kind]
	if !known {
		mode = kind
	}
	return profile{
		Name:            name,
		Mode:            mode,
		AccessKeyID:     keys["access_key_id"],
		AccessKeySecret: keys["access_key_secret"],
		Token:           keys["security_token"],
		RoleName:        keys["role_name"].Reveal(),
		RoleARN:         keys["role_arn"].Reveal(),
		SessionName:     keys["role_session_name"].Reveal(),
		Policy:          keys["policy"].Reveal(),
	}
}
