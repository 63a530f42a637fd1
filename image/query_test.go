package image_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/imagequery/imagequery/image"
)

func TestAllFieldsFollowsTheOrderOfQuery(t *testing.T) {
	want := []image.Field{
		"ids", "names", "name_globs", "name_contains", "families", "regions", "sources", "owners", "visibilities",
		"statuses", "oses", "platforms", "os_versions", "archs", "tags", "source_instances", "source_snapshots", "resource_groups",
		"created_after", "created_before",
	}
	check(t, "all fields", want, image.AllFields())
	image.AllFields()[0] = "changed"
	check(t, "all fields after a caller changed its copy", want, image.AllFields())
}

func TestFieldsReturnsPredicatesThatAreSet(t *testing.T) {
	for name, tt := range map[string]struct {
		query image.Query
		want  []image.Field
	}{
		"zero":          {image.Query{}, nil},
		"no predicates": {image.Query{Limit: 1, SkipUnreported: true, Native: fullQuery().Native}, nil},
		"empty lists":   {image.Query{IDs: []string{}, Archs: []image.Arch{}, Tags: map[string]string{}}, nil},
		"in query order": {
			image.Query{CreatedBefore: created, Tags: map[string]string{"k": ""}, IDs: []string{"m"}},
			[]image.Field{image.FieldIDs, image.FieldTags, image.FieldCreatedBefore},
		},
		"full": {fullQuery(), image.AllFields()},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "fields", tt.want, tt.query.Fields(), cmpopts.EquateEmpty())
		})
	}
}

func TestValuesReturnsTexts(t *testing.T) {
	query := fullQuery()
	for field, want := range map[image.Field][]string{
		image.FieldIDs:          {"m-0", "m-1"},
		image.FieldStatuses:     {"deprecated", "available"},
		image.FieldArchs:        {"aarch64", "AMD64"},
		image.FieldTags:         {"empty=", "env=prod"},
		image.FieldCreatedAfter: {"2024-05-06T07:08:09Z"},
		"bogus":                 nil,
		"limit":                 nil,
	} {
		check(t, "values of "+string(field), want, query.Values(field))
	}
	for _, field := range image.AllFields() {
		check(t, "values of the zero query", 0, len(image.Query{}.Values(field)))
		query.Values(field)[0] = "changed"
	}
	check(t, "query after a caller changed the values", fullQuery(), query)
}

