package wire

// Texts is a list of texts. Elements that are no text are left out; what is no
// list is empty.
func Texts[T any](name string, at func(*T) *[]string) Field[T] {
	return scalar(name, func(s *scanner, t *T) {
		texts := at(t)
		*texts = nil
		for more := s.list(); more; more = s.next() {
			if v := s.value(); v.kind == text || v.kind == number || v.kind == boolean {
				*texts = append(*texts, s.texts.keep(s.text(v)))
			}
		}
	})
}

// List is a list of objects. Elements that are no object are left out; what is
// no list is empty.
func List[T, E any](name string, of *Object[E], at func(*T) *[]E) Field[T] {
	f := Field[T]{member: holder(name, '[', of.Names())}
	f.guards = of.guards
	f.read = func(s *scanner, t *T) {
		list := at(t)
		*list = (*list)[:0]
		for more := s.list(); more; more = s.next() {
			if s.peek() != '{' {
				s.pass(of.guards)
				continue
			}
			var e E
			*list = append(*list, e)
			of.scan(s, &(*list)[len(*list)-1])
		}
	}
	f.keep = func(old, fresh *T) { *at(fresh) = (*at(old))[:0] }
	return f
}

// Nested is an object. What is no object leaves the E as it is.
func Nested[T, E any](name string, of *Object[E], at func(*T) *E) Field[T] {
	f := Field[T]{member: holder(name, '{', of.Names())}
	f.guards = of.guards
	f.read = func(s *scanner, t *T) {
		if s.peek() == '{' {
			of.scan(s, at(t))
		} else {
			s.skip()
		}
	}
	if of.keeps != nil {
		f.keep = func(old, fresh *T) { of.keep(at(old), at(fresh)) }
	}
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
