package providertest

import (
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/imagequery/imagequery/image"
)

// Queries yields n random queries for a world of images, the same for the same seed.
// Each query has a predicate on the next field of fields and up to three others. Most
// values are those of one image of the world, so that most queries match an image.
func Queries(seed uint64, n int, world []image.Image, fields []image.Field) iter.Seq[image.Query] {
	return func(yield func(image.Query) bool) {
		g := generator{rng: rand.New(rand.NewPCG(seed, seed)), world: world}
		for i := range n {
			if !yield(g.query(fields[i%len(fields)], fields)) {
				return
			}
		}
	}
}

type generator struct {
	rng   *rand.Rand
	world []image.Image
}

func (g *generator) query(lead image.Field, fields []image.Field) image.Query {
	base := g.imageWith(lead)
	chosen := []image.Field{lead}
	for range g.rng.IntN(4) {
		if f := fields[g.rng.IntN(len(fields))]; !slices.Contains(chosen, f) && (HasField(base, f) || g.oneIn(8)) {
			chosen = append(chosen, f)
		}
	}
	var q image.Query
	for _, f := range chosen {
		g.set(&q, f, base)
	}
	if !q.CreatedAfter.IsZero() && !q.CreatedBefore.IsZero() && !q.CreatedAfter.Before(q.CreatedBefore) {
		q.CreatedBefore = q.CreatedAfter.Add(time.Hour)
	}
	return q
}

// imageWith picks an image that has a value for the field, if there is one.
func (g *generator) imageWith(f image.Field) image.Image {
	for range 200 {
		if m := g.pick(); HasField(m, f) {
			return m
		}
	}
	return g.pick()
}

func (g *generator) pick() image.Image { return g.world[g.rng.IntN(len(g.world))] }

func (g *generator) oneIn(n int) bool { return g.rng.IntN(n) == 0 }

// set gives a field a value of the base image, and sometimes values of others; one
// time in twelve only those of others.
func (g *generator) set(q *image.Query, f image.Field, base image.Image) {
	from := []image.Image{base}
	if g.oneIn(12) {
		from[0] = g.imageWith(f)
	}
	for g.oneIn(3) {
		from = append(from, g.imageWith(f))
	}
	for _, m := range from {
		if HasField(m, f) {
			g.add(q, f, m)
		}
	}
}

// add adds a value of an image that has the field.
func (g *generator) add(q *image.Query, f image.Field, m image.Image) {
	switch f {
	case image.FieldNameGlobs:
		q.NameGlobs = append(q.NameGlobs, g.glob(m.Name))
	case image.FieldNameContains:
		q.NameContains = append(q.NameContains, g.part(m.Name))
	case image.FieldPlatforms, image.FieldArchs:
		addTexts(q, f, g.respelled(textOf[f](m)))
	case image.FieldOSVersions:
		q.OSVersions = append(q.OSVersions, g.versionPrefix(m.OSVersion))
	case image.FieldTags:
		g.addTags(q, m)
	case image.FieldSourceSnapshots:
		q.SourceSnapshots = append(q.SourceSnapshots, m.SourceSnapshots[g.rng.IntN(len(m.SourceSnapshots))])
	case image.FieldCreatedAfter:
		q.CreatedAfter = m.Created.Add(-g.span())
	case image.FieldCreatedBefore:
		q.CreatedBefore = m.Created.Add(g.span() + time.Nanosecond)
	default:
		addTexts(q, f, textOf[f](m))
	}
}

// textQuery has one predicate, which is a list of texts or words.
func textQuery(f image.Field, values ...string) (q image.Query) {
	addTexts(&q, f, values...)
	return q
}

// addTexts adds values to a predicate that is a list of texts or words. The fields of
// a Query are in the order of AllFields.
func addTexts(q *image.Query, f image.Field, values ...string) {
	list := reflect.ValueOf(q).Elem().Field(slices.Index(image.AllFields(), f))
	for _, v := range values {
		list.Set(reflect.Append(list, reflect.ValueOf(v).Convert(list.Type().Elem())))
	}
}

