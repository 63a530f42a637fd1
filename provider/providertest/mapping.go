package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// mappingFields compares images with those of the world, with Native and without.
func mappingFields(t *checkRun) {
	for _, keep := range []bool{false, true} {
		l := t.newListing(provider.Config{Listing: provider.Listing{KeepNative: keep}}, func(int) int { return t.effort.world })
		got, _, err := l.read(l.of(t.effort.world))
		if err != nil {
			t.failf("listing: %w", err)
		}
		t.checkNative(got, keep)
		t.compare("listing", l.world[:t.effort.world], got)
		t.checkReported(l.of(0).Client.Info(), got, 1)
	}
}

// checkNative wants a JSON object, where there is one at all.
func (t *checkRun) checkNative(images []image.Image, keepNative bool) {
	for _, m := range images {
		var object map[string]any
		switch {
		case !keepNative && m.Native != nil:
			t.failf("%s has Native without Listing.KeepNative", m.Ref)
		case m.Native != nil && json.Unmarshal(m.Native, &object) != nil:
			t.failf("%s: Native is no JSON object: %.60s", m.Ref, m.Native)
		}
	}
}

// compare fails unless all images came as they should be, Native aside.
func (t *checkRun) compare(what string, want, got []image.Image) {
	got = slices.Clone(got)
	for i := range got {
		got[i].Native = nil
	}
	if problem := newTruth(want).problem(got, func(image.Image) bool { return true }); problem != "" {
		t.failf("%s: %s", what, problem)
	}
}

// checkReported wants at least some of the images to have each field that is reported,
// and none to have another.
func (t *checkRun) checkReported(info provider.Info, images []image.Image, least int) {
	for _, f := range image.AllFields() {
		have := count(images, func(m image.Image) bool { return HasField(m, f) })
		switch reported := info.Support[f] != provider.None; {
		case reported && have < least:
			t.failf("%s: Info says that it is reported, and %d of %d images have it, want %d", f, have, len(images), least)
		case !reported && have > 0:
			t.failf("%s: Info says that it is never reported, and %d of %d images have it", f, have, len(images))
		}
	}
}

// editedListing is a listing in which every field occurs, of an emulator that changes
// its response bodies.
type editedListing struct {
	*listing
	session *Session
	change  atomic.Pointer[func(body []byte) []byte]
}

func (t *checkRun) newMapping(attempts int) *editedListing {
	l := t.newListing(withAttempts(attempts), func(int) int { return t.effort.world })
	e := &editedListing{listing: l, session: l.of(t.effort.world)}
	t.requires(e.session.EditBody != nil, "Session.EditBody")
	e.session.EditBody(func(body []byte) []byte { return (*e.change.Load())(body) })
	return e
}

// readEdited lists the images from responses with a change.
func (l *editedListing) readEdited(change func(body []byte) []byte) ([]image.Image, error) {
	l.change.Store(&change)
	got, _, err := l.read(l.session)
	return got, err
}

// mappingTypes changes the types of values in the responses, but not their meaning.
func mappingTypes(t *checkRun) {
	l := t.newMapping(attempts)
	for what, change := range map[string]func([]byte) []byte{
		"unknown members":           editJSON(addMembers(l.world)),
		"numbers as texts":          editJSON(numberToString),
		"texts as numbers":          editJSON(stringToNumber),
		"null for what is empty":    editJSON(emptyToNull),
		"nothing for what is empty": editRecords(l.world, removeEmpty),
		"escaped letters":           escapeStrings,
	} {
		got, err := l.readEdited(change)
		if err != nil {
			t.failf("%s: %w", what, err)
			continue
		}
		t.compare(what, l.world[:t.effort.world], got)
	}
}

// mappingEnums replaces the texts of one member of all records by an unknown word.
func mappingEnums(t *checkRun) {
	l := t.newMapping(attempts)
	keys := map[string]bool{}
	if _, err := l.readEdited(editRecords(l.world, enumMembers(l.world, keys))); err != nil || len(keys) == 0 {
		t.failf("the records of the images have %d members, error %v", len(keys), err)
	}
	truth := map[string]image.Image{}
	for _, m := range l.world {
		truth[m.ID] = m
	}
	for key, isWord := range keys {
		if !isWord {
			continue
		}
		got, err := l.readEdited(editRecords(l.world, func(record map[string]any) {
			if _, ok := record[key]; ok {
				record[key] = "Unheard-Of"
			}
		}))
		if err != nil || !slices.Equal(ids(l.world[:t.effort.world]), ids(got)) {
			t.failf("%s of all images is an unknown word: %d of %d came, error %v", key, len(got), t.effort.world, err)
		}
		for _, m := range got {
			t.checkEnumsOf(key, truth[m.ID], m)
		}
	}
}

// checkEnumsOf wants the words of an image to be as they were, or unknown. Only OS
// and Arch may come from elsewhere then.
func (t *checkRun) checkEnumsOf(key string, was, m image.Image) {
	ok := m.Source == "" || m.Source == was.Source
	ok = ok && (m.Status == "" || m.Status == was.Status)
	ok = ok && (m.Visibility == "" || m.Visibility == was.Visibility)
	ok = ok && (m.OS == "" || slices.Contains(image.OSes(), m.OS))
	ok = ok && (m.Arch == "" || slices.Contains(image.Archs(), m.Arch))
	if !ok {
		t.failf("%s is an unknown word, and %s has source %q, status %q, visibility %q, os %q, arch %q",
			key, m.Ref, m.Source, m.Status, m.Visibility, m.OS, m.Arch)
	}
}

// ids are the sorted identifiers of images, whose regions may be unknown words.
func ids(images []image.Image) []string {
	out := make([]string, len(images))
	for i, m := range images {
		out[i] = m.ID
	}
	return slices.Sorted(slices.Values(out))
}

// mappingMalformed sends bodies that are not responses to the operation.
func mappingMalformed(t *checkRun) {
	l := t.newMapping(attempts)
	for _, body := range []string{
		"", " ", "{}", "[]", "null", `"ok"`, "0", "<html><body>welcome</body></html>", "{", `{"a":`, `{"a":1`, `{"a":1}}`, "\x00\xff", `{'a':1}`,
	} {
		l.checkBadResponse(body, func([]byte) []byte { return []byte(body) })
	}
	l.checkBadResponse("two answers in one", func(body []byte) []byte { return append(body, body...) })
}

func (l *editedListing) checkBadResponse(body string, change func([]byte) []byte) {
	got, err := l.readEdited(change)
	if !errors.Is(err, provider.BadResponse) && !errors.Is(err, provider.Unavailable) {
		l.failf("the answer is %q: %d images came, error %v: want BadResponse or Unavailable", body, len(got), err)
	}
}

// mappingHuge sends a valid body with many megabytes of white space.
func mappingHuge(t *checkRun) {
	l := t.newMapping(1)
	const spare = 1 << 20 // for the response itself
	blanks := slices.Grow(bytes.Repeat([]byte(" "), t.effort.hugeBytes), spare)
	l.checkBadResponse("blanks without end before the images", func(body []byte) []byte { return append(blanks, body...) })
}
