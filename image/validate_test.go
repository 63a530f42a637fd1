package image_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

// complaint is the part of a QueryError that a test fixes: Reason is a piece of it.
type complaint struct{ Field, Value, Reason string }

func TestValidateRefuses(t *testing.T) {
	var (
		noon   = time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
		empty  = []string{""}
		reason = "empty; remove it"
	)
	for name, tt := range map[string]struct {
		query image.Query
		want  complaint
	}{
		"source":            {image.Query{Sources: []image.Source{"self", "mine"}}, complaint{"sources", "mine", "want system, self, shared, community, marketplace"}},
		"visibility":        {image.Query{Visibilities: []image.Visibility{"secret"}}, complaint{"visibilities", "secret", "want private, shared, public"}},
		"status":            {image.Query{Statuses: []image.Status{"ready"}}, complaint{"statuses", "ready", "want pending, available"}},
		"status in capital": {image.Query{Statuses: []image.Status{"Available"}}, complaint{"statuses", "Available", "want pending, available"}},
		"os":                {image.Query{OSes: []image.OS{"plan9"}}, complaint{"oses", "plan9", "want linux, windows"}},
		"arch":              {image.Query{Archs: []image.Arch{"riscv64"}}, complaint{"archs", "riscv64", "want x86_64, i386, arm64"}},

		"glob open class":       {image.Query{NameGlobs: []string{"web-["}}, complaint{"name_globs", "web-[", "closing"}},
		"glob unclosed class":   {image.Query{NameGlobs: []string{"[ab"}}, complaint{"name_globs", "[ab", "closing"}},
		"glob unclosed range":   {image.Query{NameGlobs: []string{"[a-"}}, complaint{"name_globs", "[a-", "closing"}},
		"glob empty class":      {image.Query{NameGlobs: []string{"a[]b"}}, complaint{"name_globs", "a[]b", "at least one"}},
		"glob empty negation":   {image.Query{NameGlobs: []string{"[^]"}}, complaint{"name_globs", "[^]", "at least one"}},
		"glob backward range":   {image.Query{NameGlobs: []string{"[b-a]"}}, complaint{"name_globs", "[b-a]", "lower to the higher"}},
		"glob escape at end":    {image.Query{NameGlobs: []string{`web\`}}, complaint{"name_globs", `web\`, "escapes nothing"}},
		"glob escape in class":  {image.Query{NameGlobs: []string{`[a\`}}, complaint{"name_globs", `[a\`, "escapes nothing"}},
		"glob after a star":     {image.Query{NameGlobs: []string{"*["}}, complaint{"name_globs", "*[", "closing"}},
		"second glob is bad":    {image.Query{NameGlobs: []string{"ok*", "["}}, complaint{"name_globs", "[", "closing"}},
		"created equal":         {image.Query{CreatedAfter: noon, CreatedBefore: noon}, complaint{"created_after", "2024-01-01T12:00:00Z", "not before created_before"}},
		"created backward":      {image.Query{CreatedAfter: noon.Add(500), CreatedBefore: noon}, complaint{"created_after", "2024-01-01T12:00:00.0000005Z", "not before created_before (2024-01-01T12:00:00Z)"}},
		"created after too far": {image.Query{CreatedAfter: noon.AddDate(9000, 0, 0)}, complaint{"created_after", "11024-01-01T12:00:00Z", "year from 1 to 9999"}},
		"created before Christ": {image.Query{CreatedBefore: noon.AddDate(-3000, 0, 0)}, complaint{"created_before", "-0976-01-01T12:00:00Z", "year from 1 to 9999"}},
		"negative limit":        {image.Query{Limit: -1}, complaint{"limit", "-1", "leave it 0"}},

		"empty id":             {image.Query{IDs: []string{"m-1", ""}}, complaint{"ids", "", reason}},
		"empty name":           {image.Query{Names: empty}, complaint{"names", "", reason}},
		"empty glob":           {image.Query{NameGlobs: empty}, complaint{"name_globs", "", reason}},
		"empty part of a name": {image.Query{NameContains: empty}, complaint{"name_contains", "", reason}},
		"empty family":         {image.Query{Families: empty}, complaint{"families", "", reason}},
		"empty region":         {image.Query{Regions: empty}, complaint{"regions", "", reason}},
		"empty source":         {image.Query{Sources: []image.Source{""}}, complaint{"sources", "", reason}},
		"empty owner":          {image.Query{Owners: empty}, complaint{"owners", "", reason}},
		"empty visibility":     {image.Query{Visibilities: []image.Visibility{""}}, complaint{"visibilities", "", reason}},
		"empty status":         {image.Query{Statuses: []image.Status{""}}, complaint{"statuses", "", reason}},
		"empty os":             {image.Query{OSes: []image.OS{""}}, complaint{"oses", "", reason}},
		"empty platform":       {image.Query{Platforms: empty}, complaint{"platforms", "", reason}},
		"blank platform":       {image.Query{Platforms: []string{" \t"}}, complaint{"platforms", " \t", reason}},
		"empty arch":           {image.Query{Archs: []image.Arch{""}}, complaint{"archs", "", reason}},
		"blank arch":           {image.Query{Archs: []image.Arch{" "}}, complaint{"archs", " ", "want x86_64"}},
		"empty instance":       {image.Query{SourceInstances: empty}, complaint{"source_instances", "", reason}},
		"empty snapshot":       {image.Query{SourceSnapshots: empty}, complaint{"source_snapshots", "", reason}},
		"empty resource group": {image.Query{ResourceGroups: empty}, complaint{"resource_groups", "", reason}},

		"empty tag key":          {image.Query{Tags: map[string]string{"": "v", "k": "v"}}, complaint{"tags", "=v", "give each tag a key"}},
		"empty native provider":  {image.Query{Native: map[string]map[string]string{"": {"Usage": "instance"}}}, complaint{"native", "", "empty provider name"}},
		"empty native parameter": {image.Query{Native: map[string]map[string]string{"aliyunecs": {"": "x"}}}, complaint{"native", "aliyunecs", "empty parameter name"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := complaints(t, tt.query.Validate())
			if len(got) != 1 {
				t.Fatalf("got %d complaints, want 1: %v", len(got), got)
			}
			if !strings.Contains(got[0].Reason, tt.want.Reason) {
				t.Errorf("reason %q lacks %q", got[0].Reason, tt.want.Reason)
			}
			got[0].Reason = tt.want.Reason
			check(t, "complaint", tt.want, got[0])
		})
	}
}

// complaints takes apart what Validate returned.
func complaints(t *testing.T, err error) []complaint {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T joins no errors", err)
	}
	var out []complaint
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
		out = append(out, complaint{bad.Field, bad.Value, bad.Reason})
	}
	return out
}

func TestValidateNamesEveryComplaint(t *testing.T) {
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
	for _, c := range complaints(t, query.Validate()) {
		got = append(got, c.Field+" "+c.Value)
	}
	check(t, "complaints", []string{
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

func TestValidateAccepts(t *testing.T) {
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
