package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// maxKept bounds the images of a search that further answers can have.
const maxKept = 1000

// imageList is the answer of search_images and newest_image.
type imageList struct {
	completeness
	Total      int            `json:"total" jsonschema:"images that were found, on all pages"`
	Images     []provider.Hit `json:"images" jsonschema:"this page, the newest image first"`
	NextCursor string         `json:"next_cursor,omitempty" jsonschema:"the argument cursor for the images after these"`
}

func (l *imageList) text() string {
	var b strings.Builder
	b.WriteString(l.heading(fmt.Sprintf("%s found, %d shown", count(l.Total, "image"), len(l.Images))))
	for _, hit := range l.Images {
		fmt.Fprintf(&b, "- %s\n", hitLine(hit))
	}
	if l.NextCursor != "" {
		fmt.Fprintf(&b, "cursor for the next images: %s\n", l.NextCursor)
	}
	return b.String()
}

// hitLine has the target and what tells images apart. Texts of other people are quoted.
func hitLine(hit provider.Hit) string {
	m := hit.Image
	parts := []string{fmt.Sprintf("%s: %s %q", hit.Target, m.ID, m.Name), string(m.Status), strings.TrimSpace(m.Platform + " " + m.OSVersion), string(m.Arch)}
	if !m.Created.IsZero() {
		parts = append(parts, "created "+m.Created.Format(time.DateOnly))
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// search is the tool search_images.
func (s *server) search(ctx context.Context, a arguments) (answer, error) {
	if a.Cursor != "" {
		return s.results.page(a.Cursor, a.Limit)
	}
	var f found
	err := s.collect(ctx, a, &f, func(ctx context.Context, targets []provider.Target, o *provider.SearchOptions) (err error) {
		for hit, failure := range provider.Search(ctx, targets, a.Query, o) {
			if failure != nil {
				err = errors.Join(err, failure)
				continue
			}
			f.add(hit)
		}
		f.sort()
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.results.first(&f, a.Limit), nil
}

// newest is the tool newest_image.
func (s *server) newest(ctx context.Context, a arguments) (answer, error) {
	if a.Cursor != "" {
		return s.results.page(a.Cursor, a.Limit)
	}
	var f found
	err := s.collect(ctx, a, &f, func(ctx context.Context, targets []provider.Target, o *provider.SearchOptions) error {
		key, err := provider.KeyOf(a.NewestPer...)
		if err != nil {
			return err
		}
		f.hits, err = provider.NewestBy(ctx, targets, a.Query, key, o)
		f.total = len(f.hits)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !f.Complete && !a.AllowPartial && f.total > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s of the targets that answered are withheld, since a target that is missing may have a newer one; allow_partial shows them", count(f.total, "image")))
		f.total, f.hits = 0, nil
	}
	return s.results.first(&f, a.Limit), nil
}

// collect runs a search over the targets that the arguments choose. Failures of
// targets are in f and are no error.
func (s *server) collect(ctx context.Context, a arguments, f *found, run func(context.Context, []provider.Target, *provider.SearchOptions) error) error {
	targets, err := a.selected(s.targets)
	if err != nil {
		return err
	}
	if _, err := explainAll(targets, a.Query); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("the time of a call, %s, is over; choose fewer targets, or start the server with a longer --timeout", s.timeout))
	defer cancel()
	traced, all := watch(bounded)
	err = run(traced, targets, &provider.SearchOptions{Distinct: a.Distinct})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx) // the client has cancelled the call
	case err == nil, bounded.Err() != nil, errors.Is(err, provider.NotFound), errors.As(err, new(*provider.TargetError)):
		f.completeness = all.completeness(targets)
		return nil
	}
	return err
}

// found is the result of a search, of which answers have pages.
type found struct {
	completeness
	id    string
	total int            // images
	hits  []provider.Hit // those that are kept
}

// add counts a hit, and keeps it if it is among the newest.
func (f *found) add(hit provider.Hit) {
	f.total++
	if f.hits = append(f.hits, hit); len(f.hits) >= 2*maxKept {
		f.sort()
	}
}

func (f *found) sort() {
	slices.SortFunc(f.hits, func(a, b provider.Hit) int {
		return cmp.Or(image.CompareNewest(a.Image, b.Image), strings.Compare(a.Target, b.Target))
	})
	if len(f.hits) > maxKept {
		clear(f.hits[maxKept:])
		f.hits = f.hits[:maxKept]
	}
}

// page returns the images from an offset on.
func (f *found) page(offset, limit int) *imageList {
	l := &imageList{completeness: f.completeness, Total: f.total, Images: []provider.Hit{}}
	l.Missing = slices.Clone(f.Missing)
	hits, more := atMost(f.hits[offset:], limit)
	l.Images = append(l.Images, hits...)
	if more > 0 {
		l.NextCursor = fmt.Sprintf("%s.%d", f.id, offset+limit)
		l.miss(missing{Kind: "more_images", Message: "these images are older; call the tool again with next_cursor as cursor", Images: more})
	}
	if lost := f.total - len(f.hits); lost > 0 {
		l.miss(missing{Kind: "too_many", Message: "these images are counted, but too old to be shown; narrow the query", Images: lost})
	}
	return l
}

// results keeps the latest searches, so that all pages of one search show its images
// at one time and no request is sent again. The zero value is empty.
type results struct {
	mu     sync.Mutex
	latest []*found // the oldest first
}

// maxSearches is the number of searches whose further pages can be asked for.
const maxSearches = 8

// first keeps a search if it has further pages, and returns its first one.
func (r *results) first(f *found, limit int) *imageList {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(f.hits) > limit {
		f.id = rand.Text()[:12]
		if r.latest = append(r.latest, f); len(r.latest) > maxSearches {
			r.latest = slices.Delete(r.latest, 0, 1)
		}
	}
	return f.page(0, limit)
}

// page returns the page of a cursor.
func (r *results) page(cursor string, limit int) (answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id, from, _ := strings.Cut(cursor, ".")
	i := slices.IndexFunc(r.latest, func(f *found) bool { return f.id == id })
	if i < 0 {
		return nil, fmt.Errorf("cursor: value %q: not one of the latest %d searches: search again", shortened(cursor), maxSearches)
	}
	offset, err := strconv.Atoi(from)
	if err != nil || offset < 0 || offset >= len(r.latest[i].hits) {
		return nil, fmt.Errorf("cursor: value %q: want next_cursor of an answer, as it is", shortened(cursor))
	}
	return r.latest[i].page(offset, limit), nil
}
