package qing

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// ReadConfig returns the account in a configuration file of the vendor's tools. An
// empty path means the usual file, and ~/ the home directory.
func ReadConfig(path string) (Account, error) {
	path, err := inHome(path)
	if err != nil {
		return Account{}, noKeys("there is no home directory")
	}
	text, err := environ.ReadFile(path)
	if err != nil {
		return Account{}, &provider.Error{Kind: provider.Unauthenticated, Message: "no configuration file", Err: err}
	}
	values, err := readFlat(string(text))
	if err != nil {
		return Account{}, noKeys(path + ":" + err.Error())
	}
	account, err := values.account()
	if err != nil {
		return Account{}, &provider.Error{Kind: provider.Unauthenticated, Message: path, Err: err}
	}
	return account, nil
}

func (f flat) account() (Account, error) {
	k := f.keys("qy_access_key_id", "qy_secret_access_key")
	if k == (keys{}) {
		k = f.keys("access_key_id", "secret_access_key")
	}
	if k.id == "" || k.secret == "" {
		return Account{}, noKeys("want qy_access_key_id and qy_secret_access_key, neither empty")
	}
	account := Account{Credentials: provider.Credentials{AccessKeyID: provider.NewSecret(k.id), AccessKeySecret: provider.NewSecret(k.secret)}}
	if err := account.Credentials.Validate(); err != nil {
		return account, err
	}
	for _, key := range []string{"host", "port", "protocol", "uri", "zone"} {
		if f[key] != "" && plain(f[key]) == "" {
			return account, noKeys("want a plain text as " + key)
		}
	}
	account.Zone = plain(f["zone"])
	address, err := f.endpoint()
	account.Credentials.Endpoint = address
	return account, err
}

// endpoint returns the address of the cloud that the keys belong to, with the defaults
// of the vendor's tools. It is empty if the file names no cloud.
func (f flat) endpoint() (string, error) {
	host, port, protocol, uri := plain(f["host"]), plain(f["port"]), plain(f["protocol"]), plain(f["uri"])
	if host+port+protocol+uri == "" {
		return "", nil
	}
	u := url.URL{
		Scheme: strings.ToLower(cmp.Or(protocol, "https")),
		Host:   cmp.Or(host, "api.qingcloud.com"),
		Path:   "/" + strings.TrimPrefix(cmp.Or(uri, "/iaas/"), "/"),
	}
	number, err := strconv.Atoi(cmp.Or(port, "443"))
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return "", noKeys(fmt.Sprintf("protocol is %q: want http or https", protocol))
	case !hostPattern.MatchString(u.Host):
		return "", noKeys(fmt.Sprintf("host is %q: want only the name of a host; the keys protocol, port and uri have the rest of an address", host))
	case err != nil || number < 1 || number > 65535:
		return "", noKeys(fmt.Sprintf("port is %q: want a number from 1 to 65535", port))
	case strings.ContainsAny(uri, "?#"):
		return "", noKeys(fmt.Sprintf("uri is %q: want a path such as /iaas", uri))
	}
	if isUsualPort := u.Scheme == "https" && number == 443 || u.Scheme == "http" && number == 80; !isUsualPort {
		u.Host += ":" + strconv.Itoa(number)
	}
	return u.String(), nil
}

var hostPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

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

// plain returns the text of a value. It is empty for a value that is not a text of one
// line.
func plain(value string) string {
	if match := single.FindStringSubmatch(value); match != nil {
		return strings.ReplaceAll(match[1], "''", "'")
	}
	if match := double.FindStringSubmatch(value); match != nil {
		return match[1]
	}
	return unquoted.FindString(comment.ReplaceAllString(value, ""))
}
