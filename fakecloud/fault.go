package fakecloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Fault is one thing that goes wrong, and when. Do says what; the zero value of
// every other field means any request, or the default that the [FaultKind] names.
// Account to Params choose the requests, which must fit all of them; From to Seed say
// how often; the rest is for the effect to read, and an error where it does not.
//
// Several faults make a script, see [Cloud.SetFaults]. They act on a request in
// their order, all that match: two latencies add up, and a body can be cut short
// and trickle. Only where a request is refused, or the connection ends, it is the
// first of them that does so, and the later ones neither act nor count it. In this
// way faults with Times make a sequence: the second acts once the first is used up.
type Fault struct {
	Do FaultKind `json:"do"`

	// Which requests: all of these must hold.

	Account  string            `json:"account,omitempty"`  // the name of the account whose key the request names
	Key      string            `json:"key,omitempty"`      // the id of that key
	Provider string            `json:"provider,omitempty"` // such as "aliyunecs"
	Region   string            `json:"region,omitempty"`   // or zone, as it was sent
	Action   string            `json:"action,omitempty"`   // such as "DescribeImages"
	Page     int               `json:"page,omitempty"`     // of a listing, from 1; with an offset, the page that begins there
	Params   map[string]string `json:"params,omitempty"`   // parameters with these values; "" is also an absent one

	// How often. Requests are counted in the order in which they arrive.

	From   int     `json:"from,omitempty"`   // acts on these requests from the so many-th on
	Times  int     `json:"times,omitempty"`  // acts so often, then never again
	Each   bool    `json:"each,omitempty"`   // From and Times count every request by itself, with its repetitions
	Chance float64 `json:"chance,omitempty"` // acts with this probability, from 0 (always) to 1
	// Seed chooses the run of Chance, Jitter, Anywhere and Garbage. A run depends on
	// what is asked and how often, not on the order of requests that overlap.
	Seed uint64 `json:"seed,omitempty"`

	// What the effect reads. Durations are texts such as "1.5s" in JSON.

	Wait       time.Duration     `json:"-"`                  // "wait"
	Jitter     time.Duration     `json:"-"`                  // "jitter"
	Status     int               `json:"status,omitempty"`   // of HTTP
	Code       string            `json:"code,omitempty"`     // the vendor's; QingCloud, whose codes are numbers, takes no other
	Message    string            `json:"message,omitempty"`  // the text beside the code; empty: the vendor's
	RetryAfter time.Duration     `json:"-"`                  // "retry_after": the header Retry-After, in whole seconds, rounded up
	RateLimit  time.Duration     `json:"-"`                  // "rate_limit": the TimeLeft of the header x-ratelimit-user-api
	Rate       int               `json:"rate,omitempty"`     // requests in every Per
	Per        time.Duration     `json:"-"`                  // "per"; the counts begin with the seconds, minutes and so on of the clock
	Header     map[string]string `json:"header,omitempty"`   // of HTTP
	Body       string            `json:"-"`                  // "body": a text, or any other JSON, which is sent as it stands
	Bytes      int               `json:"bytes,omitempty"`    // of a body
	Count      int               `json:"count,omitempty"`    // of rows or images
	Anywhere   bool              `json:"anywhere,omitempty"` // not only at the front
	Images     []Image           `json:"images,omitempty"`   // to insert
	IDs        []string          `json:"ids,omitempty"`      // to delete
	Names      []string          `json:"names,omitempty"`    // of parameters to ignore
}

// mostImages come or go at a time.
const mostImages = 10_000

