package jsonoracle

import "strings"

// Rows are the rows of a response.
type Rows struct {
	Found   bool    // a value stands in their place
	Refused bool    // that value has other things than rows, or there are two
	List    []Value // objects
}

// FindRows looks for the rows at a path such as "Images.Image". What is empty there, or on
// the way to it, has none. Nulls between rows are left out. A single row stands there
// itself, without a list.
func FindRows(doc Value, path string, single bool) Rows {
	var r Rows
	r.within(doc, strings.Split(path, "."), single)
	return r
}

// within looks for a path inside an object.
func (r *Rows) within(v Value, path []string, single bool) {
	for i, key := range v.Keys {
		if key == path[0] {
			r.place(v.Inside[i], path[1:], single)
		}
	}
}

// place judges a value that stands where the rows do, or on the way to them.
func (r *Rows) place(v Value, below []string, single bool) {
	switch {
	case r.Found:
		r.Refused = true
	case v.IsEmpty():
		r.Found = true
	case len(below) > 0 && v.IsObject():
		r.within(v, below, single)
	case len(below) > 0:
		r.Refused = true
	case single:
		r.Found = true
		r.add(v)
	case !v.IsList():
		r.Refused = true
	default:
		r.Found = true
		for _, element := range v.Inside {
			if !element.IsNull() {
				r.add(element)
			}
		}
	}
}

func (r *Rows) add(row Value) {
	if !row.IsObject() {
		r.Refused = true
		return
	}
	r.List = append(r.List, row)
}
