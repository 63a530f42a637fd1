package image

import (
	"fmt"
	"slices"
	"strings"
)

// Status says in what state an image is. The zero value means unknown.
type Status string

// The states an image can be in.
const (
	StatusPending     Status = "pending"     // being created, copied or uploaded
	StatusAvailable   Status = "available"   // ready to launch
	StatusDeprecated  Status = "deprecated"  // launchable, but superseded
	StatusUnavailable Status = "unavailable" // exists, and cannot be launched
	StatusFailed      Status = "failed"      // its creation failed
	StatusSuspended   Status = "suspended"   // blocked, for instance for unpaid bills
	StatusDeleted     Status = "deleted"     // in the recycle bin
	StatusCeased      Status = "ceased"      // gone for good, still listed
)

// Source says where an image comes from. The zero value means unknown.
type Source string

// The origins an image can have.
const (
	SourceSystem      Source = "system"      // published by the provider
	SourceSelf        Source = "self"        // made by the account that asks
	SourceShared      Source = "shared"      // another account shared it with this one
	SourceCommunity   Source = "community"   // another account published it to everybody
	SourceMarketplace Source = "marketplace" // sold or given away on the provider's market
)

// Visibility says who can see an image. The zero value means unknown.
type Visibility string

// Who can see an image.
const (
	VisibilityPrivate Visibility = "private" // its owner
	VisibilityShared  Visibility = "shared"  // its owner and the accounts it was shared with
	VisibilityPublic  Visibility = "public"  // everybody
)

// OS is the kind of operating system on an image. The zero value means unknown.
type OS string

// The kinds of operating system.
const (
	OSLinux   OS = "linux"
	OSWindows OS = "windows"
)

// Arch is the processor architecture of an image. The zero value means unknown.
type Arch string

// The processor architectures.
const (
	ArchX86_64 Arch = "x86_64"
	ArchI386   Arch = "i386"
	ArchARM64  Arch = "arm64"
)

// words is the vocabulary of one enumeration: its values, and the other usual
// spellings of them.
type words[E ~string] struct {
	name  string
	all   []E
	other []spelling[E]
}

type spelling[E ~string] struct {
	text  string
	value E
}

var (
	statuses = words[Status]{name: "status", all: []Status{
		StatusPending, StatusAvailable, StatusDeprecated, StatusUnavailable,
		StatusFailed, StatusSuspended, StatusDeleted, StatusCeased,
	}}
	sources = words[Source]{name: "source", all: []Source{
		SourceSystem, SourceSelf, SourceShared, SourceCommunity, SourceMarketplace,
	}}
	visibilities = words[Visibility]{name: "visibility", all: []Visibility{
		VisibilityPrivate, VisibilityShared, VisibilityPublic,
	}}
	oses  = words[OS]{name: "os", all: []OS{OSLinux, OSWindows}}
	archs = words[Arch]{name: "arch", all: []Arch{ArchX86_64, ArchI386, ArchARM64}, other: []spelling[Arch]{
		{"amd64", ArchX86_64}, {"x86-64", ArchX86_64}, {"x64", ArchX86_64},
		{"386", ArchI386}, {"x86", ArchI386}, {"i486", ArchI386}, {"i586", ArchI386}, {"i686", ArchI386},
		{"aarch64", ArchARM64}, {"arm64/v8", ArchARM64}, {"armv8", ArchARM64},
	}}
)

func (w words[E]) has(e E) bool { return slices.Contains(w.all, e) }

func (w words[E]) find(text string) (E, bool) {
	if w.has(E(text)) {
		return E(text), true
	}
	text = strings.TrimSpace(text)
	for _, e := range w.all {
		if strings.EqualFold(text, string(e)) {
			return e, true
		}
	}
	for _, s := range w.other {
		if strings.EqualFold(text, s.text) {
			return s.value, true
		}
	}
	return "", false
}

func (w words[E]) parse(text string) (E, error) {
	if e, ok := w.find(text); ok {
		return e, nil
	}
	return "", fmt.Errorf("unknown %s %q: want %s", w.name, text, w.list())
}

func (w words[E]) unmarshal(e *E, text []byte) (err error) {
	if len(text) == 0 {
		*e = ""
		return nil
	}
	*e, err = w.parse(string(text))
	return err
}

func (w words[E]) list() string { return strings.Join(texts(w.all), ", ") }

func texts[E ~string](values []E) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// Statuses returns a new list of every known status.
func Statuses() []Status { return slices.Clone(statuses.all) }

// Sources returns a new list of every known source.
func Sources() []Source { return slices.Clone(sources.all) }

// Visibilities returns a new list of every known visibility.
func Visibilities() []Visibility { return slices.Clone(visibilities.all) }

// OSes returns a new list of every known kind of operating system.
func OSes() []OS { return slices.Clone(oses.all) }

// Archs returns a new list of every known architecture.
func Archs() []Arch { return slices.Clone(archs.all) }

// ParseStatus reads a status word, in any case and with spaces around it. The
// error for another word, or for none, lists the known ones.
func ParseStatus(text string) (Status, error) { return statuses.parse(text) }

// ParseSource reads a source word, in any case and with spaces around it. The
// error for another word, or for none, lists the known ones.
func ParseSource(text string) (Source, error) { return sources.parse(text) }

// ParseVisibility reads a visibility word, in any case and with spaces around
// it. The error for another word, or for none, lists the known ones.
func ParseVisibility(text string) (Visibility, error) { return visibilities.parse(text) }

// ParseOS reads an operating system word, in any case and with spaces around it.
// The error for another word, or for none, lists the known ones.
func ParseOS(text string) (OS, error) { return oses.parse(text) }

// ParseArch reads an architecture in any usual spelling and any case: amd64 and
// x86-64 are [ArchX86_64], x86 and i686 are [ArchI386], aarch64 is [ArchARM64].
// The error for another word, or for none, lists the neutral ones.
func ParseArch(text string) (Arch, error) { return archs.parse(text) }

// UnmarshalText reads what [ParseStatus] reads; an empty text is unknown.
func (s *Status) UnmarshalText(text []byte) error { return statuses.unmarshal(s, text) }

// UnmarshalText reads what [ParseSource] reads; an empty text is unknown.
func (s *Source) UnmarshalText(text []byte) error { return sources.unmarshal(s, text) }

// UnmarshalText reads what [ParseVisibility] reads; an empty text is unknown.
func (v *Visibility) UnmarshalText(text []byte) error { return visibilities.unmarshal(v, text) }

// UnmarshalText reads what [ParseOS] reads; an empty text is unknown.
func (o *OS) UnmarshalText(text []byte) error { return oses.unmarshal(o, text) }

// UnmarshalText reads what [ParseArch] reads; an empty text is unknown.
func (a *Arch) UnmarshalText(text []byte) error { return archs.unmarshal(a, text) }
