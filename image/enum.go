package image

import (
	"fmt"
	"slices"
	"strings"
)

// Status is the state of an image. The zero value means unreported.
type Status string

// The states of an image.
const (
	StatusPending     Status = "pending"     // being created, copied or uploaded
	StatusAvailable   Status = "available"   // ready to launch
	StatusDeprecated  Status = "deprecated"  // launchable, but superseded
	StatusUnavailable Status = "unavailable" // exists, and cannot be launched
	StatusFailed      Status = "failed"      // its creation failed
	StatusSuspended   Status = "suspended"   // blocked by the provider, for example for an unpaid bill
	StatusDeleted     Status = "deleted"     // in the recycle bin
	StatusCeased      Status = "ceased"      // deleted for good, still listed
)

// Source is the origin of an image. The zero value means unreported.
type Source string

// The origins of an image.
const (
	SourceSystem      Source = "system"      // published by the provider
	SourceSelf        Source = "self"        // made by the account that lists it
	SourceShared      Source = "shared"      // shared with this account by another one
	SourceCommunity   Source = "community"   // published to all accounts by another one
	SourceMarketplace Source = "marketplace" // offered on the provider's marketplace
)

// Visibility is the set of accounts that can use an image. The zero value means unreported.
type Visibility string

// The visibilities of an image.
const (
	VisibilityPrivate Visibility = "private" // its owner
	VisibilityShared  Visibility = "shared"  // its owner and selected accounts
	VisibilityPublic  Visibility = "public"  // every account
)

// OS is the operating system family of an image. The zero value means unreported.
type OS string

// The operating system families.
const (
	OSLinux   OS = "linux"
	OSWindows OS = "windows"
)

// Arch is the processor architecture of an image. The zero value means unreported.
type Arch string

// The processor architectures.
const (
	ArchX86_64 Arch = "x86_64"
	ArchI386   Arch = "i386"
	ArchARM64  Arch = "arm64"
)

// enum is one enumeration: its neutral words, and their other usual spellings.
type enum[E ~string] struct {
	name  string
	all   []E
	other []spelling[E]
}

type spelling[E ~string] struct {
	text  string
	value E
}

var (
	statuses = enum[Status]{name: "status", all: []Status{
		StatusPending, StatusAvailable, StatusDeprecated, StatusUnavailable,
		StatusFailed, StatusSuspended, StatusDeleted, StatusCeased,
	}}
	sources = enum[Source]{name: "source", all: []Source{
		SourceSystem, SourceSelf, SourceShared, SourceCommunity, SourceMarketplace,
	}}
	visibilities = enum[Visibility]{name: "visibility", all: []Visibility{
		VisibilityPrivate, VisibilityShared, VisibilityPublic,
	}}
	oses  = enum[OS]{name: "os", all: []OS{OSLinux, OSWindows}}
	archs = enum[Arch]{name: "arch", all: []Arch{ArchX86_64, ArchI386, ArchARM64}, other: []spelling[Arch]{
		{"amd64", ArchX86_64}, {"x86-64", ArchX86_64}, {"x64", ArchX86_64},
		{"386", ArchI386}, {"x86", ArchI386}, {"i486", ArchI386}, {"i586", ArchI386}, {"i686", ArchI386},
		{"aarch64", ArchARM64}, {"arm64/v8", ArchARM64}, {"armv8", ArchARM64},
	}}
)

func (n enum[E]) has(e E) bool { return slices.Contains(n.all, e) }

// neutral returns the neutral word for a known spelling, and any other text as it is.
func (n enum[E]) neutral(e E) E {
	if known, ok := n.find(string(e)); ok {
		return known
	}
	return e
}

func (n enum[E]) find(text string) (E, bool) {
	if n.has(E(text)) {
		return E(text), true
	}
	text = strings.TrimSpace(text)
	for _, e := range n.all {
		if strings.EqualFold(text, string(e)) {
			return e, true
		}
	}
	for _, s := range n.other {
		if strings.EqualFold(text, s.text) {
			return s.value, true
		}
	}
	return "", false
}

func (n enum[E]) parse(text string) (E, error) {
	if e, ok := n.find(text); ok {
		return e, nil
	}
	return "", fmt.Errorf("unknown %s %q: want %s", n.name, text, n.list())
}

func (n enum[E]) unmarshal(e *E, text []byte) (err error) {
	if len(text) == 0 {
		*e = ""
		return nil
	}
	*e, err = n.parse(string(text))
	return err
}

func (n enum[E]) list() string { return strings.Join(texts(n.all), ", ") }

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

// OSes returns a new list of every known operating system family.
func OSes() []OS { return slices.Clone(oses.all) }

// Archs returns a new list of every known architecture.
func Archs() []Arch { return slices.Clone(archs.all) }

// ParseStatus parses a status word, in any case and with spaces around it. The
// error for any other text lists the known words.
func ParseStatus(text string) (Status, error) { return statuses.parse(text) }

// ParseSource parses a source word, in any case and with spaces around it. The
// error for any other text lists the known words.
func ParseSource(text string) (Source, error) { return sources.parse(text) }

// ParseVisibility parses a visibility word, in any case and with spaces around
// it. The error for any other text lists the known words.
func ParseVisibility(text string) (Visibility, error) { return visibilities.parse(text) }

// ParseOS parses an operating system word, in any case and with spaces around it.
// The error for any other text lists the known words.
func ParseOS(text string) (OS, error) { return oses.parse(text) }

// ParseArch parses an architecture in any usual spelling and any case: amd64 and
// x86-64 are [ArchX86_64], x86 and i686 are [ArchI386], aarch64 is [ArchARM64].
// The error for any other text lists the neutral words.
func ParseArch(text string) (Arch, error) { return archs.parse(text) }

// UnmarshalText parses a text as [ParseStatus] does. An empty text gives the zero value.
func (s *Status) UnmarshalText(text []byte) error { return statuses.unmarshal(s, text) }

// UnmarshalText parses a text as [ParseSource] does. An empty text gives the zero value.
func (s *Source) UnmarshalText(text []byte) error { return sources.unmarshal(s, text) }

// UnmarshalText parses a text as [ParseVisibility] does. An empty text gives the zero value.
func (v *Visibility) UnmarshalText(text []byte) error { return visibilities.unmarshal(v, text) }

// UnmarshalText parses a text as [ParseOS] does. An empty text gives the zero value.
func (o *OS) UnmarshalText(text []byte) error { return oses.unmarshal(o, text) }

// UnmarshalText parses a text as [ParseArch] does. An empty text gives the zero value.
func (a *Arch) UnmarshalText(text []byte) error { return archs.unmarshal(a, text) }
