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

// Fault is something that goes wrong, with the requests that it affects. Do is its
// kind. The zero value of any other field means any request, or the default that the
// [FaultKind] names.
//
// The fields Account to Params select requests: a request must match all of them.
// The fields From to Seed say how often the fault acts. The other fields belong to
// certain kinds; it is an error to set one that the kind does not read.
//
// The faults of a script act in order, and all that match a request act on it: two
// latencies add up. If a fault responds with an error or ends the connection, later
// faults neither act on the request nor count it. So faults with Times form a
// sequence: the second acts once the first has acted Times times.
type Fault struct {
	Do FaultKind `json:"do"`

	// Which requests. All fields must match.

	Account  string            `json:"account,omitempty"`  // the name of the account whose key the request has
	Key      string            `json:"key,omitempty"`      // the ID of that key
	Provider string            `json:"provider,omitempty"` // such as "aliyunecs"
	Region   string            `json:"region,omitempty"`   // the region or zone in the request
	Action   string            `json:"action,omitempty"`   // such as "DescribeImages"
	Page     int               `json:"page,omitempty"`     // the number of the page, from 1; with offsets, of the page that starts there
	Params   map[string]string `json:"params,omitempty"`   // parameters and their values; "" also matches a missing parameter

	// How often. Requests count in the order of their arrival.

	From   int     `json:"from,omitempty"`   // acts from the request with this number on, counted from 1; 0 is 1
	Times  int     `json:"times,omitempty"`  // acts at most this often; 0 is without limit
	Each   bool    `json:"each,omitempty"`   // From and Times count each distinct request, with its retries, separately
	Chance float64 `json:"chance,omitempty"` // acts with this probability; 0 is always
	// Seed is the seed of Chance, Jitter, Anywhere, Garbage and UnstableOrder. The random numbers
	// depend on the seed, the request and how often it was sent. They do not depend
	// on the order of concurrent requests.
	Seed uint64 `json:"seed,omitempty"`

	// What the kind reads. In JSON, a duration is a string such as "1.5s".

	Wait       time.Duration     `json:"-"`                  // "wait"
	Jitter     time.Duration     `json:"-"`                  // "jitter"
	Status     int               `json:"status,omitempty"`   // the HTTP status
	Code       string            `json:"code,omitempty"`     // the error code of the vendor; QingCloud ignores a code that is not a number
	Message    string            `json:"message,omitempty"`  // the error message
	RetryAfter time.Duration     `json:"-"`                  // "retry_after": the header Retry-After, rounded up to seconds
	RateLimit  time.Duration     `json:"-"`                  // "rate_limit": the TimeLeft in the header x-ratelimit-user-api
	Rate       int               `json:"rate,omitempty"`     // the number of requests that are allowed in every Per
	Per        time.Duration     `json:"-"`                  // "per"; periods are aligned to the clock
	Header     map[string]string `json:"header,omitempty"`   // the HTTP headers
	Body       string            `json:"-"`                  // "body": a string, or any other JSON, which is sent as it is written
	Bytes      int               `json:"bytes,omitempty"`    // a number of bytes of the body
	Count      int               `json:"count,omitempty"`    // a number of rows or images
	Anywhere   bool              `json:"anywhere,omitempty"` // chooses any image at random instead of the newest
	Images     []Image           `json:"images,omitempty"`   // the images to insert
	IDs        []string          `json:"ids,omitempty"`      // the IDs of the images to delete
	Names      []string          `json:"names,omitempty"`    // the names of the parameters to ignore
}

// maxImages limits how many images a fault inserts or deletes at once.
const maxImages = 10_000

// SetFaults replaces the script and sets all its counts to zero. Without faults, the
// Cloud works correctly again. A request in flight keeps the faults that it started
// with. SetFaults returns an error, and changes nothing, if a fault is invalid. It is
// safe for concurrent use.
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

// check returns the first reason why a fault is invalid.
func (f Fault) check(c *catalog) error {
	t := f.Do.spec()
	operands := f.operands()
	switch {
	case t.stage == 0:
		return errors.New("unknown kind of fault: use a constant of type FaultKind")
	case f.Page < 0 || f.From < 0 || f.Times < 0 || f.Rate < 0 || f.Per < 0 || f.Jitter < 0 || f.RetryAfter < 0 || f.RateLimit < 0:
		return errors.New("a number is negative: use one that is not")
	case f.Chance < 0 || f.Chance > 1:
		return errors.New("chance is not from 0 to 1: use a probability")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status is %d: use one from 200 to 599", f.Status)
	case t.needs != "" && !slices.ContainsFunc(strings.Fields(t.needs), func(name string) bool { return slices.Contains(operands, name) }):
		return fmt.Errorf("%s is not set: set it", strings.ReplaceAll(t.needs, " ", " or "))
	case f.Do != ClockSkew && f.Wait < 0, f.Do != TotalAdd && f.Do != TotalDrift && f.Count < 0, (f.Do == GzipBomb || f.Do == Trickle) && f.Bytes < 0:
		return errors.New("a number is negative: use one that is not")
	case t.stage == stageWorld && f.Count > maxImages:
		return fmt.Errorf("count is more than %d: use several faults", maxImages)
	}
	for _, name := range operands {
		if !slices.Contains(strings.Fields(t.operands), name) {
			return fmt.Errorf("%s is not a field of this kind: leave it unset", name)
		}
	}
	return f.checkNames(c)
}

// operands returns the names of the fields that are set, of those that kinds read.
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

// checkNames returns an error for a fault that can never match or act.
func (f Fault) checkNames(c *catalog) error {
	if _, known := recordFormatOf(f.Provider); !known && f.Provider != "" {
		return fmt.Errorf("unknown provider %q: %s", f.Provider, useProviders)
	}
	if f.Account != "" && !slices.ContainsFunc(c.Accounts, func(a Account) bool { return a.Name == f.Account }) {
		return fmt.Errorf("unknown account %q: use the name of an account of the world", f.Account)
	}
	for name := range f.Header {
		if lower := strings.ToLower(name); lower == "content-length" || lower == "transfer-encoding" {
			return fmt.Errorf("the header %s is set by the emulator: leave it out", name)
		}
	}
	_, err := newRows(f.Images)
	return reportWorldErrors(err)
}

// ReadFaults reads a script in JSON: an object with "faults", a list of objects
// with the fields of [Fault], and "seed", the Seed of the faults that have none.
// Unknown keys and text after the object are errors. [Cloud.SetFaults] validates the
// faults.
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
		return nil, fmt.Errorf("fakecloud: faults: there is text after the object at byte %d: remove it", dec.InputOffset())
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

// UnmarshalJSON reads one fault. An unknown key is an error.
func (f *Fault) UnmarshalJSON(text []byte) error {
	*f = Fault{}
	return strictDecoder(bytes.NewReader(text)).Decode(f.form())
}

type faultFields Fault

// faultForm is a Fault with the fields that have a JSON form of their own.
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

// duration has the JSON form "1.5s".
type duration time.Duration

func (d duration) IsZero() bool                 { return d == 0 }
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}

// verbatim encodes a string as a JSON string, and any other JSON unchanged.
type verbatim string

func (v verbatim) IsZero() bool { return v == "" }

func (v *verbatim) UnmarshalJSON(text []byte) error {
	if text[0] != '"' {
		*v = verbatim(text)
		return nil
	}
	return json.Unmarshal(text, (*string)(v))
}
