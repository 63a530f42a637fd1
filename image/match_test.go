package image_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

// An image without the field does not match.
func TestMatchChecksEachPredicate(t *testing.T) {
	for name, tt := range map[string]struct {
		query   image.Query
		yes, no image.Image
	}{
		"id":            {image.Query{IDs: []string{"x", "m-1"}}, image.Image{Ref: image.Ref{ID: "m-1"}}, image.Image{Ref: image.Ref{ID: "M-1"}}},
		"name":          {image.Query{Names: []string{"x", "web"}}, image.Image{Name: "web"}, image.Image{Name: "Web"}},
		"name glob":     {image.Query{NameGlobs: []string{"x", "w*"}}, image.Image{Name: "web"}, image.Image{Name: "Web"}},
		"any name":      {image.Query{NameGlobs: []string{"*"}}, image.Image{Name: "web"}, image.Image{Family: "web"}},
		"name contains": {image.Query{NameContains: []string{"x", "EB"}}, image.Image{Name: "web"}, image.Image{Name: "we b"}},
		"family":        {image.Query{Families: []string{"x", "f"}}, image.Image{Family: "f"}, image.Image{Family: "ff"}},
		"region":        {image.Query{Regions: []string{"x", "r"}}, image.Image{Ref: image.Ref{Region: "r"}}, image.Image{Ref: image.Ref{Region: "r2"}}},
		"source":        {image.Query{Sources: []image.Source{"self", "system"}}, image.Image{Source: "system"}, image.Image{Source: "shared"}},
		"owner":         {image.Query{Owners: []string{"x", "1"}}, image.Image{Owner: "1"}, image.Image{Owner: "01"}},
		"visibility":    {image.Query{Visibilities: []image.Visibility{"shared", "public"}}, image.Image{Visibility: "public"}, image.Image{Visibility: "private"}},
		"status":        {image.Query{Statuses: []image.Status{"failed", "available"}}, image.Image{Status: "available"}, image.Image{Status: "unavailable"}},
		"words in any case": {image.Query{Sources: []image.Source{"Self"}, Visibilities: []image.Visibility{"PUBLIC"}, Statuses: []image.Status{"Available"}, OSes: []image.OS{"Linux"}},
			image.Image{Source: "self", Visibility: "public", Status: "available", OS: "linux"}, image.Image{Source: "self", Visibility: "public", Status: "failed", OS: "linux"}},
		"os":              {image.Query{OSes: []image.OS{"windows"}}, image.Image{OS: "windows"}, image.Image{OS: "linux"}},
		"platform":        {image.Query{Platforms: []string{"x", "ubuntu"}}, image.Image{Platform: "ubuntu"}, image.Image{Platform: "debian"}},
		"os version":      {image.Query{OSVersions: []string{"x", "22.04"}}, image.Image{OSVersion: "22.04"}, image.Image{OSVersion: "22.4"}},
		"arch":            {image.Query{Archs: []image.Arch{"arm64", "i386"}}, image.Image{Arch: "i386"}, image.Image{Arch: "x86_64"}},
		"tag":             {image.Query{Tags: map[string]string{"k": "v"}}, image.Image{Tags: map[string]string{"k": "v", "l": "w"}}, image.Image{Tags: map[string]string{"k": "V"}}},
		"source instance": {image.Query{SourceInstances: []string{"x", "i"}}, image.Image{SourceInstance: "i"}, image.Image{SourceInstance: "j"}},
		"source snapshot": {image.Query{SourceSnapshots: []string{"x", "s"}}, image.Image{SourceSnapshots: []string{"r", "s"}}, image.Image{SourceSnapshots: []string{"r", ""}}},
		"resource group":  {image.Query{ResourceGroups: []string{"x", "g"}}, image.Image{ResourceGroup: "g"}, image.Image{ResourceGroup: "h"}},
		"created after":   {image.Query{CreatedAfter: created}, image.Image{Created: created}, image.Image{Created: created.Add(-1)}},
		"created before":  {image.Query{CreatedBefore: created}, image.Image{Created: created.Add(-1)}, image.Image{Created: created}},
		"ancient image":   {image.Query{CreatedBefore: created}, image.Image{Created: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)}, image.Image{Created: created}},
		"other zone":      {image.Query{CreatedAfter: created.In(time.FixedZone("", -3600))}, image.Image{Created: created.In(time.FixedZone("", 3600))}, image.Image{Created: created.Add(-1)}},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "match", true, tt.query.Match(tt.yes))
			check(t, "match of another value", false, tt.query.Match(tt.no))
			check(t, "match of an unknown value", false, tt.query.Match(image.Image{}))
		})
	}
}

