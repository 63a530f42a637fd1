package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// sortKey is one key of --sort.
type sortKey struct {
	key
	descending bool
}

// compare puts hits without the value last in either direction.
func (k sortKey) compare(a, b provider.Hit) int {
	missing := func(h provider.Hit) int {
		if k.isMissing(h) {
			return 1
		}
		return 0
	}
	switch x, y := missing(a), missing(b); {
	case x+y > 0:
		return x - y
	case k.descending:
		return k.key.compare(b, a)
	}
	return k.key.compare(a, b)
}

// sortHits sorts by several keys, and keeps the order of hits that are equal in all
// of them.
func sortHits(hits []provider.Hit, keys []sortKey) {
	slices.SortStableFunc(hits, func(a, b provider.Hit) int { return compareAll(keys, a, b) })
}

func compareAll(keys []sortKey, a, b provider.Hit) int {
	for _, k := range keys {
		if c := k.compare(a, b); c != 0 {
			return c
		}
	}
	return 0
}

// parseSort parses KEY[,KEY], where a key may have a "-" before it.
func parseSort(text string) ([]sortKey, error) {
	var out []sortKey
	var plain []string
	for name := range strings.SplitSeq(text, ",") {
		name, descending := strings.CutPrefix(name, "-")
		plain = append(plain, name)
		out = append(out, sortKey{descending: descending})
	}
	keys, err := parseKeys(strings.Join(plain, ","))
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		out[i].key = k
	}
	return out, nil
}

// parseKeys parses KEY[,KEY].
func parseKeys(text string) ([]key, error) {
	list := strings.Split(text, ",")
	for i, name := range list {
		if name == "" {
			return nil, errors.New("an empty key: want KEY[,KEY]")
		}
		if slices.Contains(list[:i], name) {
			return nil, fmt.Errorf("%s is given twice: drop one of them", name)
		}
	}
	return keysNamed(list...)
}

// parseColumns parses KEY[,KEY]. A column may also be the provider's own record.
func parseColumns(text string) ([]key, error) {
	list := strings.Split(text, ",")
	at := slices.Index(list, nativeKey().name)
	if at < 0 {
		return parseKeys(text)
	}
	list = slices.Delete(list, at, at+1)
	if len(list) == 0 {
		return []key{nativeKey()}, nil
	}
	keys, err := parseKeys(strings.Join(list, ","))
	if err != nil {
		return nil, err
	}
	return slices.Insert(keys, at, nativeKey()), nil
}
