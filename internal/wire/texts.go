package wire

import "strings"

// texts copies texts. The copies of one row share their memory, so that a row
// mostly takes one allocation, and keeps nothing of other rows.
type texts struct {
	row   strings.Builder
	used  int // bytes of this row
	usual int // bytes of the rows before
}

func (t *texts) keep(b []byte) string {
	t.used += len(b)
	if t.row.Cap()-t.row.Len() < len(b) {
		t.row.Reset()
		t.row.Grow(max(len(b), t.usual))
	}
	from := t.row.Len()
	t.row.Write(b)
	return t.row.String()[from:]
}

// next begins another row. What is usual follows rows that have more at once, and
// those that have less slowly.
func (t *texts) next() {
	const most = 4 << 10
	t.usual = min(most, max(t.used, t.usual-t.usual/8))
	t.used = 0
	t.row.Reset()
}
