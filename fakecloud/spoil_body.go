package fakecloud

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"time"
)

// spoilBody lets the faults act on the body of an answer, each on what the one
// before it made of it.
func (x *exchange) spoilBody(a *answer) {
	ctx := x.http.Context()
	for k := range x.strikes(atBody) {
		a.stream = a.reader()
		at := k.Bytes
		if at < 0 {
			at = max(a.size+at, 0)
		}
		switch k.Do {
		case HangBody:
			a.stream = then(a.stream, at, reading(func([]byte) (int, error) { return 0, forever(ctx) }))
		case ResetBody:
			a.stream = then(a.stream, at, failing(errReset()))
		case Truncate:
			a.stream = then(a.stream, at, failing(io.ErrUnexpectedEOF))
		case Cut:
			a.stream, a.length = then(a.stream, at, failing(io.ErrUnexpectedEOF)), -1
		case Garbage:
			a.stream = then(a.stream, at, io.LimitReader(reading(k.noise), int64(max(a.size-at, 0))))
		case GzipBomb:
			a.stream, a.length = bomb(cmp.Or(at, 1<<30)), -1
			a.header.Set("Content-Encoding", "gzip")
		case Trickle:
			a.stream = &trickle{ctx: ctx, from: a.stream, k: k}
		case Endless:
			a.stream, a.length = then(a.stream, max(a.size-1, 0), reading(blanks)), -1
		}
	}
}

// reading is a Reader that is a function.
type reading func([]byte) (int, error)

func (f reading) Read(p []byte) (int, error) { return f(p) }

func failing(err error) io.Reader { return reading(func([]byte) (int, error) { return 0, err }) }

// then goes over to another reader after so many bytes, or earlier where the first
// one ends.
func then(r io.Reader, at int, next io.Reader) io.Reader {
	return io.MultiReader(io.LimitReader(r, int64(at)), next)
}

func (k strike) noise(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(k.rand.Uint32())
	}
	return len(p), nil
}

func blanks(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// trickle waits in front of every piece but the first.
type trickle struct {
	ctx  context.Context
	from io.Reader
	k    strike
	late bool
}

func (t *trickle) Read(p []byte) (int, error) {
	var wait time.Duration
	if t.late {
		wait = t.k.delay()
	}
	t.late = true
	if err := pause(t.ctx, wait); err != nil {
		return 0, err
	}
	return t.from.Read(p[:min(len(p), max(t.k.Bytes, 1))])
}

// bomb is one gzip file of so many blanks, rounded up to whole pieces.
func bomb(size int) io.Reader {
	const step = 256 << 10
	piece := bytes.Repeat([]byte(" "), step)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(piece) // a buffer takes everything
	_ = w.Flush()
	head, block := packed.Bytes()[:10], packed.Bytes()[10:]
	pieces := (size-1)/step + 1
	return io.MultiReader(bytes.NewReader(head), &repeated{text: block, left: pieces}, &bombEnd{piece: piece, pieces: pieces})
}

// repeated is a text so many times.
type repeated struct {
	text     []byte
	at, left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.at = 0
		r.left--
	}
	return n, nil
}

// bombEnd is the end of a gzip file, with a checksum that few clients live to see.
type bombEnd struct {
	piece  []byte
	pieces int
	text   io.Reader
}

func (b *bombEnd) Read(p []byte) (int, error) {
	if b.text == nil {
		sum := uint32(0)
		for range b.pieces {
			sum = crc32.Update(sum, crc32.IEEETable, b.piece)
		}
		end := []byte{1, 0, 0, 0xff, 0xff} // an empty last block
		end = binary.LittleEndian.AppendUint32(end, sum)
		b.text = bytes.NewReader(binary.LittleEndian.AppendUint32(end, uint32(b.pieces*len(b.piece))))
	}
	return b.text.Read(p)
}
