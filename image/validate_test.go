package image_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

// queryError is the part of a QueryError that a test fixes: Reason is a piece of it.
type queryError struct{ Field, Value, Reason string }

func TestValidateRefusesBadValues(t *testing.T) {
	var (
		noon   = time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
		empty  = []string{""}
		reason = "empty; remove it"
	)
	for name, tt := range map[string]struct {
		query image.Query
		want  queryError
	}{
		"source":     {image.Query{Sources: []image.Source{"self", "mine"}}, queryError{"sources", "mine", "want system, self, shared, community, marketplace"}},
		"visibility": {image.Query{Visibilities: []image.Visibility{"secret"}}, queryError{"visibilities", "secret", "want private, shared, public"}},
		"status":     {image.Query{Statuses: []image.Status{"ready"}}, queryError{"statuses", "ready", "want pending, available"}},
		"os":         {image.Query{OSes: []image.OS{"plan9"}}, queryError{"oses", "plan9", "want linux, windows"}},
		"arch":       {image.Query{Archs: []image.Arch{"riscv64"}}, queryError{"archs", "riscv64", "want x86_64, i386, arm64"}},

		"glob open class":       {image.Query{NameGlobs: []string{"web-["}}, queryError{"name_globs", "web-[", "closing"}},
		"glob unclosed class":   {image.Query{NameGlobs: []string{"[ab"}}, queryError{"name_globs", "[ab", "closing"}},
		"glob unclosed range":   {image.Query{NameGlobs: []string{"[a-"}}, queryError{"name_globs", "[a-", "closing"}},
		"glob empty class":      {image.Query{NameGlobs: []string{"a[]b"}}, queryError{"name_globs", "a[]b", "at least one"}},
		"glob empty negation":   {image.Query{NameGlobs: []string{"[^]"}}, queryError{"name_globs", "[^]", "at least one"}},
		"glob backward range":   {image.Query{NameGlobs: []string{"[b-a]"}}, queryError{"name_globs", "[b-a]", "lower to the higher"}},
		"glob escape at end":    {image.Query{NameGlobs: []string{`web\`}}, queryError{"name_globs", `web\`, "escapes nothing"}},
		"glob escape in class":  {image.Query{NameGlobs: []string{`[a\`}}, queryError{"name_globs", `[a\`, "escapes nothing"}},
		"glob after a star":     {image.Query{NameGlobs: []string{"*["}}, queryError{"name_globs", "*[", "closing"}},
		"second glob is bad":    {image.Query{NameGlobs: []string{"ok*", "["}}, queryError{"name_globs", "[", "closing"}},
		"created equal":         {image.Query{CreatedAfter: noon, CreatedBefore: noon}, queryError{"created_after", "2024-01-01T12:00:00Z", "not before created_before"}},
		"created backward":      {image.Query{CreatedAfter: noon.Add(500), CreatedBefore: noon}, queryError{"created_after", "2024-01-01T12:00:00.0000005Z", "not before created_before (2024-01-01T12:00:00Z)"}},
		"created after too far": {image.Query{CreatedAfter: noon.AddDate(9000, 0, 0)}, queryError{"created_after", "11024-01-01T12:00:00Z", "year from 1 to 9999"}},
		"created before Christ": {image.Query{CreatedBefore: noon.AddDate(-3000, 0, 0)}, queryError{"created_before", "-0976-01-01T12:00:00Z", "year from 1 to 9999"}},
		"negative limit":        {image.Query{Limit: -1}, queryError{"limit", "-1", "leave it 0"}},

		"empty id":             {image.Query{IDs: []string{"m-1", ""}}, queryError{"ids", "", reason}},
		"empty name":           {image.Query{Names: empty}, queryError{"names", "", reason}},
		"empty glob":           {image.Query{NameGlobs: empty}, queryError{"name_globs", "", reason}},
		"empty part of a name": {image.Query{NameContains: empty}, queryError{"name_contains", "", reason}},
		"empty family":         {image.Query{Families: empty}, queryError{"families", "", reason}},
		"empty region":         {image.Query{Regions: empty}, queryError{"regions", "", reason}},
		"empty source":         {image.Query{Sources: []image.Source{""}}, queryError{"sources", "", reason}},
		"empty owner":          {image.Query{Owners: empty}, queryError{"owners", "", reason}},
		"empty visibility":     {image.Query{Visibilities: []image.Visibility{""}}, queryError{"visibilities", "", reason}},
		"empty status":         {image.Query{Statuses: []image.Status{""}}, queryError{"statuses", "", reason}},
		"empty os":             {image.Query{OSes: []image.OS{""}}, queryError{"oses", "", reason}},
		"empty platform":       {image.Query{Platforms: empty}, queryError{"platforms", "", reason}},
		"blank platform":       {image.Query{Platforms: []string{" \t"}}, queryError{"platforms", " \t", reason}},
		"empty arch":           {image.Query{Archs: []image.Arch{""}}, queryError{"archs", "", reason}},
		"blank arch":           {image.Query{Archs: []image.Arch{" "}}, queryError{"archs", " ", "want x86_64"}},
		"empty instance":       {image.Query{SourceInstances: empty}, queryError{"source_instances", "", reason}},
		"empty snapshot":       {image.Query{SourceSnapshots: empty}, queryError{"source_snapshots", "", reason}},
		"empty resource group": {image.Query{ResourceGroups: empty}, queryError{"resource_groups", "", reason}},

		"empty tag key":          {image.Query{Tags: map[string]string{"": "v", "k": "v"}}, queryError{"tags", "=v", "give each tag a key"}},
		"empty native provider":  {image.Query{Native: map[string]map[string]string{"": {"Usage": "instance"}}}, queryError{"native", "", "empty provider name"}},
		"native value not UTF-8": {image.Query{Native: map[string]map[string]string{"aliyunecs": {"Usage": "\xff"}}}, queryError{"native", "aliyunecs.Usage=\xff", "not valid UTF-8"}},
		"native name not UTF-8":  {image.Query{Native: map[string]map[string]string{"aliyunecs": {"\xff": "x"}}}, queryError{"native", "aliyunecs.\xff=x", "not valid UTF-8"}},
		"empty native parameter": {image.Query{Native: map[string]map[string]string{"aliyunecs": {"": "x"}}}, queryError{"native", "aliyunecs", "empty parameter name"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := queryErrors(t, tt.query.Validate())
			if len(got) != 1 {
				t.Fatalf("got %d queryErrors, want 1: %v", len(got), got)
			}
			if !strings.Contains(got[0].Reason, tt.want.Reason) {
				t.Errorf("reason %q lacks %q", got[0].Reason, tt.want.Reason)
			}
			got[0].Reason = tt.want.Reason
			check(t, "queryError", tt.want, got[0])
		})
	}
}

// queryErrors splits the error of Validate.
func queryErrors(t *testing.T, err error) []queryError {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T joins no errors", err)
	}
	var out []queryError
	for _, e := range joined.Unwrap() {
		var bad *image.QueryError
		if !errors.As(e, &bad) {
			t.Fatalf("%T is no *QueryError", e)
		}
		for _, part := range []string{bad.Field, strconv.Quote(bad.Value), bad.Reason} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
		out = append(out, queryError{bad.Field, bad.Value, bad.Reason})
	}
	return out
}

func TestValidateReportsEveryBadValue(t *testing.T) {
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	query := image.Query{
		IDs:           []string{"", "m-1", ""},
		NameGlobs:     []string{"[", "a*"},
		Statuses:      []image.Status{"ready", "available", "done"},
		Tags:          map[string]string{"": ""},
		CreatedAfter:  at,
		CreatedBefore: at,
		Limit:         -3,
		Native:        map[string]map[string]string{"": {"": ""}},
	}
	var got []string
	for _, c := range queryErrors(t, query.Validate()) {
		got = append(got, c.Field+" "+c.Value)
	}
	check(t, "queryErrors", []string{
		"ids ", "ids ", "name_globs [", "statuses ready", "statuses done", "tags =",
		"created_after 2024-01-01T00:00:00Z", "limit -3", "native ", "native ",
	}, got)
}

func TestValidateIsFoundByErrorsAs(t *testing.T) {
	var bad *image.QueryError
	err := image.Query{Limit: -1}.Validate()
	if !errors.As(err, &bad) {
		t.Fatalf("errors.As finds no *QueryError in %v", err)
	}
	check(t, "text", `query field limit: value "-1": negative; leave it 0 for every image`, bad.Error())
}

func TestValidateAcceptsGoodQueries(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	for name, query := range map[string]image.Query{
		"zero":                   {},
		"full":                   fullQuery(),
		"full, normalized":       fullQuery().Normalized(),
		"every word":             {Sources: image.Sources(), Visibilities: image.Visibilities(), Statuses: image.Statuses(), OSes: image.OSes(), Archs: image.Archs()},
		"other spellings":        {Platforms: []string{"RHEL", "Kylin V10"}, Archs: []image.Arch{"AMD64", "x86-64", "aarch64"}},
		"a space in a name":      {NameContains: []string{" "}, Names: []string{" web"}},
		"globs":                  {NameGlobs: []string{"*", "?", "[a]", "[^a-z]", "[-a]", "[a-]", `\[`, `[\]]`, "]", "[[]", "[a-a]", "[^^]", "世?"}},
		"empty tag value":        {Tags: map[string]string{"k": ""}},
		"tag key begins with =":  {Tags: map[string]string{"=k": "v"}},
		"one bound":              {CreatedBefore: year(2024)},
		"shortest period":        {CreatedAfter: year(2024), CreatedBefore: year(2024).Add(1)},
		"first and last year":    {CreatedAfter: year(1).Add(1), CreatedBefore: year(9999)},
		"same value twice":       {IDs: []string{"m-1", "m-1"}},
		"empty lists and maps":   {IDs: []string{}, Tags: map[string]string{}, Native: map[string]map[string]string{"aliyunecs": {}}},
		"empty native value":     {Native: map[string]map[string]string{"aliyunecs": {"Tag.1.Value": ""}}},
		"period over two zones":  {CreatedAfter: year(2024).In(time.FixedZone("", 8*3600)), CreatedBefore: year(2025)},
		"limit":                  {Limit: 1},
		"skip unreported fields": {SkipUnreported: true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := query.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}
