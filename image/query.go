package image

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Query says which images are wanted. Its fields are predicates that must all
// hold; inside a list one value is enough, but every tag must be there. A field
// that is left zero asks nothing, and the zero Query asks for every image in the
// scope of the providers that are asked.
//
// Texts compare exactly, except that NameContains ignores case and that
// Platforms and Archs may be in any usual spelling. A glob is for the whole name:
// * is any run of characters, ? is one, [a-z] is one of a class and [^a-z] one
// outside it, \ takes the next character as it is; "/" is a character as any
// other, and case counts.
//
// A Query is plain data: copy it, log it ([Query.String]), send it as JSON. The
// JSON form has the names of [Field], and limit, skip_unreported and native;
// reading refuses any other name.
type Query struct {
	IDs             []string          `json:"ids,omitempty"`
	Names           []string          `json:"names,omitempty"`
	NameGlobs       []string          `json:"name_globs,omitempty"`    // of the whole name, such as "web-[0-9]*"
	NameContains    []string          `json:"name_contains,omitempty"` // ignoring case
	Families        []string          `json:"families,omitempty"`
	Regions         []string          `json:"regions,omitempty"`
	Sources         []Source          `json:"sources,omitempty"` // unset: each provider's usual scope, or every source where IDs are set
	Owners          []string          `json:"owners,omitempty"`
	Visibilities    []Visibility      `json:"visibilities,omitempty"`
	Statuses        []Status          `json:"statuses,omitempty"`
	OSes            []OS              `json:"oses,omitempty"`
	Platforms       []string          `json:"platforms,omitempty"` // in any spelling that [ParsePlatform] reads
	Archs           []Arch            `json:"archs,omitempty"`     // in any spelling that [ParseArch] reads
	Tags            map[string]string `json:"tags,omitempty"`      // all of them; an empty value is an empty value
	SourceInstances []string          `json:"source_instances,omitempty"`
	SourceSnapshots []string          `json:"source_snapshots,omitempty"`
	ResourceGroups  []string          `json:"resource_groups,omitempty"`
	CreatedAfter    time.Time         `json:"created_after,omitzero"`  // inclusive
	CreatedBefore   time.Time         `json:"created_before,omitzero"` // exclusive

	// Limit is how many images are wanted at the most; 0 is all of them.
	Limit int `json:"limit,omitempty"`
	// SkipUnreported makes a provider that never reports a field of this query
	// answer with nothing, instead of refusing the query.
	SkipUnreported bool `json:"skip_unreported,omitempty"`
	// Native holds documented parameters of single providers, by provider name:
	// {"aliyunecs": {"InstanceType": "ecs.g7.large"}}. They narrow what that
	// provider is asked, in the provider's own words.
	Native map[string]map[string]string `json:"native,omitempty"`
}

// Field names one predicate of a [Query], as the query's JSON form does.
type Field string

// The predicates of a Query.
const (
	FieldIDs             Field = "ids"
	FieldNames           Field = "names"
	FieldNameGlobs       Field = "name_globs"
	FieldNameContains    Field = "name_contains"
	FieldFamilies        Field = "families"
	FieldRegions         Field = "regions"
	FieldSources         Field = "sources"
	FieldOwners          Field = "owners"
	FieldVisibilities    Field = "visibilities"
	FieldStatuses        Field = "statuses"
	FieldOSes            Field = "oses"
	FieldPlatforms       Field = "platforms"
	FieldArchs           Field = "archs"
	FieldTags            Field = "tags"
	FieldSourceInstances Field = "source_instances"
	FieldSourceSnapshots Field = "source_snapshots"
	FieldResourceGroups  Field = "resource_groups"
	FieldCreatedAfter    Field = "created_after"
	FieldCreatedBefore   Field = "created_before"
)

// AllFields returns every predicate, in the order of the Query.
func AllFields() []Field {
	var all []Field
	for _, p := range (Query{}).predicates() {
		all = append(all, p.field)
	}
	return all
}

// Fields returns the predicates that q sets, in the order of the Query.
func (q Query) Fields() []Field {
	var set []Field
	for _, p := range q.predicates() {
		if len(p.values) > 0 {
			set = append(set, p.field)
		}
	}
	return set
}

// Values returns the values of one predicate as text, in a new list: tags as
// "key=value" in the order of their keys, times in RFC 3339 and UTC. There are
// none if q does not set the field.
func (q Query) Values(f Field) []string {
	for _, p := range q.predicates() {
		if p.field == f {
			return slices.Clone(p.values)
		}
	}
	return nil
}

