package wire

// List is a list of objects. One object may stand for a list of one, and an object
// with one of the wrappers as a member for what that member holds:
//
//	[{"Key":"a"}]    {"Key":"a"}    {"Tag":[{"Key":"a"}]}    {"Tag":{"Key":"a"}}
//
// Elements that are no object are left out. What has none of these forms is empty.
func List[T, E any](name string, of *Object[E], at func(*T) *[]E, wrappers ...string) Field[T] {
	return Field[T]{holder(name, '[', of), func(t *T, m mode) reader {
		return newListReader(of, at(t), wrappers, m)
	}}
}

// Wrapped is a list that the vendor documents inside of an object: "Tags" with the
// member "Tag". It is read in all forms of a [List].
func Wrapped[T, E any](name, wrapper string, of *Object[E], at func(*T) *[]E) Field[T] {
	inner := holder(wrapper, '[', of)
	outer := member{name: name, names: pathsInside(name, '{', inner.names), holder: '{', guards: of.guards}
	return Field[T]{outer, func(t *T, m mode) reader {
		return newListReader(of, at(t), []string{wrapper}, m.inside("."+wrapper))
	}}
}

// A listReader reads lists of objects into one place in memory.
type listReader[E any] struct {
	list    *[]E
	memory  []E // of the lists before, unless every list needs its own
	element E
	table   *table // of an object in a list
	object  *table // of an object in the place of a list
	members int    // of the element, seen in that object
	wrapped bool   // whether a wrapper was seen in it
	fresh   bool
	guards  bool
	path    string // of the list
}

func newListReader[E any](of *Object[E], list *[]E, wrappers []string, m mode) reader {
	l := &listReader[E]{list: list, fresh: m.fresh, guards: of.guards, path: m.path}
	inside := m.inside("[].")
	inside.fresh = true
	l.table = of.bind(&l.element, inside)
	l.object = of.bind(&l.element, inside)
	for i := range l.object.slots {
		read := l.object.slots[i].read
		l.object.slots[i].read = func(s *scanner, i int) int {
			l.members++
			return read(s, i)
		}
	}
	for _, wrapper := range wrappers {
		l.object.add(wrapper, l.unwrap)
	}
	return l.read
}

// read reads a list, or an object in its place.
func (l *listReader[E]) read(s *scanner, i int) int {
	*l.list = l.memory[:0]
	i, c := s.peek(i)
	if c != '{' {
		i = l.elements(s, i)
	} else {
		i = l.inPlace(s, i)
	}
	if !l.fresh {
		l.memory = *l.list
	}
	return i
}

// elements reads a list.
func (l *listReader[E]) elements(s *scanner, i int) int {
	i, more := s.list(i, l.path)
	for ; more; i, more = s.next(i, ']') {
		start, c := s.peek(i)
		if c != '{' {
			i = s.pass(start, l.guards)
			s.countUnless(s.isNothing(start, i), l.path+"[]")
			continue
		}
		l.begin()
		i = l.table.scan(s, start)
		*l.list = append(*l.list, l.element)
	}
	return i
}

// inPlace decodes an object in place of a list. If it has members of an element, it is
// the last element.
func (l *listReader[E]) inPlace(s *scanner, start int) int {
	l.begin()
	l.members, l.wrapped = 0, false
	end := l.object.scan(s, start)
	if l.members > 0 {
		*l.list = append(*l.list, l.element)
	} else if !l.wrapped {
		s.countUnless(s.isEmpty(start, end), l.path)
	}
	return end
}

// unwrap decodes the value of a wrapper: a list, or one object. The members of the
// object around it are kept.
func (l *listReader[E]) unwrap(s *scanner, i int) (end int) {
	l.wrapped = true
	*l.list = (*l.list)[:0]
	around := l.element
	defer func() { l.element = around }()
	i, c := s.peek(i)
	if c != '{' {
		return l.elements(s, i)
	}
	l.begin()
	end = l.table.scan(s, i)
	if !s.isEmpty(i, end) {
		*l.list = append(*l.list, l.element)
	}
	return end
}

func (l *listReader[E]) begin() {
	var empty E
	l.element = empty
}