// SetFaults makes the faults act from now on, in place of those before, with all
// counts at zero. Requests under way keep the faults that they began with. Without
// faults, nothing goes wrong any more. It returns an error, and changes nothing, if
// a fault makes no sense.
func (c *Cloud) SetFaults(faults ...Fault) error {
	var errs []error
	for i, f := range faults {
		if err := f.check(c.live.current.Load()); err != nil {
			errs = append(errs, fmt.Errorf("fakecloud: fault %d (%s): %w", i+1, f.Do, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	c.script.Store(newScript(faults))
	return nil
}

// check returns the first reason why a fault makes no sense.
func (f Fault) check(c *catalog) error {
	t := f.Do.spec()
	operands := f.operands()
	switch {
	case t.stage == 0:
		return errors.New("unknown kind of fault")
	case f.Page < 0 || f.From < 0 || f.Times < 0 || f.Rate < 0 || f.Per < 0 || f.Jitter < 0 || f.RetryAfter < 0 || f.RateLimit < 0:
		return errors.New("a number is negative")
	case f.Chance < 0 || f.Chance > 1:
		return errors.New("chance is not from 0 to 1")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status is %d", f.Status)
	case t.needs != "" && !slices.ContainsFunc(strings.Fields(t.needs), func(name string) bool { return slices.Contains(operands, name) }):
		return fmt.Errorf("needs %s", strings.ReplaceAll(t.needs, " ", " or "))
	case f.Do != ClockSkew && f.Wait < 0, f.Do != TotalAdd && f.Do != TotalDrift && f.Count < 0, (f.Do == GzipBomb || f.Do == Trickle) && f.Bytes < 0:
		return errors.New("a number is negative")
	case t.stage == stageWorld && f.Count > mostImages:
		return fmt.Errorf("count is more than %d", mostImages)
	}
	for _, name := range operands {
		if !slices.Contains(strings.Fields(t.operands), name) {
			return fmt.Errorf("%s means nothing here", name)
		}
	}
	return f.checkNames(c)
}

// operands are the words of the fields that are set, of those that effects read.
func (f Fault) operands() []string {
	var names []string
	for name, set := range map[string]bool{
		"wait": f.Wait != 0, "jitter": f.Jitter != 0, "status": f.Status != 0, "code": f.Code != "", "message": f.Message != "",
		"retry_after": f.RetryAfter != 0, "rate_limit": f.RateLimit != 0, "rate": f.Rate != 0, "per": f.Per != 0,
		"header": len(f.Header) > 0, "body": f.Body != "", "bytes": f.Bytes != 0, "count": f.Count != 0,
		"anywhere": f.Anywhere, "images": len(f.Images) > 0, "ids": len(f.IDs) > 0, "names": len(f.Names) > 0,
	} {
		if set {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkNames refuses a fault that could never match, or never be carried out.
func (f Fault) checkNames(c *catalog) error {
	if _, known := recordFormatOf(f.Provider); !known && f.Provider != "" {
		return fmt.Errorf("unknown provider %q", f.Provider)
	}
	if f.Account != "" && !slices.ContainsFunc(c.Accounts, func(a Account) bool { return a.Name == f.Account }) {
		return fmt.Errorf("unknown account %q", f.Account)
	}
	for name := range f.Header {
		if lower := strings.ToLower(name); lower == "content-length" || lower == "transfer-encoding" {
			return fmt.Errorf("the header %s is not for a fault to choose", name)
		}
	}
	_, err := newRows(f.Images)
	return reportWorldErrors(err)
}

// ReadFaults reads a script in JSON: an object with "faults", a list of objects
// with the fields of [Fault], and "seed", which is the Seed of those without one.
// A key that it does not know is an error which names it, and so is anything behind
// the object. Whether the faults make sense is for [Cloud.SetFaults] to say.
func ReadFaults(r io.Reader) ([]Fault, error) {
	var script struct {
		Seed   uint64  `json:"seed"`
		Faults []Fault `json:"faults"`
	}
	dec := strictDecoder(r)
	if err := dec.Decode(&script); err != nil {
		return nil, fmt.Errorf("fakecloud: faults: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("fakecloud: faults: something follows them at byte %d", dec.InputOffset())
	}
	for i := range script.Faults {
		if script.Faults[i].Seed == 0 {
			script.Faults[i].Seed = script.Seed
		}
	}
	return script.Faults, nil
}

func strictDecoder(r io.Reader) *json.Decoder {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	dec.UseNumber()
	return dec
}

// MarshalJSON writes what [ReadFaults] reads.
func (f Fault) MarshalJSON() ([]byte, error) { return json.Marshal(f.form()) }

// UnmarshalJSON reads one fault, strictly.
func (f *Fault) UnmarshalJSON(text []byte) error {
	*f = Fault{}
	return strictDecoder(bytes.NewReader(text)).Decode(f.form())
}

type faultFields Fault

// faultForm is a view of a Fault with the fields that JSON writes its own way.
type faultForm struct {
	*faultFields
	Wait       *duration `json:"wait,omitzero"`
	Jitter     *duration `json:"jitter,omitzero"`
	RetryAfter *duration `json:"retry_after,omitzero"`
	RateLimit  *duration `json:"rate_limit,omitzero"`
	Per        *duration `json:"per,omitzero"`
	Body       *verbatim `json:"body,omitzero"`
}

func (f *Fault) form() *faultForm {
	return &faultForm{
		(*faultFields)(f), (*duration)(&f.Wait), (*duration)(&f.Jitter), (*duration)(&f.RetryAfter),
		(*duration)(&f.RateLimit), (*duration)(&f.Per), (*verbatim)(&f.Body),
	}
}

// duration is written like "1.5s".
type duration time.Duration

func (d duration) IsZero() bool                 { return d == 0 }
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

// verbatim is a JSON string, or the text of any other JSON.
type verbatim string

func (v verbatim) IsZero() bool { return v == "" }

func (v *verbatim) UnmarshalJSON(text []byte) error {
	if text[0] != '"' {
		*v = verbatim(text)
		return nil
	}
	return json.Unmarshal(text, (*string)(v))
}
