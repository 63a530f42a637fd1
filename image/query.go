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

// Query selects images. An image must match every predicate that is set. It
// matches a list if it has one of the values, and Tags if it has all of them. A
// zero field is no predicate, so the zero Query selects every image in the scope
// of the providers that are searched.
//
// Texts compare exactly and case-sensitively, with these exceptions: NameContains
// ignores case; Platforms and Archs may have any usual spelling; Sources,
// Visibilities, Statuses and OSes may be in any case; OSVersions match versions that
// continue them after a dot. A glob must match the whole
// name: * matches any run of characters, ? one character, [a-z] one character of
// a class, [^a-z] one character outside it, and \ escapes the next character.
//
// A Query is plain data that can be copied, logged ([Query.String]) and encoded
// as JSON. The JSON form has the names of [Field] plus limit, skip_unreported and
// native. Decoding refuses any other name.
type Query struct {
	IDs             []string          `json:"ids,omitempty"`
	Names           []string          `json:"names,omitempty"`
	NameGlobs       []string          `json:"name_globs,omitempty"`    // of the whole name, such as "web-[0-9]*"
	NameContains    []string          `json:"name_contains,omitempty"` // ignoring case
	Families        []string          `json:"families,omitempty"`
	Regions         []string          `json:"regions,omitempty"`
	Sources         []Source          `json:"sources,omitempty"` // unset: each provider's default scope, or every source where IDs are set
	Owners          []string          `json:"owners,omitempty"`
	Visibilities    []Visibility      `json:"visibilities,omitempty"`
	Statuses        []Status          `json:"statuses,omitempty"`
	OSes            []OS              `json:"oses,omitempty"`
	Platforms       []string          `json:"platforms,omitempty"`   // in any spelling that [ParsePlatform] reads
	OSVersions      []string          `json:"os_versions,omitempty"` // equal, or a prefix that ends before a dot: "22" and "22.04" match "22.04.3"
	Archs           []Arch            `json:"archs,omitempty"`       // in any spelling that [ParseArch] reads
	Tags            map[string]string `json:"tags,omitempty"`        // all must be present; an empty value matches an empty value only
	SourceInstances []string          `json:"source_instances,omitempty"`
	SourceSnapshots []string          `json:"source_snapshots,omitempty"`
	ResourceGroups  []string          `json:"resource_groups,omitempty"`
	CreatedAfter    time.Time         `json:"created_after,omitzero"`  // inclusive
	CreatedBefore   time.Time         `json:"created_before,omitzero"` // exclusive

	// Limit is the largest number of images to return; 0 means no limit.
	Limit int `json:"limit,omitempty"`
	// SkipUnreported makes a provider whose API never reports a field of this
	// query return no images, instead of an Unsupported error.
	SkipUnreported bool `json:"skip_unreported,omitempty"`
	// Native holds documented parameters of single providers, by provider name:
	// {"aliyunecs": {"InstanceType": "ecs.g7.large"}}. They narrow the scope of
	// that provider.
	Native map[string]map[string]string `json:"native,omitempty"`
}

// Field names one predicate of a [Query], as the query's JSON form does.
type Field string

// The predicates of a [Query].
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
	FieldOSVersions      Field = "os_versions"
	FieldArchs           Field = "archs"
	FieldTags            Field = "tags"
	FieldSourceInstances Field = "source_instances"
	FieldSourceSnapshots Field = "source_snapshots"
	FieldResourceGroups  Field = "resource_groups"
	FieldCreatedAfter    Field = "created_after"
	FieldCreatedBefore   Field = "created_before"
)

// AllFields returns every predicate, in the order of [Query].
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

// Values returns the values of one predicate as a new list of texts: tags as
// "key=value" in the order of their keys, times in RFC 3339 and UTC. The list is
// nil if q does not set the field.
func (q Query) Values(f Field) []string {
	for _, p := range q.predicates() {
		if p.field == f {
			return slices.Clone(p.values)
		}
	}
	return nil
}

// String returns the query on one line in the order of its fields, such as
// "statuses=available,deprecated platforms=ubuntu limit=10", or "every image" for
// the zero Query. The text is for display; it cannot be parsed back.
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

// UnmarshalJSON decodes the JSON form. An unknown name is an error. As with any
// struct, fields that data does not name keep their values.
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

// Normalized returns an equivalent query in canonical form: neutral words, times
// in UTC, no duplicate values, nil instead of empty lists and maps. It matches
// exactly the images that q matches and shares no memory with q.
func (q Query) Normalized() Query {
	for _, list := range []*[]string{
		&q.IDs, &q.Names, &q.NameGlobs, &q.NameContains, &q.Families, &q.Regions, &q.Owners,
		&q.OSVersions, &q.SourceInstances, &q.SourceSnapshots, &q.ResourceGroups,
	} {
		*list = unique(*list, asIs)
	}
	q.Sources = unique(q.Sources, sources.neutral)
	q.Visibilities = unique(q.Visibilities, visibilities.neutral)
	q.Statuses = unique(q.Statuses, statuses.neutral)
	q.OSes = unique(q.OSes, oses.neutral)
	q.Platforms = unique(q.Platforms, ParsePlatform)
	q.Archs = unique(q.Archs, archs.neutral)
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

func (q Query) predicates() [20]predicate {
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
		{FieldOSVersions, q.OSVersions},
		{FieldArchs, texts(q.Archs)},
		{FieldTags, tagTexts(q.Tags)},
		{FieldSourceInstances, q.SourceInstances},
		{FieldSourceSnapshots, q.SourceSnapshots},
		{FieldResourceGroups, q.ResourceGroups},
		{FieldCreatedAfter, timeTexts(q.CreatedAfter)},
		{FieldCreatedBefore, timeTexts(q.CreatedBefore)},
	}
}

func tagTexts(tags map[string]string) []string {
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
