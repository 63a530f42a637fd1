package providertest

import (
	"fmt"
	"iter"
	"reflect"
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
	queries int
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
	o.queries++
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
func (t *checkRun) checkQueries(queries func(number int, o *oracle) iter.Seq[image.Query]) []*oracle {
	all := t.oracles()
	var readings sync.WaitGroup
	for i, o := range all {
		readings.Go(func() {
			for q := range queries(i, o) {
				if t.tooManyFailures() {
					return
				}
				o.checkQuery(q)
			}
		})
	}
	readings.Wait()
	asked := 0
	for _, o := range all {
		asked += o.queries
	}
	t.logf("%d queries", asked)
	return all
}

func oracleOneField(t *checkRun) {
	t.checkQueries(func(_ int, o *oracle) iter.Seq[image.Query] {
		return func(yield func(image.Query) bool) {
			for _, f := range o.fields {
				for q := range oneFieldQueries(o.world, f, t.effort.oneField) {
					if !yield(q) {
						return
					}
				}
			}
		}
	})
}

// oracleTwoFields asks the first reading for each two fields. The other readings divide
// them.
func oracleTwoFields(t *checkRun) {
	t.checkQueries(func(number int, o *oracle) iter.Seq[image.Query] {
		return func(yield func(image.Query) bool) {
			pair := 0
			for i, f := range o.fields {
				for _, g := range o.fields[i+1:] {
					pair++
					if number > 0 && pair%len(t.readings()) != number {
						continue
					}
					for q := range twoFieldQueries(o.world, f, g, o.effort.twoFields) {
						if !yield(q) {
							return
						}
					}
				}
			}
		}
	})
}

func oracleRandom(t *checkRun) {
	queries := func(number int, o *oracle) iter.Seq[image.Query] {
		n := t.effort.queries
		if number > 0 {
			n = t.effort.further
		}
		return Queries(uint64(number+1), n, o.world, o.fields)
	}
	all := t.checkQueries(queries)
	if t.tooManyFailures() {
		return
	}
	var s statistics
	for i, o := range all {
		for q := range queries(i, o) {
			s.count(o, q)
		}
	}
	s.check(t, all[0].fields)
}

// statistics say whether random queries were worth asking.
type statistics struct {
	queries, matching, strict int
	set                       map[image.Field]int
}

func (s *statistics) count(o *oracle, q image.Query) {
	if s.set == nil {
		s.set = map[image.Field]int{}
	}
	matches, scope := 0, 0
	for _, m := range o.world {
		if o.inScope(q, m) {
			scope++
			if q.Match(m) {
				matches++
			}
		}
	}
	s.queries++
	if matches > 0 {
		s.matching++
		if matches < scope {
			s.strict++
		}
	}
	for _, f := range q.Fields() {
		s.set[f]++
	}
}

func (s *statistics) check(t *checkRun, fields []image.Field) {
	t.logf("of %d queries %d match something and %d a strict part of their scope", s.queries, s.matching, s.strict)
	if s.matching*100 < s.queries*60 || s.strict*100 < s.queries*30 {
		t.failf("of %d random queries %d match something and %d a strict part: a world that is worth asking has 60%% and 30%%", s.queries, s.matching, s.strict)
	}
	for _, f := range fields {
		if s.set[f] < t.effort.minField {
			t.failf("%s is set in %d of %d random queries, want at least %d: too few images of the world have it", f, s.set[f], s.queries, t.effort.minField)
		}
	}
}
