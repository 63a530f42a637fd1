package targets

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/examples/internal/files"
)

// The bounds of a file. A file of 8,000 targets that assume roles has 1.4 MB and
// 180,000 separators. Parsing takes a few microseconds for each separator, so that
// the bounds keep a hostile file below a second. The parser bounds the nesting.
const (
	maxSize       = 4 << 20
	maxSeparators = 300_000
)

func readFile(path string) ([]byte, error) {
	data, err := files.ReadRegular(path, maxSize)
	var large *files.TooLargeError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge(path)
	case err != nil:
		return nil, fmt.Errorf("configuration: %w: want a readable YAML file", err)
	}
	return data, nil
}

func tooLarge(file string) error {
	return fmt.Errorf("%s:1: the file is too large: want at most %d bytes", file, maxSize)
}

// document returns the root of the only document, or nil.
func (r *reader) document(data []byte) *yaml.Node {
	if len(data) > maxSize {
		r.problems = append(r.problems, tooLarge(r.file))
		return nil
	}
	if separators(data) > maxSeparators {
		r.failf(1, "the file has too many lines and items: want at most %d line breaks, colons, commas and brackets; split it", maxSeparators)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // editors put a byte order mark there
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0:
		r.failf(1, "nothing is here: want the key \"targets\" with a list of targets")
		return nil
	case err != nil:
		r.syntax(err, data)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.failf(second.Line, "a second document begins: want one")
	case !errors.Is(err, io.EOF):
		r.syntax(err, data)
	}
	return first.Content[0]
}

// separators counts the characters that can begin a value.
func separators(data []byte) int {
	n := 0
	for _, c := range data {
		switch c {
		case '\n', ':', ',', '[', '{':
			n++
		}
	}
	return n
}

var (
	syntaxError   = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	bareVariable  = regexp.MustCompile(`[{,].*:\s*\$\{`) // a mapping in braces, and ${NAME} without quotes
)

// syntax reports bad YAML without the text that is bad, which may be a secret.
func (r *reader) syntax(err error, data []byte) {
	parts := syntaxError.FindStringSubmatch(err.Error())
	if parts == nil {
		r.failf(1, "not YAML")
		return
	}
	line, _ := strconv.Atoi(parts[1])
	message := parts[2]
	if anchor := unknownAnchor.FindStringSubmatch(message); anchor != nil {
		before, _, _ := bytes.Cut(data, []byte("*"+anchor[1]))
		r.failf(1+bytes.Count(before, []byte("\n")), "an alias stands here for no anchor: want one that is defined before it")
		return
	}
	if strings.HasPrefix(message, "did not find expected") {
		line++ // the parser counts from 0, the scanner from 1
	}
	// A line that was only begun at the end of the text is not there for people.
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	line = min(max(line, 1), len(lines))
	if bareVariable.MatchString(lines[line-1]) {
		message += `; inside { } write a variable in quotes: "${NAME}"`
	}
	r.failf(line, "not YAML: %s", message)
}
