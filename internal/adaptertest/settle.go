package adaptertest

// settled returns the value with members that come twice made into one: the last
// counts, null is no value but ends a list, and objects are one object together.
// Only an object stays apart from another value that follows.
func (v tree) settled() tree {
	out := tree{open: v.open, scalar: v.scalar}
	for i, e := range v.inside {
		if v.open == '{' {
			out.settle(v.keys[i], e.settled())
		} else {
			out.inside = append(out.inside, e.settled())
		}
	}
	return out
}

// settle adds a member to an object.
func (v *tree) settle(key string, e tree) {
	for i := range v.keys {
		if v.keys[i] == key && v.inside[i].joins(e) {
			v.inside[i] = v.inside[i].followedBy(e)
			return
		}
	}
	v.keys, v.inside = append(v.keys, key), append(v.inside, e)
}

func (v tree) joins(e tree) bool { return v.open != '{' || e.open == '{' || e.isNull() }

func (v tree) followedBy(e tree) tree {
	switch {
	case e.isNull() && v.open != '[':
		return v
	case v.open != '{':
		return e
	}
	for i, key := range e.keys {
		v.settle(key, e.inside[i])
	}
	return v
}
