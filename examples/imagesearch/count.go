package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// counts is the number of hits for each combination of values of some keys.
type counts struct {
	keys   []key
	groups []hitGroup // in the order of the values, missing ones last
	screen screen
}

// hitGroup is the hits with equal values.
type hitGroup struct {
	hit   provider.Hit // one of them
	count int
}

// counting counts hits when they arrive, and prints the counts at the end.
type counting struct {
	keys    []key
	printed *int // number of hits
	write   func(counts) error
	groups  map[string]*hitGroup // by the texts of their values
}

func (c *counting) print(hit provider.Hit) error {
	*c.printed++
	var id strings.Builder
	for _, k := range c.keys {
		if !k.isMissing(hit) {
			id.WriteString(strconv.Quote(k.text(hit)))
		}
		id.WriteByte(',')
	}
	if c.groups == nil {
		c.groups = map[string]*hitGroup{}
	}
	if c.groups[id.String()] == nil {
		c.groups[id.String()] = &hitGroup{hit: hit}
	}
	c.groups[id.String()].count++
	return nil
}

func (c *counting) end() error {
	var groups []hitGroup
	for _, g := range c.groups {
		groups = append(groups, *g)
	}
	ascending := make([]sortKey, len(c.keys))
	for i, k := range c.keys {
		ascending[i].key = k
	}
	slices.SortFunc(groups, func(a, b hitGroup) int { return compareAll(ascending, a.hit, b.hit) })
	return c.write(counts{keys: c.keys, groups: groups})
}

const (
	countColumn  = "count"
	longestBar   = 40 // cells
	shortestBar  = 10
	barCharacter = "█"
)

// writeCountTable writes the counts with bars, the longest for the largest count.
func writeCountTable(w io.Writer, c counts) error {
	largest := 0
	for _, g := range c.groups {
		largest = max(largest, g.count)
	}
	columns := append(tableColumns(c.keys), column{header: strings.ToUpper(countColumn), right: true}, column{fixed: true})
	length := barLength(c)
	rows := make([][]string, len(c.groups))
	for i, g := range c.groups {
		bar := strings.Repeat(barCharacter, max(1, g.count*length/largest))
		rows[i] = append(tableCells(c.keys, g.hit), strconv.Itoa(g.count), bar)
	}
	return writeGrid(w, c.screen, columns, rows)
}

// barLength returns the length of the longest bar: what the other columns leave of
// the screen, within bounds.
func barLength(c counts) int {
	if c.screen.width == 0 {
		return longestBar
	}
	columns := tableColumns(c.keys)
	used := columnGap*(len(columns)+1) + len(countColumn)
	for i := range columns {
		width := cellWidth(columns[i].header)
		for _, g := range c.groups {
			width = max(width, cellWidth(tableCells(c.keys[i:i+1], g.hit)[0]))
		}
		used += width
	}
	return min(max(c.screen.width-used, shortestBar), longestBar)
}

func writeCountCSV(w io.Writer, c counts) error {
	out := csv.NewWriter(w)
	_ = out.Write(safeCells(append(keyNames(c.keys), countColumn))) // Error tells
	for _, g := range c.groups {
		_ = out.Write(append(safeCells(csvRow(c.keys, g.hit)), strconv.Itoa(g.count)))
	}
	out.Flush()
	return out.Error()
}

func writeCountJSON(w io.Writer, c counts) error {
	objects, err := countObjects(c)
	if err != nil {
		return err
	}
	return writeArray(w, objects)
}

func writeCountNDJSON(w io.Writer, c counts) error {
	objects, err := countObjects(c)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if _, err := w.Write(append(object, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// countObjects encodes each group as an object with its values and "count". A value
// that is missing is left out, as it is of an image.
func countObjects(c counts) ([][]byte, error) {
	var objects [][]byte
	for _, g := range c.groups {
		var b bytes.Buffer
		b.WriteByte('{')
		for _, k := range c.keys {
			if k.isMissing(g.hit) {
				continue
			}
			name, err := marshal(k.name)
			if err != nil {
				return nil, err
			}
			value, err := marshal(k.value(g.hit))
			if err != nil {
				return nil, err
			}
			b.Write(name)
			b.WriteByte(':')
			b.Write(value)
			b.WriteByte(',')
		}
		b.WriteString(`"` + countColumn + `":` + strconv.Itoa(g.count) + "}")
		objects = append(objects, b.Bytes())
	}
	return objects, nil
}
