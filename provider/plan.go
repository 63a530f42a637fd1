package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/imagequery/imagequery/image"
)

// Plan describes how a client runs a query: the calls that it makes and where each
// predicate is applied. [Client.Explain] returns it without sending anything. The
// client checks every predicate on every image, wherever it is applied. Its JSON form
// is stable, with names in snake case.
type Plan struct {
	Provider    string        `json:"provider"`
	Region      string        `json:"region,omitempty"`
	Calls       []Call        `json:"calls,omitempty"`       // in the order in which their images are yielded; none: the result is empty
	Exact       []image.Field `json:"exact,omitempty"`       // applied exactly by the server in every call
	Superset    []image.Field `json:"superset,omitempty"`    // narrowed by the server in at least one call
	Local       []image.Field `json:"local,omitempty"`       // applied by the client only
	Unsupported []image.Field `json:"unsupported,omitempty"` // never reported by the API, so no call is made
	Notes       []string      `json:"notes,omitempty"`       // remarks for the reader, one sentence each
}

// String returns the plan as text of several lines, for display.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", strings.TrimSpace(p.Provider+" "+p.Region), p.headline())
	for i, call := range p.Calls {
		fmt.Fprintf(&b, "  call %d: %s, %s\n", i+1, call.Action, call.Paging)
		for _, name := range slices.Sorted(maps.Keys(call.Params)) {
			for _, value := range call.Params[name] {
				fmt.Fprintf(&b, "    %s=%s\n", name, printable(value))
			}
		}
	}
	for _, part := range []struct {
		label  string
		fields []image.Field
	}{
		{"pushed exactly", p.Exact},
		{"pushed as superset", p.Superset},
		{"applied locally", p.Local},
		{"never reported", p.Unsupported},
	} {
		if len(part.fields) > 0 {
			fmt.Fprintf(&b, "  %s: %s\n", part.label, joinFields(part.fields))
		}
	}
	for _, note := range p.Notes {
		fmt.Fprintf(&b, "  note: %s\n", note)
	}
	return b.String()
}

// printable quotes a text with characters that are not printable.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

func (p *Plan) headline() string {
	switch len(p.Calls) {
	case 0:
		return "nothing is sent"
	case 1:
		return "1 call"
	default:
		return fmt.Sprintf("%d calls", len(p.Calls))
	}
}

// String describes the pages: "one page", "pages of 50", or "pages with tokens" if the
// server chooses their size.
func (p Paging) String() string {
	switch {
	case p.MaxSize > 0:
		return fmt.Sprintf("pages of %d", p.MaxSize)
	case p.Tokens:
		return "pages with tokens"
	default:
		return "one page"
	}
}

func joinFields(fields []image.Field) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = string(f)
	}
	return strings.Join(texts, ", ")
}

// normalized validates and normalizes a query. Search calls it once for all targets.
func normalized(q image.Query) (image.Query, error) {
	if err := q.Validate(); err != nil {
		return q, &Error{Kind: InvalidArgument, Err: err}
	}
	return q.Normalized(), nil
}

// plan derives the plan of a normalized query.
func (c *Client) plan(q image.Query) (*Plan, error) {
	if err := c.usable(); err != nil {
		return nil, err
	}
	plan := &Plan{Provider: c.info.Name, Region: c.info.Region}
	plan.Unsupported = c.unreported(q)
	if len(plan.Unsupported) > 0 {
		plan.Notes = []string{c.unsupportedText(plan.Unsupported, q.SkipUnreported)}
		return plan, nil
	}
	reduced, notes := c.narrow(q)
	plan.Notes = notes
	if reduced != nil {
		calls, err := c.adapter.Plan(reduced.Normalized())
		if err != nil {
			return nil, c.fail(context.Background(), "", err)
		}
		if plan.Calls, err = c.sized(calls); err != nil {
			return nil, err
		}
	}
	plan.classify(q.Fields(), c.info.Support)
	plan.Notes = append(plan.Notes, defaultNotes(plan.Calls, c.info.Defaults)...)
	return plan, nil
}

