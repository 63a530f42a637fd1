package wire

import (
	"fmt"
	"io"
	"strconv"
)

// A SyntaxError says why a document is not JSON. It is an
// [io.ErrUnexpectedEOF] if the document ends too early.
type SyntaxError struct {
	Offset int64  // the position of the byte that is wrong
	Msg    string // quotes at most one character of the document

	truncated bool
}

// Error says what is wrong and where.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at offset %d: %s", e.Offset, e.Msg)
}

// Unwrap is io.ErrUnexpectedEOF for a document that ends too early, else nil.
func (e *SyntaxError) Unwrap() error {
	if e.truncated {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// A ShapeError says that something else stands where a page should have its
// rows. The document is valid JSON as far as it was read.
type ShapeError struct {
	Offset int64  // the position of what stands there
	Path   string // the path of the rows, as given to NewPage
	Msg    string // quotes nothing of the document
}

// Error says what was found and where.
func (e *ShapeError) Error() string {
	return fmt.Sprintf("unexpected JSON at offset %d: %s: %s", e.Offset, e.Path, e.Msg)
}

// fail ends the pass with the syntax error at i.
func (s *scanner) fail(i int, where string) int {
	if i >= len(s.data) {
		return s.stop(&SyntaxError{Offset: int64(i), Msg: "the document ends " + where, truncated: true})
	}
	found := strconv.QuoteRuneToASCII(rune(s.data[i]))
	return s.stop(&SyntaxError{Offset: int64(i), Msg: "found " + found + " " + where})
}
