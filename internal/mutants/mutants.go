// Package mutants makes tests out of JSON documents: it changes good ones a
// little, by chance, so that many are broken and many are merely unusual.
package mutants

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
)

// Each calls check with mutants of the documents: as many as usual, an eighth of them with go test
// -short, or as many as the environment variable MUTANTS says. The mutants are the same in every
// run. A check that panics fails the test, with the mutant.
func Each(t *testing.T, usual int, documents []string, check func(doc []byte)) {
	t.Helper()
	b := breeder{rand: rand.New(rand.NewPCG(1, 2)), words: words(documents)}
	for range count(t, usual) {
		doc := []byte(documents[b.rand.IntN(len(documents))])
		for range 1 + b.rand.IntN(3) {
			doc = b.mutate(doc)
		}
		guarded(t, doc, check)
	}
}

func count(t *testing.T, usual int) int {
	text := os.Getenv("MUTANTS")
	if text == "" {
		if testing.Short() {
			usual = max(usual/8, 1)
		}
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("MUTANTS=%q, want how many", text)
	}
	return n
}

func guarded(t *testing.T, doc []byte, check func([]byte)) {
	defer func() {
		if problem := recover(); problem != nil {
			t.Fatalf("%q: panic: %v\n%s", doc, problem, debug.Stack())
		}
	}()
	check(doc)
}

// A breeder draws changes.
type breeder struct {
	rand  *rand.Rand
	words []string // the tokens of all documents
}

// words returns the different tokens of the documents.
func words(documents []string) (all []string) {
	for _, doc := range documents {
		all = append(all, token.FindAllString(doc, -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// mutate makes one change: to a token, which often leaves a valid document, or to
// some bytes, which rarely does.
func (b *breeder) mutate(doc []byte) []byte {
	if len(doc) == 0 {
		return []byte("{")
	}
	i := b.rand.IntN(len(doc))
	j := i + b.rand.IntN(min(len(doc)-i, 40)+1)
	switch b.rand.IntN(12) {
	case 0:
		return splice(doc, i, j, "")
	case 1:
		return splice(doc, i, i, b.byte())
	case 2:
		return splice(doc, i, i+1, b.byte())
	case 3:
		k := b.rand.IntN(len(doc) + 1)
		return splice(doc, k, k, string(doc[i:j]))
	case 4:
		return doc[:i]
	}
	tokens := token.FindAllIndex(doc, -1)
	if len(tokens) == 0 {
		return doc
	}
	at := tokens[b.rand.IntN(len(tokens))]
	with := b.replacement()
	for isKey(doc[at[1]:]) && with[0] != '"' {
		with = b.replacement() // only a text leaves something to read
	}
	return splice(doc, at[0], at[1], with)
}

func splice(doc []byte, from, to int, with string) []byte {
	return []byte(string(doc[:from]) + with + string(doc[to:]))
}

// byte returns a byte that is special in JSON, or an invalid one.
func (b *breeder) byte() string {
	const some = "{}[]:,\"\\ \n\tutrfn0123-.eE\x00\x1f\x7f\x80\xc3\xff"
	i := b.rand.IntN(len(some))
	return some[i : i+1]
}

var values = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `40.0`, `1e3`, `1e400`, `99999999999999999999`, `01`, `""`, `"1"`, `" 7 "`, `"true"`, `[]`, `{}`, `[{}]`,
	`[null]`, `{"a":1}`, `[[1]]`, `"\ud83d\ude00"`, `"\ud83d"`, "\"\xff\xc3\"", "\"\x01\"", `"2017-02-29T00:00:00Z"`, `"2020-02-29T23:59:59.999Z"`,
	`"2017-12-08T12:10Z"`, `null,`, `"1",`, `,true`,
}

// replacement returns a token: often one of the documents' own, so that members
// change places, come twice and go missing.
func (b *breeder) replacement() string {
	word := b.words[b.rand.IntN(len(b.words))]
	switch b.rand.IntN(6) {
	case 0:
		return spelled(word)
	case 1, 2:
		return word
	default:
		return values[b.rand.IntN(len(values))]
	}
}

// spelled writes the first character of a text as an escape sequence.
func spelled(word string) string {
	if len(word) < 3 || word[0] != '"' || word[1] == '\\' || word[1] >= 0x80 {
		return word
	}
	return fmt.Sprintf(`"\u%04x%s`, word[1], word[2:])
}

// token matches the keys, scalars and empty values of a document, and similar parts of an
// invalid one.
var token = regexp.MustCompile(`"(?s:[^"\\]|\\.)*"|\[\]|\{\}|[a-z0-9+.E-]+`)

// isKey reports whether a token is a key; after is what follows it.
func isKey(after []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(after, " \n\r\t"), []byte(":")) }
