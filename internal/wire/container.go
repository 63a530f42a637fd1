package wire

// Texts is a list of texts. Elements that are no text are left out; what is no
// list is empty.
func Texts[T any](name string, at func(*T) *[]string) Field[T] {
	f := Field[T]{member: member{name: name, names: []string{name}}}
	f.scan = func(s *scanner, t *T) error {
		texts := at(t)
		*texts = nil
		if s.peek() != '[' {
			return s.skip()
		}
		return s.elements(func() error {
			v, err := s.value()
			if err == nil && (v.kind == text || v.kind == number || v.kind == boolean) {
				*texts = append(*texts, string(s.text(v)))
			}
			return err
		})
	}
	return f
}

// List is a list of objects. Elements that are no object are left out; what is
// no list is empty.
func List[T, E any](name string, of *Object[E], at func(*T) *[]E) Field[T] {
	f := Field[T]{member: holder(name, '[', of.Names())}
	f.guards = of.guards
	f.scan = func(s *scanner, t *T) error {
		list := at(t)
		*list = (*list)[:0]
		if s.peek() != '[' {
			return s.skip()
		}
		return s.elements(func() error {
			if s.peek() != '{' {
				return s.pass(of.guards)
			}
			var e E
			*list = append(*list, e)
			return of.scan(s, &(*list)[len(*list)-1])
		})
	}
	f.keep = func(old, fresh *T) { *at(fresh) = (*at(old))[:0] }
	return f
}

// Nested is an object. What is no object leaves the E as it is.
func Nested[T, E any](name string, of *Object[E], at func(*T) *E) Field[T] {
	f := Field[T]{member: holder(name, '{', of.Names())}
	f.guards = of.guards
	f.scan = func(s *scanner, t *T) error {
		if s.peek() != '{' {
			return s.skip()
		}
		return of.scan(s, at(t))
	}
	f.keep = func(old, fresh *T) { of.keep(at(old), at(fresh)) }
	return f
}

// Inside is an object whose members land in the same T.
func Inside[T any](name string, fields ...Field[T]) Field[T] {
	return Nested(name, NewObject(fields...), func(t *T) *T { return t })
}

// holder is a member with others inside it, or inside its elements.
func holder(name string, opening byte, inside []string) member {
	path := name + "."
	if opening == '[' {
		path = name + "[]."
	}
	m := member{name: name, names: []string{name}, holder: opening}
	for _, n := range inside {
		m.names = append(m.names, path+n)
	}
	return m
}
