// Package config reads the configuration file of imagesearch: which targets there
// are, and whose credentials they use.
//
// Every problem is reported with file, line and what was expected. No message
// shows a value that could be a secret.
package config

import (
	"bytes"
	"fmt"
	"os"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

// Lookup returns an environment variable, and whether it is set. [os.LookupEnv]
// is one.
type Lookup func(name string) (value string, ok bool)

// Surroundings is what a file may refer to. The credentials that the vendors' own
// tools would use are looked for in the environment and the home directory of the
// process, whatever Env is.
type Surroundings struct {
	Env               Lookup               // for ${NAME} in the file
	Alibaba           aliyuncreds.Services // the zero value is what is documented
	QingCloudMetadata string               // address of the metadata service; empty: the documented one
}

// Target is one account at one provider in one region.
type Target struct {
	Name     string
	Provider string
	Config   provider.Config // may be changed before Open

	where    string // file and line
	open     func(provider.Config) (*provider.Client, error)
	identity *identity
	signed   string // file and line of the credentials, or of the target that has none
}

// Open makes the target's client. Nothing is sent.
func (t Target) Open() (*provider.Client, error) {
	client, err := t.open(t.Config)
	if err != nil {
		return nil, fmt.Errorf("%s: target %q: %s", t.where, t.Name, inYAMLWords(err))
	}
	return client, nil
}

// Load reads a file. The error joins one for each problem.
func Load(path string, around Surroundings) ([]Target, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w; want a readable YAML file", err)
	}
	return Parse(path, bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), around) // editors put a byte order mark there
}

// Parse reads the text of a file. The error joins one for each problem.
func Parse(file string, data []byte, around Surroundings) ([]Target, error) {
	r := &reader{file: file, around: around, identities: map[form]*identity{}}
	entries := r.entries(r.document(data))
	r.checkIdentities(entries)
	targets := r.targets(entries)
	if err := r.err(); err != nil {
		return nil, err
	}
	return targets, nil
}

// targets makes one target for each region of each entry.
func (r *reader) targets(entries []entry) []Target {
	budgets := map[[2]string]*provider.Budget{}
	names := map[string]bool{}
	var targets []Target
	for _, e := range entries {
		key := [2]string{e.provider.Vendor, e.account}
		if budgets[key] == nil {
			budgets[key] = &provider.Budget{}
		}
		for _, place := range e.places() {
			t := e.target(r.file, place)
			t.Config.Budget = budgets[key]
			r.probe(e, place, t.Config)
			if names[t.Name] {
				r.failf(place.line, "duplicate target name %q: want every entry's name and region to be unique", t.Name)
			}
			names[t.Name] = true
			targets = append(targets, t)
		}
	}
	return targets
}

// probe finds out whether region and endpoint are good, whatever the credentials.
func (r *reader) probe(e entry, place located, c provider.Config) {
	if e.provider.New == nil || place.text == "" && !e.provider.Global {
		return
	}
	c.Credentials = provider.Static("probe", "probe", "")
	if _, err := e.provider.New(c); err == nil {
		return
	}
	c.Endpoint, c.AllowHTTP = "", false
	if _, err := e.provider.New(c); err != nil {
		r.failf(place.line, "%s", inYAMLWords(err))
		return
	}
	c.Endpoint, c.AllowHTTP = e.endpoint.text, e.allowHTTP
	_, err := e.provider.New(c)
	r.failf(e.endpoint.line, "%s", inYAMLWords(err))
}
