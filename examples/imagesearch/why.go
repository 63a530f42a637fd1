package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// why prints how many images each predicate excludes, and why no image matches.
// Targets that fail are reported on the standard error; the others are diagnosed all the same.
func (r *runner) why(ctx context.Context, targets []provider.Target) {
	d, err := provider.Why(ctx, targets, r.options.query, r.options.search())
	if err != nil {
		r.failSearch(ctx, err)
	}
	r.progress.end()
	if r.options.output == formatJSON {
		text, err := marshal(diagnosisInFlagWords(d, r.options.flagOf))
		if err == nil {
			_, err = r.stdout.Write(append(text, '\n'))
		}
		r.checkWrite(err)
		return
	}
	r.checkWrite(writeDiagnosis(r.stdout, r.screen, d, r.options.flagOf))
}

// diagnosisInFlagWords returns a diagnosis with advice in the words of the flags.
func diagnosisInFlagWords(d provider.Diagnosis, flagOf map[image.Field]string) provider.Diagnosis {
	texts := causeTexts(d, flagOf)
	d.Causes = slices.Clone(d.Causes)
	for i := range d.Causes {
		d.Causes[i].Text = strings.TrimPrefix(texts[i], "--"+flagOf[d.Causes[i].Field]+": ")
	}
	d.Targets = slices.Clone(d.Targets)
	for i := range d.Targets {
		t := &d.Targets[i]
		t.Defaults = slices.Clone(t.Defaults) // of the client
		for j := range t.Defaults {
			t.Defaults[j].Effect = adviceFor(t.Provider, t.Defaults[j].Effect)
		}
	}
	return d
}

// writeDiagnosis writes the predicates as a table, then the scope of each target and
// the causes, one a line.
func writeDiagnosis(w io.Writer, s screen, d provider.Diagnosis, flagOf map[image.Field]string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d in scope, %d match\n", d.Images, d.Matched)
	if len(d.Predicates) > 0 {
		b.WriteString("\n")
		if err := writePredicates(&b, s, d.Predicates, flagOf); err != nil {
			return err
		}
	}
	b.WriteString("\nScope:\n")
	for _, t := range d.Targets {
		fmt.Fprintf(&b, "  %s\n", printable.Line(scopeText(t)))
	}
	if len(d.Causes) > 0 {
		b.WriteString("\nWhy:\n")
	}
	for _, text := range causeTexts(d, flagOf) {
		fmt.Fprintf(&b, "  %s\n", printable.Line(text))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writePredicates(w io.Writer, s screen, predicates []provider.Exclusion, flagOf map[image.Field]string) error {
	columns := []column{{header: "PREDICATE", fixed: true}, {header: "VALUES"}, {header: "EXCLUDES", right: true}, {header: "ALONE", right: true}}
	var rows [][]string
	for _, p := range predicates {
		rows = append(rows, []string{
			"--" + flagOf[p.Field], printable.Line(strings.Join(p.Values, ", ")), strconv.Itoa(p.Excludes), strconv.Itoa(p.Alone),
		})
	}
	return writeGrid(w, s, columns, rows)
}

// scopeText describes the images that were listed at a target.
func scopeText(t provider.TargetScope) string {
	text := fmt.Sprintf("%s (%s): %d images", t.Target, t.Provider, t.Images)
	if t.Images == 1 {
		text = strings.TrimSuffix(text, "s")
	}
	if len(t.Sources) > 0 {
		text += " of the sources " + words(t.Sources)
	}
	if t.DefaultSources {
		text += " (default)"
	}
	for _, d := range t.Defaults {
		text += fmt.Sprintf("; %s=%s (default)", d.Param, d.Value)
	}
	if !t.Complete {
		text += "; failed"
	}
	return text
}

// causeTexts returns the text of each cause, with the names of flags.
func causeTexts(d provider.Diagnosis, flagOf map[image.Field]string) []string {
	var out []string
	outside := d.Outside
	for _, c := range d.Causes {
		text := inFlagWords(c.Text)
		switch c.Kind {
		case provider.CauseOutside:
			text = outsideText(text, outside[0])
			outside = outside[1:]
		case provider.CauseTogether, provider.CauseUnreported, provider.CauseNotRequested:
			text = withFlags(text, flagOf)
		case provider.CauseValue:
			text += suggestion(d.Predicates, c.Field, flagOf)
		}
		if c.Field != "" {
			text = "--" + flagOf[c.Field] + ": " + text
		}
		out = append(out, text)
	}
	return out
}

// outsideText adds the flag that includes the images.
func outsideText(text string, o provider.Outside) string {
	if o.Reason == provider.OutsideSources {
		return text + "; give --source " + string(o.Source)
	}
	text = strings.ReplaceAll(text, "the Native parameters of the query", "the parameters of --native")
	return strings.ReplaceAll(text, "; Native ", "; --native "+o.Example.Provider+".")
}

// withFlags replaces the names of predicates by their flags.
func withFlags(text string, flagOf map[image.Field]string) string {
	words := strings.Fields(text)
	for i, word := range words {
		name := strings.TrimSuffix(word, ",")
		if flag := flagOf[image.Field(name)]; flag != "" {
			words[i] = "--" + flag + strings.TrimPrefix(word, name)
		}
	}
	return strings.Join(words, " ")
}

// suggestion returns a question with the nearest value, or an empty text. The values near a pattern are
// names, which the table shows already.
func suggestion(predicates []provider.Exclusion, field image.Field, flagOf map[image.Field]string) string {
	i := slices.IndexFunc(predicates, func(p provider.Exclusion) bool { return p.Field == field })
	if i < 0 || flagOf[field] == "" || slices.Contains([]image.Field{image.FieldNameGlobs, image.FieldNameContains}, field) {
		return ""
	}
	for _, m := range predicates[i].Missing {
		for _, n := range m.Nearest {
			if slices.Contains([]string{"case", "space", "key", "spelling"}, n.How) {
				return "; did you mean " + n.Value + "?"
			}
		}
	}
	return ""
}