func TestQueryStringIsOneLine(t *testing.T) {
	for name, tt := range map[string]struct {
		query image.Query
		want  string
	}{
		"zero":        {image.Query{}, "every image"},
		"empty lists": {image.Query{IDs: []string{}, Native: map[string]map[string]string{"aliyunecs": {}}}, "every image"},
		"limit":       {image.Query{Limit: 10}, "limit=10"},
		"query order": {
			image.Query{Limit: 10, Platforms: []string{"ubuntu"}, Statuses: []image.Status{"available", "deprecated"}},
			"statuses=available,deprecated platforms=ubuntu limit=10",
		},
		"quotes where needed": {
			image.Query{Names: []string{"a b", "c,d", `e"f`, "", "g\nh", `i\j`, "\xff", "世界", "k=l"}},
			`names="a b","c,d","e\"f","","g\nh","i\\j","\xff",世界,k=l`,
		},
		"tags by key": {image.Query{Tags: map[string]string{"b": "", "a": "1", "c": "x y"}}, `tags=a=1,b=,"c=x y"`},
		"times in UTC": {
			image.Query{CreatedAfter: created.In(time.FixedZone("", 8*3600)), CreatedBefore: statusChanged},
			"created_after=2024-05-06T07:08:09Z created_before=2024-05-07T00:00:00.5Z",
		},
		"native by key": {
			image.Query{SkipUnreported: true, Native: map[string]map[string]string{
				"qingcloud": {"verbose": "1", "search_word": "a b"}, "aliyunecs": {"Usage": "instance"},
			}},
			`skip_unreported=true aliyunecs.Usage=instance qingcloud.search_word="a b" qingcloud.verbose=1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "String", tt.want, tt.query.String())
			check(t, "%v", tt.want, fmt.Sprintf("%v", tt.query))
		})
	}
}

const fullQueryJSON = `{
  "ids": ["m-0", "m-1"],
  "names": ["db", "web-2024"],
  "name_globs": ["db-*", "web-[0-9]*"],
  "name_contains": ["DB", "WEB"],
  "families": ["db", "web"],
  "regions": ["cn-beijing", "cn-hangzhou"],
  "sources": ["system", "self"],
  "owners": ["99", "1234"],
  "visibilities": ["public", "private"],
  "statuses": ["deprecated", "available"],
  "oses": ["windows", "linux"],
  "platforms": ["RHEL", "Ubuntu Server"],
  "os_versions": ["20.04", "22"],
  "archs": ["arm64", "x86_64"],
  "tags": {"empty": "", "env": "prod"},
  "source_instances": ["i-0", "i-1"],
  "source_snapshots": ["s-0", "s-2"],
  "resource_groups": ["rg-0", "rg-1"],
  "created_after": "2024-05-06T07:08:09Z",
  "created_before": "2024-05-06T07:08:10Z",
  "limit": 10,
  "skip_unreported": true,
  "native": {"aliyunecs": {"InstanceType": "ecs.g7.large"}}
}`

func TestQueryJSONReadsBack(t *testing.T) {
	full := fullQuery()
	full.Archs = []image.Arch{image.ArchARM64, image.ArchX86_64}
	for name, tt := range map[string]struct {
		query image.Query
		want  string
	}{
		"zero": {image.Query{}, `{}`},
		"full": {full, compact(t, fullQueryJSON)},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "JSON", tt.want, string(data))
			var back image.Query
			if err := json.Unmarshal(data, &back); err != nil {
				t.Fatal(err)
			}
			check(t, "read back", tt.query, back)
		})
	}
}

func TestQueryJSONReadsAnySpelling(t *testing.T) {
	var got image.Query
	if err := json.Unmarshal([]byte(`{"statuses": ["Available"], "archs": ["AMD64"], "created_after": "2024-05-06T15:08:09+08:00"}`), &got); err != nil {
		t.Fatal(err)
	}
	want := image.Query{
		Statuses: []image.Status{image.StatusAvailable}, Archs: []image.Arch{image.ArchX86_64}, CreatedAfter: created,
	}
	check(t, "query", want, got)
}

func TestQueryJSONRefusesBadValues(t *testing.T) {
	for text, want := range map[string]string{
		`{"nmaes": ["web"]}`:           "nmaes",
		`{"ids": ["m-1"], "bogus": 1}`: "bogus",
		`{"statuses": ["ready"]}`:      "want pending, available",
		`{"ids": "m-1"}`:               "ids",
		`{"created_after": "monday"}`:  "monday",
		`[]`:                           "array",
	} {
		got := image.Query{Limit: 7}
		err := json.Unmarshal([]byte(text), &got)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("reading %s: error %v lacks %q", text, err, want)
		}
		check(t, "the query after a failed read of "+text, image.Query{Limit: 7}, got)
	}
}

func TestQueryJSONKeepsFieldsWithoutMembers(t *testing.T) {
	for text, want := range map[string]image.Query{
		`null`:         {Limit: 7, Names: []string{"web"}},
		`{}`:           {Limit: 7, Names: []string{"web"}},
		`{"limit": 8}`: {Limit: 8, Names: []string{"web"}},
	} {
		got := image.Query{Limit: 7, Names: []string{"web"}}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		check(t, "query after "+text, want, got)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimSpace(line))
	}
	return strings.NewReplacer(`: `, `:`, `, `, `,`).Replace(out.String())
}
