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

// applyBodyFaults applies the faults of the body in order, each to the result of the
// one before.
func (x *exchange) applyBodyFaults(a *response) {
	ctx := x.http.Context()
	for k := range x.activeFaults(stageBody) {
		a.stream = a.reader()
		at := k.Bytes
		if at < 0 {
			at = max(a.size+at, 0)
		}
		switch k.Do {
		case HangBody:
			a.stream = switchAfter(a.stream, at, readerFunc(func([]byte) (int, error) { return 0, waitForCancel(ctx) }))
		case ResetBody:
			a.stream = switchAfter(a.stream, at, errorReader(errReset()))
		case Truncate:
			a.stream = switchAfter(a.stream, at, errorReader(io.ErrUnexpectedEOF))
		case ShortBody:
			a.length = min(at, a.size)
			a.stream = io.LimitReader(a.stream, int64(a.length))
		case Cut:
			a.stream, a.length = switchAfter(a.stream, at, errorReader(io.ErrUnexpectedEOF)), -1
		case Garbage:
			a.stream = switchAfter(a.stream, at, io.LimitReader(readerFunc(k.readNoise), int64(max(a.size-at, 0))))
		case GzipBomb:
			a.stream, a.length = gzipBomb(cmp.Or(at, 1<<30)), -1
			a.header.Set("Content-Encoding", "gzip")
		case Trickle:
			a.stream = &trickleReader{ctx: ctx, from: a.stream, k: k}
		case Endless:
			a.stream, a.length = switchAfter(a.stream, max(a.size-1, 0), readerFunc(readSpaces)), -1
		}
	}
}

// readerFunc is a Reader that is a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func errorReader(err error) io.Reader { return readerFunc(func([]byte) (int, error) { return 0, err }) }

// switchAfter goes over to another reader after so many bytes, or earlier where the first
// one ends.
func switchAfter(r io.Reader, at int, next io.Reader) io.Reader {
	return io.MultiReader(io.LimitReader(r, int64(at)), next)
}

func (k activeFault) readNoise(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(k.rand.Uint32())
	}
	return len(p), nil
}

func readSpaces(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// trickleReader waits in front of every piece but the first.
type trickleReader struct {
	ctx     context.Context
	from    io.Reader
	k       activeFault
	started bool
}

func (t *trickleReader) Read(p []byte) (int, error) {
	var wait time.Duration
	if t.started {
		wait = t.k.delay()
	}
	t.started = true
	if err := sleep(t.ctx, wait); err != nil {
		return 0, err
	}
	return t.from.Read(p[:min(len(p), max(t.k.Bytes, 1))])
}

// gzipBomb is one gzip file of so many blanks, rounded up to whole pieces.
func gzipBomb(size int) io.Reader {
	const step = 256 << 10
	piece := bytes.Repeat([]byte(" "), step)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(piece) // a buffer takes everything
	_ = w.Flush()
	head, block := packed.Bytes()[:10], packed.Bytes()[10:]
	pieces := (size-1)/step + 1
	return io.MultiReader(bytes.NewReader(head), &repeatReader{text: block, left: pieces}, &gzipTrailer{piece: piece, pieces: pieces})
}

// repeatReader is a text so many times.
type repeatReader struct {
	text     []byte
	at, left int
}

func (r *repeatReader) Read(p []byte) (int, error) {
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

// gzipTrailer is the end of a gzip file, with a checksum that few clients live to see.
type gzipTrailer struct {
	piece  []byte
	pieces int
	text   io.Reader
}

func (b *gzipTrailer) Read(p []byte) (int, error) {
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
