package image_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

// In each case a comes before b.
func TestCompareNewestFollowsItsCriteria(t *testing.T) {
	later := created.Add(1)
	named := func(name string) image.Image { return image.Image{Name: name} }
	for name, tt := range map[string]struct{ a, b image.Image }{
		"available before deprecated":   {image.Image{Status: "available"}, image.Image{Status: "deprecated", Created: later}},
		"deprecated before pending":     {image.Image{Status: "deprecated"}, image.Image{Status: "pending", Created: later}},
		"deprecated before unavailable": {image.Image{Status: "deprecated"}, image.Image{Status: "unavailable", Created: later}},
		"available before unknown":      {image.Image{Status: "available"}, image.Image{Created: later}},
		"deprecated before unknown":     {image.Image{Status: "deprecated"}, image.Image{Created: later}},
		"the rest by time":              {image.Image{Status: "failed", Created: later}, image.Image{Status: "pending", Created: created}},
		"unknown status by time":        {image.Image{Created: later}, image.Image{Status: "suspended", Created: created}},
		"later time":                    {image.Image{Created: later, Name: "a"}, image.Image{Created: created, Name: "b"}},
		"known time":                    {image.Image{Created: created, Name: "a"}, named("b")},
		"known time before year 1":      {image.Image{Created: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)}, image.Image{}},
		"same instant in two zones":     {image.Image{Created: created.In(time.FixedZone("", 3600)), Name: "b"}, image.Image{Created: created, Name: "a"}},

		"number":                {named("web-10"), named("web-9")},
		"number in the middle":  {named("web-10-x"), named("web-9-y")},
		"second number":         {named("v1.10"), named("v1.9.9")},
		"text before number":    {named("a10b2"), named("a10a3")},
		"number after number":   {named("a10b2"), named("a9b30")},
		"longer":                {named("web-1"), named("web")},
		"longer text":           {named("web-1a"), named("web-1")},
		"named":                 {named("a"), named("")},
		"letter over digit":     {named("web-x"), named("web-9")},
		"leading zeros":         {named("web-010"), named("web-9")},
		"zeros are a number":    {named("web-1"), named("web-000")},
		"number over its start": {named("10"), named("1a")},
		"long numbers":          {named("v" + strings.Repeat("9", 40) + "2"), named("v" + strings.Repeat("9", 40) + "1")},
		"longer number":         {named("v1" + strings.Repeat("0", 30)), named("v" + strings.Repeat("9", 30))},
		"other letters":         {named("版本10"), named("版本9")},

		"provider":        {ref("a", "r", "9"), ref("b", "r", "1")},
		"region":          {ref("a", "r", "9"), ref("a", "s", "1")},
		"ID":              {ref("a", "r", "1"), ref("a", "r", "2")},
		"ID as a text":    {ref("a", "r", "m-10"), ref("a", "r", "m-9")},
		"same number":     {image.Image{Ref: image.Ref{ID: "1"}, Name: "web-01"}, image.Image{Ref: image.Ref{ID: "2"}, Name: "web-1"}},
		"same number too": {image.Image{Ref: image.Ref{ID: "1"}, Name: "web-1"}, image.Image{Ref: image.Ref{ID: "2"}, Name: "web-01"}},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "a with b", -1, sign(image.CompareNewest(tt.a, tt.b)))
			check(t, "b with a", 1, sign(image.CompareNewest(tt.b, tt.a)))
			check(t, "a with a", 0, image.CompareNewest(tt.a, tt.a))
		})
	}
}

func TestCompareNewestIgnoresOtherFields(t *testing.T) {
	other := fullImage()
	other.Description, other.Version, other.Owner, other.Tags, other.SizeGiB = "x", "99", "9", nil, 1
	check(t, "same Ref, status, time and name", 0, image.CompareNewest(fullImage(), other))
}

// Every three images of a pool of very similar ones are compared.
func TestCompareNewestIsATotalOrder(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	names := []string{
		"", "web-01", "web-1", "web-001", "web-", "web", "web-1a", "web-01b", "1a", "01a", "1", "10", "010", "9",
		"a10b2", "a10b02", "a010b2", "a9b3", "a10", "a1", "a1b", "世1", "世01", "世10", "é", "e\u0301", "\xff1", "0", "00", "-", ":", "/",
		strings.Repeat("9", 30), strings.Repeat("9", 31), strings.Repeat("0", 31) + "9",
	}
	times := []time.Time{{}, created, created.In(time.FixedZone("", 3600)), created.Add(1)}
	states := []image.Status{"", image.StatusAvailable, image.StatusDeprecated, image.StatusPending}
	var pool []image.Image
	for i := range 120 {
		m := ref("p", "r", fmt.Sprint(i))
		m.Name = names[i%len(names)]
		if i >= len(names) {
			m.Created, m.Status = times[r.IntN(len(times))], states[r.IntN(len(states))]
		}
		pool = append(pool, m)
	}
	checkOrder(t, pool)
	sorted := slices.SortedFunc(slices.Values(pool), image.CompareNewest)
	r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	check(t, "sorted from another start", sorted, slices.SortedFunc(slices.Values(pool), image.CompareNewest))
}

func FuzzCompareNewest(f *testing.F) {
	f.Add("web-01", "web-1", "web-1a", int64(0), int64(0), int64(0), uint8(0))
	f.Add("1a", "10", "a10b2", int64(1), int64(1), int64(1), uint8(0b1001))
	f.Add("世1", "世01", "\xff", int64(-1), int64(0), int64(9), uint8(0b111111))
	f.Fuzz(func(t *testing.T, x, y, z string, tx, ty, tz int64, states uint8) {
		images := make([]image.Image, 3)
		for i, name := range []string{x, y, z} {
			images[i] = ref("p", "r", fmt.Sprint(i))
			images[i].Name = name
			images[i].Status = []image.Status{"available", "deprecated", "pending", ""}[states>>(2*i)&3]
			if at := []int64{tx, ty, tz}[i]; at != 0 {
				images[i].Created = time.Unix(at%1e10, 0)
			}
		}
		checkOrder(t, images)
	})
}

// checkOrder checks the laws of a total order on every three of the images.
func checkOrder(t *testing.T, images []image.Image) {
	t.Helper()
	order := make([][]int, len(images))
	for i, a := range images {
		for _, b := range images {
			order[i] = append(order[i], sign(image.CompareNewest(a, b)))
		}
	}
	for i, a := range images {
		for j, b := range images {
			if order[i][j] != -order[j][i] {
				t.Fatalf("%v with %v is %d, and the other way %d", a, b, order[i][j], order[j][i])
			}
			if (order[i][j] == 0) != (a.Ref == b.Ref) {
				t.Fatalf("%v with %v is %d", a, b, order[i][j])
			}
			for k, c := range images {
				if order[i][j] <= 0 && order[j][k] <= 0 && order[i][k] > 0 {
					t.Fatalf("%v is before %v, and that before %v, but not the first before the last", a, b, c)
				}
			}
		}
	}
}

func ref(provider, region, id string) image.Image {
	return image.Image{Ref: image.Ref{Provider: provider, Region: region, ID: id}}
}

func sign(c int) int { return cmp.Compare(c, 0) }
