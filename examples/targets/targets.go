// Package targets loads the configuration file of imagesearch: the targets of a
// search and the credentials that each of them uses. Other programs can use the
// same file:
//
//	loaded, err := targets.Load("clouds.yaml", nil)
//	…
//	searchable, err := targets.Open(loaded)
//	…
//	for hit, err := range provider.Search(ctx, searchable, query, nil) {
//
// [Example] is a file with every key. [New] takes the same entries as Go values.
//
// The key endpoint_type (vpc or public) chooses among the documented endpoints, in
// place of endpoint. The key method (get or post) is for private clouds of QingCloud
// that take GET requests only; see [github.com/imagequery/imagequery/qingcloud.NewGET] for what their URLs then show.
//
// The key budget limits the requests of an account: per_second, with burst for those that
// may be sent at once, and in_flight. All entries of the account share the limits; it is
// an error if two of them have different ones. Without the key there are no limits.
//
// Every error names the file and the line, or the path in the entries, and what was expected. No message shows a
// value that could be a secret.
package targets

import (
	"cmp"
	"errors"
	"os"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

// Options configures what a file may refer to. The zero value and a nil pointer
// are good defaults. Credentials that a file leaves out are looked up in the
// environment and the home directory of the process, whatever LookupEnv is.
type Options struct {
	// LookupEnv returns the environment variable that ${NAME} in the file stands
	// for, and whether it is set. Nil means [os.LookupEnv].
	LookupEnv func(name string) (value string, ok bool)

	// Alibaba has the addresses of Alibaba Cloud's token and metadata services.
	// The zero value means the documented ones.
	Alibaba aliyuncreds.Services

	// QingCloudMetadata is the address of QingCloud's metadata service. Empty
	// means the documented one.
	QingCloudMetadata string
}

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.LookupEnv == nil {
		out.LookupEnv = os.LookupEnv
	}
	return out
}

// Target is one account at one provider in one region.
type Target struct {
	Name     string          // unique in a file: NAME/REGION, or NAME where there is no region
	Provider string          // name of the adapter, such as "aliyunecs"
	Account  string          // targets with the same account share a budget
	Config   provider.Config // may be changed before Open

	where    position
	open     func(provider.Config) (*provider.Client, error)
	identity *identity
	signed   position // of the credentials, or of the target that has none
}

// Open returns a target that can be searched. It sends nothing. It is an error
// if Config is not valid.
func (t Target) Open() (provider.Target, error) {
	client, err := t.open(t.Config)
	if err != nil {
		return provider.Target{}, t.where.problem("target %q: %s", t.Name, inYAMLWords(err))
	}
	return provider.Target{Name: t.Name, Account: t.Account, Client: client}, nil
}

// Open opens all targets. The error joins one for each target that cannot be
// opened; the other targets are returned all the same.
func Open(loaded []Target) ([]provider.Target, error) {
	var opened []provider.Target
	var errs []error
	for _, t := range loaded {
		target, err := t.Open()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		opened = append(opened, target)
	}
	return opened, errors.Join(errs...)
}

// Load reads a regular file of at most 4 MiB, enough for about 13,000 targets. The error joins one for each
// of the first 20 problems.
func Load(path string, options *Options) ([]Target, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data, options)
}

// Parse parses the text of a file, whose name is for messages. The error joins
// one for each of the first 20 problems.
func Parse(file string, data []byte, options *Options) ([]Target, error) {
	r := newReader(cmp.Or(file, "targets"), options)
	return r.read(r.document(data))
}

// read returns the targets of the root of a document.
func (r *reader) read(root *yaml.Node) ([]Target, error) {
	entries := r.entries(root)
	r.checkIdentities(entries)
	targets := r.targets(entries)
	if err := r.err(); err != nil {
		return nil, err
	}
	return targets, nil
}

// targets makes one target for each region of each entry.
func (r *reader) targets(entries []entry) []Target {
	budgets := r.budgets(entries)
	lines := map[string]int{}
	var targets []Target
	for _, e := range entries {
		for _, place := range e.places() {
			if r.full() {
				return nil
			}
			t := r.target(e, place)
			t.Config.Budget = budgets[e.accountKey()]
			r.probe(e, place, t.Config)
			if first, known := lines[t.Name]; known && e.name != "" {
				r.failf(place.line, "duplicate target name, the same as in %s: want every entry's name and region to be unique", r.other(first))
			} else {
				lines[t.Name] = place.line
			}
			targets = append(targets, t)
		}
	}
	return targets
}

// probe finds out whether region, endpoint and its type are good, whatever the
// credentials. It reports the line of the first of them that is not.
func (r *reader) probe(e entry, place located, c provider.Config) {
	if e.provider.New == nil || place.text == "" && !e.provider.Global || e.kind.text != "" && e.endpoint.text != "" {
		return
	}
	c.Credentials = provider.Static("probe", "probe", "")
	_, err := e.provider.New(c)
	if err == nil {
		return
	}
	bare := c
	bare.Endpoint, bare.EndpointType, bare.AllowHTTP = "", "", false
	line := place.line
	if _, without := e.provider.New(bare); without == nil {
		line = cmp.Or(e.endpoint.line, e.kind.line)
	} else {
		err = without
	}
	r.failf(line, "%s", hideValue(hideValue(inYAMLWords(err), place.text), c.Endpoint))
}