// String is the query on one line, in the order of its fields, such as
// "statuses=available,deprecated platforms=ubuntu limit=10"; of the zero Query,
// "every image". It is for people, and nothing reads it back.
func (q Query) String() string {
	var parts []string
	for _, p := range q.predicates() {
		if len(p.values) > 0 {
			parts = append(parts, string(p.field)+"="+joinQuoted(p.values))
		}
	}
	if q.Limit != 0 {
		parts = append(parts, "limit="+strconv.Itoa(q.Limit))
	}
	if q.SkipUnreported {
		parts = append(parts, "skip_unreported=true")
	}
	for _, provider := range slices.Sorted(maps.Keys(q.Native)) {
		for _, param := range slices.Sorted(maps.Keys(q.Native[provider])) {
			parts = append(parts, provider+"."+param+"="+joinQuoted([]string{q.Native[provider][param]}))
		}
	}
	if len(parts) == 0 {
		return "every image"
	}
	return strings.Join(parts, " ")
}

// UnmarshalJSON reads the JSON form, and refuses names that no Query has. As with
// any struct, a field that the text does not name stays as it is.
func (q *Query) UnmarshalJSON(data []byte) error {
	type plain Query
	p := plain(*q)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return err
	}
	*q = Query(p)
	return nil
}

// Normalized returns the query that asks the same in one spelling: Platforms and
// Archs in the neutral words, times in UTC, no value twice, empty lists and maps
// nil. It matches exactly what q matches, and shares no memory with q.
func (q Query) Normalized() Query {
	for _, list := range []*[]string{
		&q.IDs, &q.Names, &q.NameGlobs, &q.NameContains, &q.Families, &q.Regions, &q.Owners,
		&q.SourceInstances, &q.SourceSnapshots, &q.ResourceGroups,
	} {
		*list = unique(*list, asIs)
	}
	q.Sources = unique(q.Sources, asIs)
	q.Visibilities = unique(q.Visibilities, asIs)
	q.Statuses = unique(q.Statuses, asIs)
	q.OSes = unique(q.OSes, asIs)
	q.Platforms = unique(q.Platforms, ParsePlatform)
	q.Archs = unique(q.Archs, normalArch)
	q.Tags = cloned(q.Tags)
	q.CreatedAfter, q.CreatedBefore = q.CreatedAfter.UTC(), q.CreatedBefore.UTC()
	q.Native = cloned(q.Native)
	for provider, params := range q.Native {
		q.Native[provider] = cloned(params)
	}
	return q
}

func cloned[V any](m map[string]V) map[string]V {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

func asIs[E any](e E) E { return e }

func normalArch(a Arch) Arch {
	if known, ok := archs.find(string(a)); ok {
		return known
	}
	return a
}

func unique[E comparable](values []E, normal func(E) E) []E {
	var out []E
	for _, v := range values {
		if v = normal(v); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// predicate is one field of a query and its values as text.
type predicate struct {
	field  Field
	values []string
}

func (q Query) predicates() [19]predicate {
	return [...]predicate{
		{FieldIDs, q.IDs},
		{FieldNames, q.Names},
		{FieldNameGlobs, q.NameGlobs},
		{FieldNameContains, q.NameContains},
		{FieldFamilies, q.Families},
		{FieldRegions, q.Regions},
		{FieldSources, texts(q.Sources)},
		{FieldOwners, q.Owners},
		{FieldVisibilities, texts(q.Visibilities)},
		{FieldStatuses, texts(q.Statuses)},
		{FieldOSes, texts(q.OSes)},
		{FieldPlatforms, q.Platforms},
		{FieldArchs, texts(q.Archs)},
		{FieldTags, pairs(q.Tags)},
		{FieldSourceInstances, q.SourceInstances},
		{FieldSourceSnapshots, q.SourceSnapshots},
		{FieldResourceGroups, q.ResourceGroups},
		{FieldCreatedAfter, timeTexts(q.CreatedAfter)},
		{FieldCreatedBefore, timeTexts(q.CreatedBefore)},
	}
}

func pairs(tags map[string]string) []string {
	if len(tags) == 0 {
		return nil
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, key+"="+tags[key])
	}
	return out
}

func timeTexts(t time.Time) []string {
	if t.IsZero() {
		return nil
	}
	return []string{timeText(t)}
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func joinQuoted(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = v; v == "" || strings.ContainsAny(v, " ,\"") || strconv.Quote(v) != `"`+v+`"` {
			out[i] = strconv.Quote(v)
		}
	}
	return strings.Join(out, ",")
}
