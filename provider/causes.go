package provider

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

// addCauses derives the causes from the rest of the diagnosis. Without failures and
// fields that are never reported, a query with matches has no causes.
func (d *Diagnosis) addCauses(explained bool) {
	d.addFailed()
	if d.Matched == 0 {
		d.addOutside()
		d.addScope()
		d.addTogether()
	}
	d.addNotRequested()
	d.addUnreported()
	if d.Matched == 0 {
		d.addUnseen(explained)
	}
}

func (d *Diagnosis) add(kind CauseKind, field image.Field, format string, args ...any) {
	d.Causes = append(d.Causes, Cause{kind, field, fmt.Sprintf(format, args...)})
}

func (d *Diagnosis) addFailed() {
	var failed []string
	for _, t := range d.Targets {
		if !t.Complete {
			failed = append(failed, t.Target)
		}
	}
	if len(failed) > 0 {
		d.add(CauseFailed, "", "%d of %d targets failed, and images of theirs are unknown: %s", len(failed), len(d.Targets), listed(failed))
	}
}

func (d *Diagnosis) addOutside() {
	for _, o := range d.Outside {
		why := "the Native parameters of the query leave them out"
		switch o.Reason {
		case OutsideSources:
			why = fmt.Sprintf("their source is %s, which the query does not request", o.Source)
		case OutsideDefault:
			why = fmt.Sprintf("a default of the provider, %s, leaves them out: %s", o.Param, o.Effect)
		}
		d.add(CauseOutside, "", "outside the scope %s, such as %s: %s", matchVerb(o.Images), o.Example, why)
	}
}

func matchVerb(n int) string {
	if n == 1 {
		return "1 image matches"
	}
	return fmt.Sprintf("%d images match", n)
}

func sortOutside(all []Outside) {
	slices.SortFunc(all, func(a, b Outside) int {
		return cmp.Or(strings.Compare(string(a.Reason), string(b.Reason)), strings.Compare(string(a.Source), string(b.Source)), strings.Compare(a.Param, b.Param))
	})
}

// addScope adds what the images of the scope say about each predicate.
func (d *Diagnosis) addScope() {
	if d.Images == 0 {
		d.add(CauseEmpty, "", "the scope holds no images: the targets have none of the sources that are requested")
		return
	}
	for _, p := range d.Predicates {
		switch {
		case p.Excludes == d.Images:
			d.add(CauseValue, p.Field, "%s", p.missingText(len(d.Predicates) > 1))
		case p.Alone > 0:
			d.add(CausePredicate, p.Field, "%s every other predicate, such as %s%s", fulfilVerb(p.Alone), p.Example, p.insteadText())
		}
	}
}

func fulfilVerb(n int) string {
	if n == 1 {
		return "1 image fulfils"
	}
	return fmt.Sprintf("%d images fulfil", n)
}

// missingText says that no image has any of the values, and which ones come near.
// Others reports whether the query has other predicates.
func (p Exclusion) missingText(others bool) string {
	text := "no image in the scope has " + listed(quoted(p.Values))
	switch p.Field {
	case image.FieldCreatedAfter:
		text = "no image in the scope was created then or later"
	case image.FieldCreatedBefore:
		text = "no image in the scope was created before"
	}
	near := p.nearText()
	switch {
	case near == "" && p.Alone > 0 && others:
		return text + fmt.Sprintf("; %s every other predicate, such as %s%s", fulfilVerb(p.Alone), p.Example, p.insteadText())
	case near == "" && p.Alone > 0:
		return text + p.insteadText()
	default:
		return text + near
	}
}

