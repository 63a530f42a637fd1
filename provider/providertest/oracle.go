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

// truth is a world, and where in it an image is.
type truth struct {
	world []image.Image
	at    map[image.Ref]int
}

func newTruth(world []image.Image) truth {
	out := truth{world, map[image.Ref]int{}}
	for i, m := range world {
		out.at[m.Ref] = i
	}
	return out
}

// problem returns what is wrong with a result of all wanted images, or an empty text.
func (t truth) problem(got []image.Image, wants func(image.Image) bool) string {
	came := make([]int, len(t.world))
	var wrong []string
	for _, m := range got {
		at, exists := t.at[m.Ref]
		switch {
		case !exists:
			wrong = append(wrong, fmt.Sprintf("%s does not exist", m.Ref))
			continue
		case !reflect.DeepEqual(t.world[at], m):
			wrong = append(wrong, fmt.Sprintf("%s differs (-truth +answer):\n%s", m.Ref, cmp.Diff(t.world[at], m)))
		}
		came[at]++
	}
	for i, m := range t.world {
		switch wanted := wants(m); {
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

// oracle computes the right result of every query: the images in its scope that match.
type oracle struct {
	*checkRun
	truth
	prefix  string // of failures: names the reading
	session *Session
	fields  []image.Field // that the API reports
	queries []image.Query // that a check runs
}

// oracles are one for each reading.
func (t *checkRun) oracles() []*oracle {
	of := newTruth(t.harness.World(t.effort.world))
	var all []*oracle
	for _, reading := range t.readings() {
		o := &oracle{checkRun: t, truth: of, session: t.openAs(reading, of.world, provider.Config{})}
		if reading != "" {
			o.prefix = "reading " + reading + ": "
		}
		o.fields = reported(o.session.Client.Info())
		all = append(all, o)
	}
	return all
}

// wants reports whether an image belongs to the result.
func (o *oracle) wants(q image.Query, m image.Image) bool { return o.inScope(q, m) && q.Match(m) }

// checkQuery compares the result of the client with the right one.
func (o *oracle) checkQuery(q image.Query) {
	got, err := o.answer(o.session, q)
	if err != nil {
		o.failf("%s%s: %w", o.prefix, q, err)
	} else if problem := o.problem(got, func(m image.Image) bool { return o.wants(q, m) }); problem != "" {
		o.failf("%s%s: %s", o.prefix, q, problem)
	}
}

// checkQueries runs queries under every reading, all readings concurrently.
func (t *checkRun) checkQueries(queries func(number int, o *oracle) []image.Query) []*oracle {
	all := t.oracles()
	var readings sync.WaitGroup
	for i, o := range all {
		o.queries = queries(i, o)
		t.t.Logf("%s%d queries", o.prefix, len(o.queries))
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

// oracleTwoFields asks the first reading for each two fields. The other readings divide them.
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
	t.t.Logf("of %d queries %d match something and %d a strict part of their scope", queries, matching, strict)
	if matching*100 < queries*60 || strict*100 < queries*30 {
		t.failf("of %d random queries %d match something and %d a strict part: a world that is worth asking has 60%% and 30%%", queries, matching, strict)
	}
	for _, f := range all[0].fields {
		if set[f] < t.effort.minField {
			t.failf("%s is set in %d of %d random queries, want at least %d: too few images of the world have it", f, set[f], queries, t.effort.minField)
		}
	}
}
