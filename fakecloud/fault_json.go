package fakecloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

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
