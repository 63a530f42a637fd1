package fakecloud

import "slices"

// spoilSheet cuts the page out of what was found, and lets the faults act on it.
func (x *exchange) spoilSheet(s *sheet) {
	strikes := slices.Collect(x.strikes(atPage))
	for _, k := range strikes {
		if k.Do == PageClamp {
			s.page = s.page.shrink(k.Count)
		}
	}
	s.rows = s.page.of(s.found)
	for _, k := range strikes {
		s.spoilTotal(k)
		s.spoilRows(k)
	}
}

func (s *sheet) spoilTotal(k strike) {
	switch k.Do {
	case TotalMissing:
		s.noTotal = true
	case TotalZero:
		s.total = 0
	case TotalAdd:
		s.total += k.Count
	case TotalDrift:
		s.total += k.count() * (k.nth - 1)
	case TotalText:
		s.paging.text = true
	case TotalNumber:
		s.paging.text = false
	}
}

func (s *sheet) spoilRows(k strike) {
	switch k.Do {
	case PageCap:
		s.rows = s.rows[:min(k.Count, len(s.rows))]
	case PageShort:
		s.rows = s.rows[:max(len(s.rows)-k.count(), 0)]
	case PageEmpty:
		s.rows = nil
	case PageRepeat:
		s.rows = s.page.before().of(s.found)
	case DuplicateRows:
		s.rows = slices.Concat(s.rows[:min(k.count(), len(s.rows))], s.rows)
	}
}

// count is the Count of a strike, 1 unless it says otherwise.
func (k strike) count() int {
	if k.Count == 0 {
		return 1
	}
	return k.Count
}
