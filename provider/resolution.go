package provider

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// Resolution records which images a query chose, so that a later run can use the
// same ones and [Verify] can say whether the choice still stands. [Resolve] makes
// it.
//
// The JSON form is stable: it has a format version, names in snake case, and times
// in RFC 3339 and UTC. Decoding refuses other format versions, unknown names and
// values that Resolve does not write. A decoded Resolution encodes as the same JSON.
type Resolution struct {
	Query   image.Query // with the default statuses and sources of [NewestQuery]
	Keys    []GroupKey  // of the groups; nil: one entry for all images
	Time    time.Time   // at which the search began; UTC, whole seconds
	Library string      // version of this module that made it, or "(devel)"
	Entries []Resolved  // ordered by the values of the keys
	Failed  []string    // targets that failed, in the order of their names: their images had no part in the choice. Nil: none
}

// Resolved is one choice of a [Resolution].
type Resolved struct {
	Group   map[GroupKey]string // the value of each key; nil without keys
	Target  string              // that listed the image
	Ref     image.Ref
	Name    string
	Owner   string    // empty: not reported
	Created time.Time // UTC; zero: not reported
	Digest  string    // "sha256:" and 64 hexadecimal digits, of the JSON form of the image without Native

	// Image is the chosen image. It is not part of the JSON form, so it is zero in a
	// decoded Resolution.
	Image image.Image
}

// resolutionFormat is the only version of the JSON form so far.
const resolutionFormat = 1

type resolutionJSON struct {
	Format  int            `json:"format"`
	Library string         `json:"library"`
	Time    time.Time      `json:"time"`
	Query   image.Query    `json:"query"`
	Keys    []GroupKey     `json:"keys,omitempty"`
	Entries []resolvedJSON `json:"entries"`
	Failed  []string       `json:"failed,omitempty"`
}

type resolvedJSON struct {
	Group   map[GroupKey]string `json:"group,omitempty"`
	Target  string              `json:"target"`
	Ref     image.Ref           `json:"ref"`
	Name    string              `json:"name,omitempty"`
	Owner   string              `json:"owner,omitempty"`
	Created time.Time           `json:"created,omitzero"`
	Digest  string              `json:"digest"`
}

// MarshalJSON encodes the stable form.
func (r Resolution) MarshalJSON() ([]byte, error) {
	out := resolutionJSON{resolutionFormat, r.Library, r.Time, r.Query, r.Keys, []resolvedJSON{}, r.Failed}
	for _, e := range r.Entries {
		out.Entries = append(out.Entries, resolvedJSON{e.Group, e.Target, e.Ref, e.Name, e.Owner, e.Created, e.Digest})
	}
	return json.Marshal(out)
}

// UnmarshalJSON decodes the stable form. An error says which member is wrong.
func (r *Resolution) UnmarshalJSON(data []byte) error {
	if err := checkFormat(data); err != nil {
		return err
	}
	var in resolutionJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return &Error{Kind: InvalidArgument, Message: inRecord, Err: err}
	}
	out := Resolution{in.Query, in.Keys, in.Time.UTC(), in.Library, nil, in.Failed}
	for _, e := range in.Entries {
		out.Entries = append(out.Entries, Resolved{e.Group, e.Target, e.Ref, e.Name, e.Owner, e.Created.UTC(), e.Digest, image.Image{}})
	}
	if err := out.validate(); err != nil {
		return err
	}
	*r = out
	return nil
}

// checkFormat refuses a record that a newer version of the library may have written
// before its other members are looked at.
func checkFormat(data []byte) error {
	var in struct {
		Format *int `json:"format"`
	}
	err := json.Unmarshal(data, &in)
	switch {
	case err != nil:
		return &Error{Kind: InvalidArgument, Message: inRecord, Err: err}
	case in.Format == nil:
		return badResolution("no member format; want one that Resolve has made")
	case *in.Format != resolutionFormat:
		return badResolution("format %d is unknown; this version reads format %d: use a version of the library that knows it, or resolve again", *in.Format, resolutionFormat)
	}
	return nil
}

const inRecord = "resolution record"

func badResolution(format string, args ...any) error { return badSearch(inRecord+": "+format, args...) }

// validate refuses what Resolve does not make.
func (r Resolution) validate() error {
	if _, err := groupValues(r.Keys); err != nil {
		return &Error{Kind: InvalidArgument, Message: inRecord + ": member keys", Err: err}
	}
	if r.Time.IsZero() {
		return badResolution("no member time; want one that Resolve has made")
	}
	_, err := NewestQuery(r.Query)
	if err := cmp.Or(r.Query.Validate(), err); err != nil {
		return &Error{Kind: InvalidArgument, Message: inRecord + ": member query", Err: err}
	}
	groups := map[string]bool{}
	for i, e := range r.Entries {
		if reason := e.invalidReason(r.Keys); reason != "" {
			return badResolution("entry %d: %s", i+1, reason)
		}
		group := joinGroup(r.Keys, e.Group)
		if groups[group] {
			return badResolution("entry %d: its group occurs twice; keep one entry for each group", i+1)
		}
		groups[group] = true
	}
	return nil
}

