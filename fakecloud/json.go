package fakecloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadWorld reads the JSON form of one World: an object with the names of its
// fields in snake case, images as [image.Image] is written plus extra, omit,
// hidden and expired. A key that it does not know is an error which names it, and
// so is anything behind the object. Whether the world is consistent is for [New]
// to say. Numbers in extra are kept as [json.Number].
func ReadWorld(r io.Reader) (World, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var w World
	if err := dec.Decode(&w); err != nil {
		return World{}, fmt.Errorf("fakecloud: world: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return World{}, fmt.Errorf("fakecloud: world: something follows it at byte %d", dec.InputOffset())
	}
	return w, nil
}
