// Package environ reads settings from environment variables that have several
// names, since the tools of a vendor do not agree on one, and from files of bounded
// size.
package environ

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// KeyNames are the variables of one access key.
type KeyNames struct {
	ID, Secret string
	Token      string // of a session; empty: the vendor has none
	Common     bool   // other programs use these names, too
}

// Keys returns the access key in the environment, and whether there is one. Half a
// key, a token without a key, and two keys that differ are errors, which name the
// variables. The first of the sets is the recommended one.
func Keys(sets []KeyNames) (c provider.Credentials, found bool, err error) {
	complete, err := completeSets(sets)
	if err != nil {
		return c, false, err
	}
	if err := checkTokens(sets, complete); err != nil || len(complete) == 0 {
		return c, false, err
	}
	used := complete[0]
	for _, other := range complete[1:] {
		if os.Getenv(other.ID) != os.Getenv(used.ID) || os.Getenv(other.Secret) != os.Getenv(used.Secret) {
			return c, false, unauthenticated("%s and %s hold different access keys: unset one of the two, with its secret", used.ID, other.ID)
		}
	}
	token, _, err := Variable(tokensOf(complete)...)
	if err != nil {
		return c, false, err
	}
	c, err = provider.Static(os.Getenv(used.ID), os.Getenv(used.Secret), token).Credentials(context.Background())
	if err != nil {
		return c, false, &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprintf("%s and %s", used.ID, used.Secret), Err: err}
	}
	return c, true, nil
}

// completeSets returns the sets with an ID and a secret. Half a set is an error.
func completeSets(sets []KeyNames) ([]KeyNames, error) {
	var complete []KeyNames
	for _, set := range sets {
		id, secret := os.Getenv(set.ID) != "", os.Getenv(set.Secret) != ""
		switch {
		case id && secret:
			complete = append(complete, set)
		case id:
			return nil, unauthenticated("%s is set without %s: set both or neither", set.ID, set.Secret)
		case secret:
			return nil, unauthenticated("%s is set without %s: set both or neither", set.Secret, set.ID)
		}
	}
	return complete, nil
}

// checkTokens refuses a token whose set has no key, unless its name is one that
// many programs use.
func checkTokens(sets, complete []KeyNames) error {
	known := tokensOf(complete)
	for _, set := range sets {
		if os.Getenv(set.Token) != "" && !set.Common && !slices.Contains(known, set.Token) {
			return unauthenticated("%s is set without %s and %s: set all three, or unset it", set.Token, set.ID, set.Secret)
		}
	}
	return nil
}

func tokensOf(sets []KeyNames) []string {
	var names []string
	for _, set := range sets {
		names = append(names, set.Token)
	}
	return names
}

// Variable returns the value of a variable that has several names, and the name
// that is set. Names that are set to different values are an error.
func Variable(names ...string) (value, name string, err error) {
	for _, other := range names {
		text := os.Getenv(other)
		if text != "" && value != "" && text != value {
			return "", "", invalid("%s and %s have different values: unset one of the two", name, other)
		}
		if text != "" {
			value, name = text, cmp.Or(name, other)
		}
	}
	return value, name, nil
}

// Switch reports whether a variable that has several names is "true", in any
// case. It is an error to set it to anything but true and false.
func Switch(names ...string) (on bool, name string, err error) {
	value, name, err := Variable(names...)
	switch {
	case err != nil:
		return false, "", err
	case strings.EqualFold(value, "true"):
		return true, name, nil
	case value == "" || strings.EqualFold(value, "false"):
		return false, name, nil
	}
	return false, "", invalid("%s is %q: set it to true or false", name, value)
}

func unauthenticated(format string, values ...any) error {
	return &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprintf(format, values...)}
}

func invalid(format string, values ...any) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: fmt.Sprintf(format, values...)}
}
