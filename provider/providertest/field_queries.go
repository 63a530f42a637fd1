package providertest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/imagequery/imagequery/image"
)

// oneFieldQueries are queries with one predicate: n values of the world, more if values
// have special characters, several values at once, and values that no image has.
func oneFieldQueries(world []image.Image, f image.Field, n int) []image.Query {
	all := slices.Concat(presentValueQueries(world, f, n), absentValueQueries(world, f, n))
	return slices.DeleteFunc(all, func(q image.Query) bool { return len(q.Values(f)) == 0 })
}

func presentValueQueries(world []image.Image, f image.Field, n int) []image.Query {
	g := generator{rng: rand.New(rand.NewPCG(3, 3)), world: world}
	var out []image.Query
	var few, many, plain image.Query
	seen := map[string]bool{}
	for _, m := range world {
		var q image.Query
		if HasField(m, f) {
			g.add(&q, f, m)
		}
		text := strings.Join(q.Values(f), ",")
		if text == "" || seen[text] {
			continue
		}
		seen[text] = true
		if len(out) < n || len(out) < 2*n && !isPlain(text) {
			out = append(out, q)
		}
		if len(seen) <= 3 {
			g.add(&few, f, m)
		}
		if len(seen) <= 40 {
			g.add(&many, f, m)
		}
		if len(seen) <= 40 && isPlain(text) {
			g.add(&plain, f, m)
		}
	}
	return append(out, few, many, plain)
}

// isPlain reports whether a text has no sign that a server could take for more.
func isPlain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	})
}

// absentValueQueries are queries for values that few images have, and for values
// that only resemble those of images.
func absentValueQueries(world []image.Image, f image.Field, n int) []image.Query {
	switch f {
	case image.FieldTags:
		return tagQueries(world, 4*n)
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		return timeQueries(world[:min(n/2, len(world))], f)
	}
	var out []image.Query
	for _, values := range append(vocabulary(f), similarValues(world, f)...) {
		if q := textQuery(f, values...); q.Validate() == nil {
			out = append(out, q)
		}
	}
	return out
}

// vocabulary are all those of a vocabulary, each for itself: also those that the
// provider does not have.
func vocabulary(f image.Field) [][]string {
	all, known := map[image.Field][]string{
		image.FieldSources:      texts(image.Sources()),
		image.FieldVisibilities: texts(image.Visibilities()),
		image.FieldStatuses:     texts(image.Statuses()),
		image.FieldOSes:         texts(image.OSes()),
		image.FieldArchs:        append(texts(image.Archs()), "amd64", "AArch64", "x86"),
		image.FieldPlatforms:    {"RHEL", "Red Hat", "Windows Server 2016", "Alibaba Cloud Linux", "no-such-platform"},
	}[f]
	if !known {
		return nil
	}
	return append(slices.Collect(slices.Chunk(all, 1)), all)
}

func texts[E ~string](values []E) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// similarValues are texts near those of the world, and more of them than one request
// is likely to take.
func similarValues(world []image.Image, f image.Field) [][]string {
	g := generator{rng: rand.New(rand.NewPCG(4, 4)), world: world}
	var q image.Query
	g.add(&q, f, g.imageWith(f))
	g.add(&q, f, g.imageWith(f))
	here := q.Values(f)
	if len(here) == 0 || here[0] == "" { // no image has the field, which another check says
		return nil
	}
	many := make([]string, 0, 130)
	for i := range 125 {
		many = append(many, "no-such-"+string(rune('a'+i%26))+strings.Repeat("x", i/26))
	}
	return [][]string{
		{"no-such-value"},
		{strings.Join(here, ",")},
		{strings.ToUpper(here[0])},
		{strings.ToLower(here[0])},
		{here[0] + "*"},
		{here[0][:1]},
		{`no "such" [value]*\`},
		append([]string{"no-such-value"}, here...),
		append(many, here...),
	}
}

// tagQueries are queries for all tags of an image, for empty values and other values of n
// keys, and for tags that no image has.
func tagQueries(world []image.Image, n int) []image.Query {
	out := []image.Query{{Tags: map[string]string{"no-such-key": "x"}}}
	most := image.Image{}
	keys := map[string]bool{}
	for _, m := range world {
		if len(m.Tags) > len(most.Tags) {
			most = m
		}
		for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
			if keys[key] || len(keys) == n {
				continue
			}
			keys[key] = true
			out = append(out,
				image.Query{Tags: map[string]string{key: ""}},
				image.Query{Tags: map[string]string{key: strings.ToUpper(m.Tags[key])}},
				image.Query{Tags: map[string]string{key: m.Tags[key], "no-such-key": ""}})
		}
	}
	return append(out, image.Query{Tags: most.Tags})
}

// timeQueries put a bound next to the time of an image, and far away.
func timeQueries(world []image.Image, f image.Field) []image.Query {
	bounds := []time.Time{time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(1969, 7, 20, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}
	for _, m := range world {
		for _, shift := range []time.Duration{-time.Minute, -time.Second, -1, 0, 1, time.Second, 30 * time.Second, time.Minute} {
			if !m.Created.IsZero() {
				bounds = append(bounds, m.Created.Add(shift))
			}
		}
	}
	out := make([]image.Query, len(bounds))
	for i, at := range bounds {
		if f == image.FieldCreatedAfter {
			out[i].CreatedAfter = at
		} else {
			out[i].CreatedBefore = at
		}
	}
	return out
}

// twoFieldQueries are up to n queries with two predicates: of one image, of another, of
// several, and so on.
func twoFieldQueries(world []image.Image, f, g image.Field, n int) (out []image.Query) {
	gen := generator{rng: rand.New(rand.NewPCG(5, 5)), world: world}
	for i := range n {
		if q := gen.twoFieldQuery(f, g, []int{1, 1, 3}[i%3]); q.Validate() == nil {
			out = append(out, q)
		}
	}
	return out
}

func (g *generator) twoFieldQuery(first, second image.Field, several int) image.Query {
	base := g.imageWith(first)
	for range 20 {
		if HasField(base, second) {
			break
		}
		base = g.imageWith(first)
	}
	var q image.Query
	for i := range several {
		for _, f := range []image.Field{first, second} {
			m := base
			if i > 0 || !HasField(base, f) {
				m = g.imageWith(f)
			}
			if HasField(m, f) {
				g.add(&q, f, m)
			}
		}
	}
	return q
}