func TestMatchOSVersionsByPrefix(t *testing.T) {
	for _, tt := range []struct {
		wanted, version string
		want            bool
	}{
		{"22", "22.04.3", true},
		{"22.04", "22.04.3", true},
		{"22.04.3", "22.04.3", true},
		{"22.04.3", "22.04", false},
		{"22.0", "22.04", false},
		{"2", "22.04", false},
		{"22.", "22.04", false},
		{"04", "22.04", false},
		{"2012", "2012 R2", false},
		{"2012 R2", "2012 R2", true},
		{"22", "", false},
		{"", "22", false},
	} {
		query := image.Query{OSVersions: []string{"other", tt.wanted}}
		check(t, tt.wanted+" for "+tt.version, tt.want, query.Match(image.Image{OSVersion: tt.version}))
	}
}

func TestZeroQueryMatchesEveryImage(t *testing.T) {
	for _, query := range []image.Query{
		{},
		{Limit: 1, SkipUnreported: true, Native: map[string]map[string]string{"aliyunecs": {"Usage": "instance"}}},
		{IDs: []string{}, Statuses: []image.Status{}, Tags: map[string]string{}},
	} {
		for _, m := range []image.Image{{}, fullImage(), {Name: "x"}} {
			if !query.Match(m) {
				t.Errorf("%v does not match %v", query, m)
			}
		}
	}
}

func TestMatchWantsEveryPredicate(t *testing.T) {
	m := fullImage()
	check(t, "every predicate holds", true, fullQuery().Match(m))
	m.Family = "db2"
	check(t, "one does not", false, fullQuery().Match(m))
}

func TestMatchWantsEveryTag(t *testing.T) {
	for name, tt := range map[string]struct {
		wanted, tags map[string]string
		want         bool
	}{
		"both":                    {map[string]string{"a": "1", "b": "2"}, map[string]string{"a": "1", "b": "2", "c": "3"}, true},
		"only one":                {map[string]string{"a": "1", "b": "2"}, map[string]string{"a": "1"}, false},
		"one with another value":  {map[string]string{"a": "1", "b": "2"}, map[string]string{"a": "1", "b": "3"}, false},
		"empty value":             {map[string]string{"a": ""}, map[string]string{"a": ""}, true},
		"empty value, not there":  {map[string]string{"a": ""}, map[string]string{"b": ""}, false},
		"empty value, other":      {map[string]string{"a": ""}, map[string]string{"a": "1"}, false},
		"empty value, no tags":    {map[string]string{"a": ""}, nil, false},
		"key in another case":     {map[string]string{"a": "1"}, map[string]string{"A": "1"}, false},
		"nothing wanted, no tags": {map[string]string{}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "match", tt.want, image.Query{Tags: tt.wanted}.Match(image.Image{Tags: tt.tags}))
		})
	}
}

func TestMatchIncludesStartAndExcludesEnd(t *testing.T) {
	query := image.Query{CreatedAfter: created, CreatedBefore: created.Add(time.Hour)}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{created.Add(-1), false},
		{created, true},
		{created.Add(time.Hour - 1), true},
		{created.Add(time.Hour), false},
		{time.Time{}, false},
	} {
		check(t, "created at "+tt.at.String(), tt.want, query.Match(image.Image{Created: tt.at}))
	}
}

// Images and queries may both have any spelling of platforms and architectures.
func TestMatchAcceptsAnySpelling(t *testing.T) {
	for _, tt := range []struct {
		wanted, platform string
		want             bool
	}{
		{"ubuntu", "ubuntu", true},
		{"Ubuntu 22.04", "ubuntu", true},
		{"RHEL", "redhat", true},
		{"Red Hat Enterprise Linux", "redhat", true},
		{"Alibaba Cloud Linux", "aliyun", true},
		{"Astra SE ", "astra se", true},
		{"Astra SE", "Astra SE", true},
		{"astra se", "Astra SE", true},
		{"windows", "Windows Server 2016", true},
		{"suse", "opensuse", false},
		{"astra", "astra se", false},
		{"ubuntu", " ", false},
	} {
		query := image.Query{Platforms: []string{"other", tt.wanted}}
		check(t, tt.wanted+" for "+tt.platform, tt.want, query.Match(image.Image{Platform: tt.platform}))
	}
	for _, tt := range []struct {
		wanted, arch image.Arch
		want         bool
	}{
		{"x86_64", "x86_64", true},
		{"AMD64", "x86_64", true},
		{" x64", "x86_64", true},
		{"aarch64", "arm64", true},
		{"i686", "i386", true},
		{"x86_64", "amd64", true},
		{"i686", "x86_64", false},
		{"arm64", "armv7", false},
	} {
		query := image.Query{Archs: []image.Arch{"sparc", tt.wanted}}
		check(t, string(tt.wanted+" for "+tt.arch), tt.want, query.Match(image.Image{Arch: tt.arch}))
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	query, m := fullQuery(), fullImage()
	miss := m
	miss.Created = created.Add(-1)
	if !query.Match(m) || query.Match(miss) {
		t.Fatal("the images do not reach the last predicate")
	}
	got := testing.AllocsPerRun(100, func() {
		query.Match(m)
		query.Match(miss)
	})
	check(t, "allocations", 0.0, got)
}