// span returns a period: often zero, often less than a minute, and sometimes long.
func (g *generator) span() time.Duration {
	longest := []time.Duration{1, time.Second, time.Minute, 1000 * time.Hour}
	return time.Duration(g.rng.Int64N(int64(longest[g.rng.IntN(len(longest))])))
}

func (g *generator) addTags(q *image.Query, m image.Image) {
	if q.Tags == nil {
		q.Tags = map[string]string{}
	}
	keys := slices.Sorted(maps.Keys(m.Tags))
	g.rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for _, key := range keys[:1+g.rng.IntN(min(3, len(keys)))] {
		q.Tags[key] = m.Tags[key]
	}
}

// respelled is a word, or another spelling that means the same.
func (g *generator) respelled(word string) string {
	other, ok := map[string]string{
		"redhat": "RHEL", "aliyun": "Alibaba Cloud Linux", "windows": "Windows Server 2016", "ubuntu": "Ubuntu",
		"x86_64": "amd64", "i386": "x86", "arm64": "AArch64",
	}[word]
	if ok && g.oneIn(3) {
		return other
	}
	return word
}

// versionPrefix is a version, or one that it continues after a dot.
func (g *generator) versionPrefix(version string) string {
	if major, _, found := strings.Cut(version, "."); found && g.oneIn(3) {
		return major
	}
	return version
}

// part is a piece of a name, in any case.
func (g *generator) part(name string) string {
	runes := []rune(name)
	from := g.rng.IntN(len(runes))
	runes = runes[from : from+1+g.rng.IntN(len(runes)-from)]
	for i, r := range runes {
		if g.oneIn(2) {
			runes[i] = unicode.ToUpper(r)
		}
	}
	if text := string(runes); strings.TrimSpace(text) != "" {
		return text
	}
	return name
}

// glob is a pattern that the name fits.
func (g *generator) glob(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i := 0; i < len(runes); i++ {
		switch g.rng.IntN(8) {
		case 0:
			b.WriteByte('?')
		case 1:
			b.WriteByte('*')
			i += g.rng.IntN(len(runes) - i)
		case 2:
			b.WriteString("[" + escaped(runes[i]) + "]")
		default:
			b.WriteString(escaped(runes[i]))
		}
	}
	return b.String()
}

func escaped(r rune) string {
	if strings.ContainsRune(`*?[]\-^`, r) {
		return `\` + string(r)
	}
	return string(r)
}

// HasField reports whether an image has a value that a predicate on the field can match.
func HasField(m image.Image, f image.Field) bool {
	switch f {
	case image.FieldNames, image.FieldNameGlobs, image.FieldNameContains:
		return strings.TrimSpace(m.Name) != ""
	case image.FieldTags:
		return len(m.Tags) > 0
	case image.FieldSourceSnapshots:
		return len(m.SourceSnapshots) > 0
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		return !m.Created.IsZero()
	default:
		text, known := textOf[f]
		return known && text(m) != ""
	}
}

// textOf has the value that a predicate compares, for those that compare one text or word.
var textOf = map[image.Field]func(image.Image) string{
	image.FieldIDs:             func(m image.Image) string { return m.ID },
	image.FieldNames:           func(m image.Image) string { return m.Name },
	image.FieldFamilies:        func(m image.Image) string { return m.Family },
	image.FieldRegions:         func(m image.Image) string { return m.Region },
	image.FieldSources:         func(m image.Image) string { return string(m.Source) },
	image.FieldOwners:          func(m image.Image) string { return m.Owner },
	image.FieldVisibilities:    func(m image.Image) string { return string(m.Visibility) },
	image.FieldStatuses:        func(m image.Image) string { return string(m.Status) },
	image.FieldOSes:            func(m image.Image) string { return string(m.OS) },
	image.FieldPlatforms:       func(m image.Image) string { return m.Platform },
	image.FieldOSVersions:      func(m image.Image) string { return m.OSVersion },
	image.FieldArchs:           func(m image.Image) string { return string(m.Arch) },
	image.FieldSourceInstances: func(m image.Image) string { return m.SourceInstance },
	image.FieldResourceGroups:  func(m image.Image) string { return m.ResourceGroup },
}