func (c *Client) unsupportedText(fields []image.Field, skip bool) string {
	text := fmt.Sprintf("%s never reports %s: ", c.info.Name, joinFields(fields))
	if skip {
		return text + "it returns no images because SkipUnreported is set"
	}
	return text + "drop the predicate, leave out this target, or set SkipUnreported to get no images from it"
}

// narrow removes the values that no image of the API can have. The query is nil if
// no value of a predicate is left, since no image can match then.
func (c *Client) narrow(q image.Query) (*image.Query, []string) {
	n := narrowing{info: c.info}
	q.Sources = narrowed(&n, image.FieldSources, q.Sources)
	q.Visibilities = narrowed(&n, image.FieldVisibilities, q.Visibilities)
	q.Statuses = narrowed(&n, image.FieldStatuses, q.Statuses)
	q.OSes = narrowed(&n, image.FieldOSes, q.OSes)
	q.Archs = narrowed(&n, image.FieldArchs, q.Archs)
	if n.empty {
		return nil, n.notes
	}
	return &q, n.notes
}

type narrowing struct {
	info  Info
	notes []string
	empty bool
}

func narrowed[E ~string](n *narrowing, field image.Field, values []E) []E {
	words, fixed := n.info.Values[field]
	if !fixed || len(values) == 0 {
		return values
	}
	var kept []E
	for _, value := range values {
		if slices.Contains(words, string(value)) {
			kept = append(kept, value)
			continue
		}
		n.notes = append(n.notes, fmt.Sprintf("%s %s is not requested: no image of %s can have it", field, value, n.info.Name))
	}
	n.empty = n.empty || len(kept) == 0
	return kept
}

// sized applies the configured page size to the calls. The Kind of its error is
// [InvalidArgument].
func (c *Client) sized(calls []Call) ([]Call, error) {
	out := slices.Clone(calls)
	for i := range out {
		if size := out[i].Paging.MaxSize; size < 0 {
			return nil, c.fail(context.Background(), out[i].Action, &Error{
				Kind: InvalidArgument, Message: fmt.Sprintf("Call.Paging.MaxSize %d: negative; leave it 0 for a call with one page", size),
			})
		}
		if size := c.config.Listing.PageSize; size > 0 && size < out[i].Paging.MaxSize {
			out[i].Paging.MaxSize = size
		}
	}
	return out, nil
}

func (p *Plan) classify(fields []image.Field, support map[image.Field]Support) {
	if len(p.Calls) == 0 {
		return
	}
	for _, f := range fields {
		in := 0
		for _, call := range p.Calls {
			if slices.Contains(call.Pushed, f) {
				in++
			}
		}
		switch {
		case in == 0:
			p.Local = append(p.Local, f)
		case in == len(p.Calls) && support[f] == Exact:
			p.Exact = append(p.Exact, f)
		default:
			p.Superset = append(p.Superset, f)
		}
	}
}

// exact reports whether the server returns matching images only.
func (p *Plan) exact() bool { return len(p.Superset) == 0 && len(p.Local) == 0 }

func defaultNotes(calls []Call, defaults []Default) []string {
	var notes []string
	for _, d := range defaults {
		if slices.ContainsFunc(calls, func(c Call) bool { return !c.Params.Has(d.Param) }) {
			notes = append(notes, fmt.Sprintf("the provider's default %s=%s holds: %s", d.Param, d.Value, d.Effect))
		}
	}
	return notes
}

// unreported returns the predicates of a query on fields that the API never reports.
func (c *Client) unreported(q image.Query) []image.Field {
	var out []image.Field
	for _, f := range q.Fields() {
		if c.info.Support[f] == None {
			out = append(out, f)
		}
	}
	return out
}
