package image_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

func TestNormalizedIsCanonical(t *testing.T) {
	beijing := time.FixedZone("", 8*3600)
	got := image.Query{
		IDs:           []string{"b", "a", "b"},
		Sources:       []image.Source{"SELF", "self"},
		Visibilities:  []image.Visibility{"Public"},
		Statuses:      []image.Status{"available", "failed", "Available"},
		OSes:          []image.OS{" Linux", "other"},
		Platforms:     []string{"RHEL", "Ubuntu", "Red Hat", "Astra SE "},
		Archs:         []image.Arch{"AMD64", "x86_64", "aarch64", "riscv64"},
		Owners:        []string{},
		Tags:          map[string]string{},
		CreatedAfter:  created.In(beijing),
		CreatedBefore: time.Time{}.In(beijing),
		Limit:         3,
		Native:        map[string]map[string]string{},
	}.Normalized()
	want := image.Query{
		IDs:          []string{"b", "a"},
		Sources:      []image.Source{"self"},
		Visibilities: []image.Visibility{"public"},
		Statuses:     []image.Status{"available", "failed"},
		OSes:         []image.OS{"linux", "other"},
		Platforms:    []string{"redhat", "ubuntu", "astra se"},
		Archs:        []image.Arch{"x86_64", "arm64", "riscv64"},
		CreatedAfter: created,
		Limit:        3,
	}
	check(t, "normalized", want, got)
	check(t, "location", "UTC", got.CreatedAfter.Location().String())
	check(t, "zero query", image.Query{}, image.Query{}.Normalized())
}

// The test ranges over the fields of Query, so that it covers new ones.
func TestNormalizedSharesNoMemory(t *testing.T) {
	query := fullQuery()
	normal := query.Normalized()
	before, after := reflect.ValueOf(query), reflect.ValueOf(normal)
	for i := range before.NumField() {
		switch before.Field(i).Kind() {
		case reflect.Slice, reflect.Map:
			if before.Field(i).Pointer() == after.Field(i).Pointer() {
				t.Errorf("%s is shared", before.Type().Field(i).Name)
			}
			if before.Field(i).Len() != after.Field(i).Len() {
				t.Errorf("%s lost a value", before.Type().Field(i).Name)
			}
		}
	}
	normal.Native["aliyunecs"]["InstanceType"] = "changed"
	check(t, "query after its copy's native section changed", fullQuery(), query)
}

func TestNormalizedDropsDuplicates(t *testing.T) {
	want := fullQuery().Normalized()
	query := fullQuery()
	for _, field := range reflect.ValueOf(&query).Elem().Fields() {
		if field.Kind() == reflect.Slice {
			field.Set(reflect.AppendSlice(field, field))
		}
	}
	check(t, "normalized", want, query.Normalized())
}

func TestNormalizedMatchesTheSame(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	matches := 0
	for range 5000 {
		query := randomQuery(r)
		normal := query.Normalized()
		check(t, "normalized twice", normal, normal.Normalized())
		for range 5 {
			m := randomImage(r)
			want := query.Match(m)
			if got := normal.Match(m); got != want {
				t.Fatalf("seed %d: %v matches %+v = %t, normalized %t", seed, query, m, want, got)
			}
			if want {
				matches++
			}
		}
	}
	if matches < 1000 {
		t.Errorf("only %d matches, so the property says little", matches)
	}
}

func FuzzNormalized(f *testing.F) {
	f.Add("RHEL", "redhat", "AMD64", "x86_64")
	f.Add("Astra SE ", "Astra SE", " x64", "amd64")
	f.Add("ROC\u212aY", "rocky", "\xff", "\ufffd")
	f.Fuzz(func(t *testing.T, wanted, platform, arch, has string) {
		m := image.Image{Platform: platform, Arch: image.Arch(has)}
		for _, query := range []image.Query{
			{Platforms: []string{wanted, platform}},
			{Platforms: []string{wanted}},
			{Archs: []image.Arch{image.Arch(arch)}},
		} {
			normal := query.Normalized()
			check(t, "normalized twice", normal, normal.Normalized())
			if want, got := query.Match(m), normal.Match(m); got != want {
				t.Errorf("%v matches %+v = %t, normalized %t", query, m, want, got)
			}
		}
	})
}

func TestNormalizedHasOneJSONForm(t *testing.T) {
	a := image.Query{Platforms: []string{"RHEL", "rhel"}, CreatedAfter: created.In(time.FixedZone("", 3600))}
	b := image.Query{Platforms: []string{"Red Hat"}, CreatedAfter: created, Tags: map[string]string{}}
	var forms [2]string
	for i, query := range []image.Query{a, b} {
		data, err := json.Marshal(query.Normalized())
		if err != nil {
			t.Fatal(err)
		}
		forms[i] = string(data)
	}
	check(t, "JSON", `{"platforms":["redhat"],"created_after":"2024-05-06T07:08:09Z"}`, forms[0])
	check(t, "JSON of the same in another spelling", forms[0], forms[1])
}

func randomQuery(r *rand.Rand) (query image.Query) {
	if r.IntN(2) == 0 {
		query.Platforms = someOf(r, "RHEL", "redhat", "Ubuntu 22.04", "ubuntu", "Astra SE", "astra se")
	}
	if r.IntN(2) == 0 {
		query.Archs = someOf(r, image.Arch("AMD64"), "x86_64", "aarch64", "arm64", "riscv64")
	}
	if r.IntN(3) == 0 {
		query.Names = someOf(r, "web", "Web", "db", "web")
	}
	if r.IntN(3) == 0 {
		query.Statuses = someOf(r, image.Statuses()...)
	}
	if r.IntN(3) == 0 {
		query.Tags = map[string]string{"k": someOf(r, "", "v")[0]}
	}
	if r.IntN(3) == 0 {
		query.CreatedAfter = randomTime(r)
	}
	if r.IntN(3) == 0 {
		query.CreatedBefore = randomTime(r)
	}
	return query
}

func randomImage(r *rand.Rand) image.Image {
	return image.Image{
		Name:     someOf(r, "web", "db", "")[0],
		Platform: someOf(r, "redhat", "ubuntu", "astra se", "Astra SE", "")[0],
		Arch:     someOf(r, image.ArchX86_64, image.ArchARM64, "", "amd64")[0],
		Status:   someOf(r, image.Statuses()...)[0],
		Tags:     map[string]string{"k": someOf(r, "", "v")[0]},
		Created:  randomTime(r),
	}
}

func randomTime(r *rand.Rand) time.Time {
	zone := time.FixedZone("", r.IntN(5)*3600)
	return someOf(r, time.Time{}, created, created.Add(1), created.Add(-1))[0].In(zone)
}

// someOf returns one to all of the values, in any order, some of them twice.
func someOf[E any](r *rand.Rand, values ...E) []E {
	out := make([]E, 1+r.IntN(len(values)))
	for i := range out {
		out[i] = values[r.IntN(len(values))]
	}
	return out
}