func (p Exclusion) nearText() string {
	var near []string
	for _, m := range p.Missing {
		for _, n := range m.Nearest {
			near = append(near, n.text())
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; the nearest: " + listed(near)
}

func (n NearValue) text() string {
	how := map[string]string{
		"case": "differs in case", "space": "differs in white space", "key": "has the same key",
		"spelling": "is spelled alike", "part": "has a part in common", "time": "is the nearest time",
	}[n.How]
	text := fmt.Sprintf("%s %s (%s", strconv.Quote(n.Value), how, countImages(n.Images))
	if n.Matches > 0 {
		text += fmt.Sprintf(", %d would match", n.Matches)
	}
	return text + ")"
}

// insteadText lists the values that the images have, if they are few.
func (p Exclusion) insteadText() string {
	if p.MoreInstead {
		return ""
	}
	var texts []string
	for _, v := range p.Instead {
		texts = append(texts, fmt.Sprintf("%s (%d)", strconv.Quote(v.Value), v.Images))
	}
	if len(texts) == 0 {
		return ", for which it is not reported"
	}
	return "; instead: " + listed(texts)
}

// addTogether names the predicates that are fulfilled by some images, but not by the
// same ones.
func (d *Diagnosis) addTogether() {
	var alone []string
	for _, p := range d.Predicates {
		if p.Excludes < d.Images && p.Alone > 0 {
			alone = append(alone, string(p.Field))
		}
	}
	switch {
	case len(alone) > 1:
		d.add(CauseTogether, "", "no image fulfils %s together, although some fulfil each", listed(alone))
	case len(alone) == 0 && d.Closest != nil && len(d.Closest.Fails) > 1:
		d.add(CauseTogether, "", "no predicate alone is the cause: the closest image, %s, fails %s", d.Closest.Ref, listed(texts(d.Closest.Fails)))
	}
}

func texts[E ~string](values []E) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func (d *Diagnosis) addNotRequested() {
	var seen []string
	for _, t := range d.Targets {
		for _, remark := range t.NotRequested {
			if !slices.Contains(seen, remark) {
				seen = append(seen, remark)
				d.add(CauseNotRequested, "", "%s", remark)
			}
		}
	}
}

// addUnreported names each provider with predicates that it can never answer.
func (d *Diagnosis) addUnreported() {
	var providers []string
	targets := map[string][]string{}
	fields := map[string][]image.Field{}
	for _, t := range d.Targets {
		if len(t.Unreported) == 0 {
			continue
		}
		if targets[t.Provider] == nil {
			providers = append(providers, t.Provider)
		}
		targets[t.Provider] = append(targets[t.Provider], t.Target)
		fields[t.Provider] = t.Unreported
	}
	for _, name := range providers {
		d.add(CauseUnreported, "", "%s never reports %s, so no image of these targets can match: %s", name, joinFields(fields[name]), listed(targets[name]))
	}
}

// addUnseen names the regions of the query that no target is in and, if nothing else
// was found, what no listing can show.
func (d *Diagnosis) addUnseen(explained bool) {
	for _, region := range d.Query.Regions {
		if !slices.ContainsFunc(d.Targets, func(t TargetScope) bool { return t.Region == region || t.Region == "" }) {
			d.add(CauseUnseen, image.FieldRegions, "no target is in %s: images there cannot be seen without one", strconv.Quote(region))
		}
	}
	if !explained && len(d.Outside) == 0 && !slices.ContainsFunc(d.Predicates, Exclusion.hasNearMatch) {
		d.add(CauseUnseen, "", "images of other accounts that are not shared with those of the targets, and images in other regions, cannot be seen: "+
			"add targets for them, or have the images shared")
	}
}

// hasNearMatch reports whether images would match with a near value.
func (p Exclusion) hasNearMatch() bool {
	return slices.ContainsFunc(p.Missing, func(m MissingValue) bool {
		return slices.ContainsFunc(m.Nearest, func(n NearValue) bool { return n.Matches > 0 && n.How != nearTime.how() && n.How != nearPart.how() })
	})
}

func quoted(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.Quote(v)
	}
	return out
}

// maxListed is how many texts a line names.
const maxListed = 5

// listed joins texts, and counts those behind the first few.
func listed(texts []string) string {
	if more := len(texts) - maxListed; more > 0 {
		return strings.Join(texts[:maxListed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(texts, ", ")
}
