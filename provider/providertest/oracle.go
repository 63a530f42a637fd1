package providertest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// oracle computes the right result of every query: the images in its scope that match.
type oracle struct {
	*checkRun
	reading string
	session *Session
	world   []image.Image
	fields  []image.Field // that the API reports
	at      map[image.Ref]int
	queries []image.Query // that a check runs
}

func (t *checkRun) newOracle(reading string, world []image.Image) *oracle {
	o := &oracle{checkRun: t, reading: reading, world: world, at: map[image.Ref]int{}}
	o.session = t.openAs(reading, world, provider.Config{})
	o.fields = reported(o.session.Client.Info())
	for i, m := range world {
		o.at[m.Ref] = i
	}
	return o
}

// wants reports whether an image belongs to the result.
func (o *oracle) wants(q image.Query, m image.Image) bool { return o.inScope(q, m) && q.Match(m) }

// checkQuery compares the result of the client with the right one.
func (o *oracle) checkQuery(q image.Query) {
	got, err := o.answer(o.session, q)
	if err != nil {
		o.failf("%s%s: %w", o.readingPrefix(), q, err)
		return
	}
	if problem := o.problem(q, got); problem != "" {
		o.failf("%s%s: %s", o.readingPrefix(), q, problem)
	}
}

func (o *oracle) readingPrefix() string {
	if o.reading == "" {
		return ""
	}
	return "reading " + o.reading + ": "
}

// problem returns the fault of a result, or an empty text.
func (o *oracle) problem(q image.Query, got []image.Image) string {
	came := make([]int, len(o.world))
	var wrong []string
	for _, m := range got {
		at, exists := o.at[m.Ref]
		switch {
		case !exists:
			wrong = append(wrong, fmt.Sprintf("%s does not exist", m.Ref))
			continue
		case !reflect.DeepEqual(o.world[at], m):
			wrong = append(wrong, fmt.Sprintf("%s differs (-truth +answer):\n%s", m.Ref, cmp.Diff(o.world[at], m)))
		}
		came[at]++
	}
	for i, m := range o.world {
		switch wanted := o.wants(q, m); {
		case wanted && came[i] == 0:
			wrong = append(wrong, m.Ref.String()+" is missing")
		case !wanted && came[i] > 0:
			wrong = append(wrong, m.Ref.String()+" does not belong there")
		case came[i] > 1:
			wrong = append(wrong, fmt.Sprintf("%s came %d times", m.Ref, came[i]))
		}
	}
	if len(wrong) > 4 {
		wrong = append(wrong[:4], fmt.Sprintf("and %d more", len(wrong)-4))
	}
	return strings.Join(wrong, "; ")
}

// oracles are one for each reading.
func (t *checkRun) oracles() []*oracle {
	world := t.harness.World(t.effort.world)
	var all []*oracle
	for _, reading := range t.readings() {
		all = append(all, t.newOracle(reading, world))
	}
	return all
}

// checkQueries runs queries under every reading, all readings concurrently.
func (t *checkRun) checkQueries(queries func(number int, o *oracle) []image.Query) []*oracle {
	all := t.oracles()
	var readings sync.WaitGroup
	for i, o := range all {
		o.queries = queries(i, o)
		t.logf("%s%d queries", o.readingPrefix(), len(o.queries))
		readings.Go(func() {
			for _, q := range o.queries {
				if t.tooManyFailures() {
					return
				}
				o.checkQuery(q)
			}
		})
	}
	readings.Wait()
	return all
}

func oracleOneField(t *checkRun) {
	t.checkQueries(func(_ int, o *oracle) (out []image.Query) {
		for _, f := range o.fields {
			out = append(out, oneFieldQueries(o.world, f, t.effort.oneField)...)
		}
		return out
	})
}

// oracleTwoFields asks the first reading for each two fields. The other readings divide
// them.
func oracleTwoFields(t *checkRun) {
	t.checkQueries(func(number int, o *oracle) (out []image.Query) {
		pair := 0
		for i, f := range o.fields {
			for _, g := range o.fields[i+1:] {
				if pair++; number == 0 || pair%len(t.readings()) == number {
					out = append(out, twoFieldQueries(o.world, f, g, t.effort.twoFields)...)
				}
			}
		}
		return out
	})
}

func oracleRandom(t *checkRun) {
	all := t.checkQueries(func(number int, o *oracle) []image.Query {
		n := t.effort.queries
		if number > 0 {
			n = t.effort.further
		}
		return slices.Collect(Queries(uint64(number+1), n, o.world, o.fields))
	})
	if !t.tooManyFailures() {
		t.checkWorthAsking(all)
	}
}

// checkWorthAsking fails if too few random queries match something or set a field.
func (t *checkRun) checkWorthAsking(all []*oracle) {
	queries, matching, strict := 0, 0, 0
	set := map[image.Field]int{}
	for _, o := range all {
		for _, q := range o.queries {
			queries++
			scope := count(o.world, func(m image.Image) bool { return o.inScope(q, m) })
			if matches := count(o.world, func(m image.Image) bool { return o.wants(q, m) }); matches > 0 {
				matching++
				if matches < scope {
					strict++
				}
			}
			for _, f := range q.Fields() {
				set[f]++
			}
		}
	}
	t.logf("of %d queries %d match something and %d a strict part of their scope", queries, matching, strict)
	if matching*100 < queries*60 || strict*100 < queries*30 {
		t.failf("of %d random queries %d match something and %d a strict part: a world that is worth asking has 60%% and 30%%", queries, matching, strict)
	}
	for _, f := range all[0].fields {
		if set[f] < t.effort.minField {
			t.failf("%s is set in %d of %d random queries, want at least %d: too few images of the world have it", f, set[f], queries, t.effort.minField)
		}
	}
}
