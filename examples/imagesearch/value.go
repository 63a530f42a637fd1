package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/imagequery/imagequery/examples/internal/timetext"
)

// value is a flag's value that knows how to read a text.
type value struct {
	kind string // shown in the help
	set  func(text string) error
	text string // shown as the default
}

func (v *value) Set(text string) error {
	if text == "" {
		return errors.New("empty; give a value, or leave the flag out")
	}
	return v.set(text)
}

func (v *value) String() string { return v.text }
func (v *value) Type() string   { return v.kind }

// scalar is a flag that may be given once.
func scalar[T any](into *T, kind string, parse func(string) (T, error)) *value {
	given := false
	return &value{kind: kind, set: func(text string) error {
		if given {
			return errors.New("given twice; give it once")
		}
		given = true
		var err error
		*into, err = parse(text)
		return err
	}}
}

// list is a flag that adds a value each time it is given.
func list[T any](into *[]T, kind string, parse func(string) (T, error)) *value {
	return &value{kind: kind, set: func(text string) error {
		one, err := parse(text)
		if err == nil {
			*into = append(*into, one)
		}
		return err
	}}
}

// choice is a flag with one of some words. Without it the first holds.
func choice[T ~string](into *T, kind string, among []T) *value {
	*into = among[0]
	v := scalar(into, kind, func(text string) (T, error) {
		if one := T(text); slices.Contains(among, one) {
			return one, nil
		}
		return "", errors.New("want " + words(among) + didYouMean(text, texts(among)))
	})
	v.text = string(among[0])
	return v
}

// tags is a flag that adds KEY=VALUE each time it is given.
func tags(into *map[string]string) *value {
	return &value{kind: "KEY=VALUE", set: func(text string) error {
		key, val, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return errors.New("want KEY=VALUE; the value may be empty")
		}
		return setOnce(into, key, val)
	}}
}

// natives is a flag that adds PROVIDER.PARAM=VALUE each time it is given.
func natives(into *map[string]map[string]string) *value {
	return &value{kind: "PROVIDER.PARAM=VALUE", set: func(text string) error {
		name, val, ok := strings.Cut(text, "=")
		provider, param, dotted := strings.Cut(name, ".")
		if !ok || !dotted || provider == "" || param == "" {
			return errors.New("want PROVIDER.PARAM=VALUE, such as aliyunecs.Usage=instance")
		}
		section := (*into)[provider]
		if err := setOnce(&section, param, val); err != nil {
			return err
		}
		if *into == nil {
			*into = map[string]map[string]string{}
		}
		(*into)[provider] = section
		return nil
	}}
}

func setOnce(into *map[string]string, key, val string) error {
	if before, ok := (*into)[key]; ok && before != val {
		return fmt.Errorf("%s has the value %q already; give one value", key, before)
	}
	if *into == nil {
		*into = map[string]string{}
	}
	(*into)[key] = val
	return nil
}

// toggle defines a flag that needs no value.
func toggle(flags *pflag.FlagSet, into *bool, name, usage string) {
	v := scalar(into, "bool", parseBool)
	v.text = "false"
	set := v.set
	v.set = func(text string) error {
		v.text = text
		return set(text)
	}
	flags.Var(v, name, usage)
	flags.Lookup(name).NoOptDefVal = "true"
}

func plainText(text string) (string, error) { return text, nil }

// parseFile refuses the usual sign for a standard stream, where that is not possible.
func parseFile(text string) (string, error) {
	if text == "-" {
		return "", errors.New("want the path of a file; ./- is a file of that name")
	}
	return text, nil
}

func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, errors.New("want true or false, or no value")
	}
	return text == "true", nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errors.New("want a whole number, 0 or more")
	}
	return n, nil
}

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New("want a duration above zero, such as 30s or 2m")
	}
	return d, nil
}

// parseTime is timetext.Parse, and notes an age.
func (o *options) parseTime(text string) (time.Time, error) {
	if _, ok := timetext.ParseAge(text); ok {
		o.age = text
	}
	return timetext.Parse(text)
}
