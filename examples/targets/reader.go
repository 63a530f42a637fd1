package targets

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// reader turns YAML nodes into values and gathers what is wrong with them.
type reader struct {
	file       string
	options    Options
	identities map[form]*identity
	problems   []error
}

// located is a text and the line it stands in.
type located struct {
	text string
	line int
}

func (r *reader) failf(line int, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s:%d: %s", r.file, line, fmt.Sprintf(format, args...)))
}

func (r *reader) missing(line int, what, key string) {
	r.failf(line, "%s: missing key %q", what, key)
}

func (r *reader) err() error { return errors.Join(r.problems...) }

// document returns the root of the only document, or nil.
func (r *reader) document(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		r.syntax(err)
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		r.failf(1, "nothing is here: want the key \"targets\" with a list of targets")
		return nil
	}
	if len(file.Docs) > 1 {
		line := 1
		if start := file.Docs[1].Start; start != nil {
			line = start.Position.Line
		}
		r.failf(line, "a second document begins: want one")
	}
	return file.Docs[0].Body
}

var quoted = regexp.MustCompile(`"(\\.|[^"\\])*" ?`)

// syntax reports bad YAML without the text that is bad, which may be a secret.
func (r *reader) syntax(err error) {
	var known yaml.Error
	if !errors.As(err, &known) || known.GetToken() == nil {
		r.failf(1, "not YAML")
		return
	}
	r.failf(known.GetToken().Position.Line, "not YAML: %s", quoted.ReplaceAllString(known.GetMessage(), ""))
}

// mapping returns the values of a mapping by key, or nil.
func (r *reader) mapping(node ast.Node, what string, allowed ...string) map[string]ast.Node {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		r.failf(lineOf(node), "%s: want a mapping with %s", what, join(allowed))
		return nil
	}
	values := map[string]ast.Node{}
	for _, item := range m.Values {
		key := item.Key.GetToken().Value
		if !slices.Contains(allowed, key) {
			r.failf(lineOf(item.Key), "%s: unknown key%s: want %s", what, printable(key), either(allowed))
			continue
		}
		values[key] = item.Value
	}
	return values
}

// printable shows a key only if it looks like one: it may be a misplaced secret.
func printable(key string) string {
	if plainKey.MatchString(key) {
		return " " + strconv.Quote(key)
	}
	return ""
}

var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z_-]{0,24}$`)

// sequence returns the items of a list, which must not be empty.
func (r *reader) sequence(node ast.Node, what string) []ast.Node {
	list, ok := node.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		r.failf(lineOf(node), "%s: want a list with at least one item", what)
		return nil
	}
	return list.Values
}

func (r *reader) required(line int, keys map[string]ast.Node, what, key string) located {
	if keys[key] == nil {
		r.missing(line, what, key)
		return located{line: line}
	}
	return r.text(keys[key], key)
}

func (r *reader) optional(keys map[string]ast.Node, key string) located {
	if keys[key] == nil {
		return located{}
	}
	return r.text(keys[key], key)
}

func (r *reader) boolean(keys map[string]ast.Node, key string) bool {
	text := r.optional(keys, key)
	if text.text != "" && text.text != "true" && text.text != "false" {
		r.failf(text.line, "%s: want true or false", key)
	}
	return text.text == "true"
}

// text reads a value that is not empty, with its environment variables.
func (r *reader) text(node ast.Node, what string) located {
	at := located{line: lineOf(node)}
	raw, ok := scalarText(node)
	if !ok {
		r.failf(at.line, "%s: want a text", what)
		return at
	}
	at.text = r.expand(raw, at.line, what)
	return at
}

func scalarText(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return node.GetToken().Value, true
	}
	return "", false
}

var variable = regexp.MustCompile(`\$\{([^}]*)(\}?)`)

// expand replaces ${NAME} by the environment variable.
func (r *reader) expand(text string, line int, what string) string {
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
			r.failf(line, "%s: the environment variable %s is not set", what, name)
			failed = true
		}
		return value
	})
	if out == "" && !failed {
		r.failf(line, "%s: want a text that is not empty", what)
	}
	return out
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func lineOf(node ast.Node) int { return node.GetToken().Position.Line }

func join(words []string) string { return strings.Join(words, ", ") }