func (e Resolved) invalidReason(keys []GroupKey) string {
	for _, key := range keys {
		if _, ok := e.Group[key]; !ok {
			return fmt.Sprintf("group has no value of the key %q; want one for each of keys", key)
		}
	}
	switch {
	case len(e.Group) != len(keys):
		return "group has values of other keys than keys names; remove them"
	case e.Target == "":
		return "no target; want the name of the target that listed the image"
	case e.Ref.Provider == "" || e.Ref.ID == "":
		return "ref has no provider or id; want both"
	case !isDigest(e.Digest):
		return fmt.Sprintf("digest %q: want sha256: and 64 hexadecimal digits in lower case", e.Digest)
	}
	return ""
}

const digestPrefix = "sha256:"

func isDigest(text string) bool {
	digits, ok := strings.CutPrefix(text, digestPrefix)
	sum, err := hex.DecodeString(digits)
	return ok && err == nil && len(sum) == sha256.Size && strings.ToLower(digits) == digits
}

// digestOf returns the digest of the neutral record of an image. Its JSON form has
// one order of members and of tags.
func digestOf(m image.Image) (string, error) {
	m.Native = nil
	text, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return digestPrefix + hex.EncodeToString(sum[:]), nil
}

// libraryVersion returns the version of this module in the running program.
func libraryVersion() string {
	const path = "github.com/imagequery/imagequery"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unversioned
	}
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if module.Path != path {
			continue
		}
		if module.Replace != nil {
			module = module.Replace
		}
		if module.Version != "" {
			return module.Version
		}
	}
	return unversioned
}

const unversioned = "(devel)"

// joinGroup returns the key that [KeyOf] gives the images of a group.
func joinGroup(keys []GroupKey, group map[GroupKey]string) string {
	values := make([]string, len(keys))
	for i, key := range keys {
		values[i] = group[key]
	}
	return joinValues(values)
}

// groupOf returns the value of each key of a hit.
func groupOf(keys []GroupKey, h Hit) map[GroupKey]string {
	var group map[GroupKey]string
	for _, known := range groupKeys {
		if slices.Contains(keys, known.key) {
			if group == nil {
				group = map[GroupKey]string{}
			}
			group[known.key] = known.value(h)
		}
	}
	return group
}

// Resolve chooses the newest image of each group of the keys, as [NewestBy] does
// with [KeyOf], and returns the choice as a record. Without keys it chooses one
// image, as [Newest] does.
//
// Resolve returns the choice among the targets that succeeded together with the
// joined errors of the others, whose names are in Failed. The Kind is
// [InvalidArgument] if a key is unknown or repeated, and otherwise as in NewestBy.
func Resolve(ctx context.Context, targets []Target, q image.Query, keys []GroupKey, options *SearchOptions) (Resolution, error) {
	key, err := KeyOf(keys...)
	if err != nil {
		return Resolution{}, err
	}
	wanted, err := NewestQuery(q)
	if err != nil {
		return Resolution{}, err
	}
	out := Resolution{
		Query: wanted.Normalized(), Keys: slices.Clone(keys),
		Time: time.Now().UTC().Truncate(time.Second), Library: libraryVersion(),
	}
	hits, searchErr := NewestBy(ctx, targets, wanted, key, options)
	for _, hit := range hits {
		entry, err := newResolved(keys, hit)
		if err != nil {
			return Resolution{}, err
		}
		out.Entries = append(out.Entries, entry)
	}
	if joined, ok := searchErr.(interface{ Unwrap() []error }); ok {
		out.Failed = slices.Sorted(maps.Keys(failuresOf(joined.Unwrap())))
	}
	return out, searchErr
}

func newResolved(keys []GroupKey, hit Hit) (Resolved, error) {
	m := hit.Image
	digest, err := digestOf(m)
	if err != nil {
		return Resolved{}, &TargetError{Target: hit.Target, Err: &Error{Kind: BadResponse, Message: "image " + m.ID + " has no JSON form", Err: err}}
	}
	return Resolved{groupOf(keys, hit), hit.Target, m.Ref, m.Name, m.Owner, m.Created.UTC(), digest, m}, nil
}

// failuresOf returns the errors of targets among those of a search, by the name of
// the target.
func failuresOf(errs []error) map[string]error {
	failures := map[string]error{}
	for _, err := range errs {
		if failure, ok := errors.AsType[*TargetError](err); ok {
			failures[failure.Target] = err
		}
	}
	return failures
}
