package targets

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader turns YAML nodes into values and collects the problems.
type reader struct {
	file       string  // empty: the values are entries, whose nodes have numbers of paths in place of lines
	paths      [][]any // of the entries' nodes, in the order of the numbers from 1
	options    Options
	identities map[form]*identity
	problems   []error
}

func newReader(file string, options *Options) *reader {
	return &reader{file: file, options: options.withDefaults(), identities: map[form]*identity{}}
}

// located is a text and its line.
type located struct {
	text string
	line int
}

func (r *reader) failf(line int, format string, args ...any) {
	if r.full() {
		return
	}
	r.problems = append(r.problems, r.at(line).problem(format, args...))
}

func (r *reader) missing(line int, what, key string) {
	r.failf(line, "%s: missing key %q", what, key)
}

// maxProblems bounds the problems that are reported at once.
const maxProblems = 20

func (r *reader) full() bool { return len(r.problems) >= maxProblems }

func (r *reader) err() error {
	return errors.Join(r.problems...)
}

// mapping returns the values of a mapping by key, or nil.
func (r *reader) mapping(node *yaml.Node, what string, allowed ...string) map[string]*yaml.Node {
	if node = resolved(node); node.Kind != yaml.MappingNode {
		r.failf(node.Line, "%s: want a mapping with %s", what, join(allowed))
		return nil
	}
	values, merged := map[string]*yaml.Node{}, []*yaml.Node(nil)
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case key.Tag == mergeTag:
			merged = append(merged, value)
		case !slices.Contains(allowed, key.Value):
			r.failf(key.Line, "%s: unknown key%s: want %s", what, suggestion(key.Value, allowed), either(allowed))
		case values[key.Value] != nil:
			r.failf(key.Line, "%s: the key %q is here a second time: want it once", what, key.Value)
		default:
			values[key.Value] = value
		}
	}
	for _, from := range merged {
		r.merge(values, from, what, allowed)
	}
	return values
}

// mergeTag is the tag of the key <<.
const mergeTag = "!!merge"

// merge adds the keys of another mapping that are not set yet.
func (r *reader) merge(values map[string]*yaml.Node, from *yaml.Node, what string, allowed []string) {
	from = resolved(from)
	if from.Kind == yaml.SequenceNode && len(from.Content) > 0 && from.Content[0].Kind == yaml.AliasNode {
		for _, one := range from.Content {
			r.mergeOne(values, resolved(one), what, allowed)
		}
		return
	}
	r.mergeOne(values, from, what, allowed)
}

func (r *reader) mergeOne(values map[string]*yaml.Node, from *yaml.Node, what string, allowed []string) {
	if from.Kind != yaml.MappingNode || slices.ContainsFunc(from.Content, func(n *yaml.Node) bool { return n.Tag == mergeTag }) {
		r.failf(from.Line, "%s: <<: want an alias, or a list of aliases, of a mapping that has no << itself", what)
		return
	}
	for i := 0; i < len(from.Content); i += 2 {
		key := from.Content[i].Value
		if slices.Contains(allowed, key) && values[key] == nil { // the others are refused where they are
			values[key] = from.Content[i+1]
		}
	}
}

// sequence returns the items of a list, which must not be empty.
func (r *reader) sequence(node *yaml.Node, what string) []*yaml.Node {
	node = resolved(node)
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		r.failf(node.Line, "%s: want a list with at least one item", what)
		return nil
	}
	return node.Content
}

// resolved returns the node that an alias stands for.
func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func (r *reader) required(line int, keys map[string]*yaml.Node, what, key string) located {
	if keys[key] == nil {
		r.missing(line, what, key)
		return located{line: line}
	}
	return r.text(keys[key], key)
}

func (r *reader) optional(keys map[string]*yaml.Node, key string) located {
	if keys[key] == nil {
		return located{}
	}
	return r.text(keys[key], key)
}

func (r *reader) boolean(keys map[string]*yaml.Node, key string) bool {
	return r.choice(keys, key, "true", "false").text == "true"
}

// choice returns one of the allowed words, or nothing where the key is left out.
func (r *reader) choice(keys map[string]*yaml.Node, key string, allowed ...string) located {
	text := r.optional(keys, key)
	if text.text != "" && !slices.Contains(allowed, text.text) {
		r.failf(text.line, "%s: want %s", key, either(allowed))
		return located{}
	}
	return text
}

// text returns a value that is not empty, with its environment variables expanded.
func (r *reader) text(node *yaml.Node, what string) located {
	node = resolved(node)
	at := located{line: node.Line}
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		r.failf(at.line, "%s: want a text", what)
		return at
	}
	at.text = r.expand(node.Value, at.line, what)
	return at
}

var variable = regexp.MustCompile(`\$\{([^}]*)(\}?)`)

// expand replaces ${NAME} in a file by the environment variable. No error shows NAME, where
// a secret may stand by mistake.
func (r *reader) expand(text string, line int, what string) string {
	if r.file == "" {
		return r.nonEmpty(text, line, what)
	}
	failed := false
	out := variable.ReplaceAllStringFunc(text, func(match string) string {
		parts := variable.FindStringSubmatch(match)
		name, closed := parts[1], parts[2] != ""
		if !closed || !variableName.MatchString(name) {
			r.failf(line, "%s: want ${NAME} with the name of an environment variable", what)
			failed = true
			return ""
		}
		value, ok := r.options.LookupEnv(name)
		if !ok {
			r.failf(line, "%s: the environment variable that ${…} names is not set: want one that is", what)
			failed = true
		}
		return value
	})
	if failed {
		return out
	}
	return r.nonEmpty(out, line, what)
}

func (r *reader) nonEmpty(text string, line int, what string) string {
	if text == "" {
		r.failf(line, "%s: want a text that is not empty", what)
	}
	return text
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func join(words []string) string { return strings.Join(words, ", ") }
