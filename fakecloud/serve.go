package fakecloud

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// bodyTimeout is how long a request may take to send its body.
const bodyTimeout = 10 * time.Second

// ServeHTTP answers one request and keeps it in the log.
func (c *Cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		hurry(w, r)
	}
	a, err := c.respond(r)
	if err == nil {
		err = c.send(w, &a)
	}
	if err != nil {
		hangUp(w, err)
	}
}

// hurry bounds the time for the body, but not for what the client does after it.
func hurry(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout)) // a writer without deadlines needs none
	r.Body = &hurried{ReadCloser: r.Body, done: func() { _ = control.SetReadDeadline(time.Time{}) }}
}

// hurried is a body that tells when it has ended.
type hurried struct {
	io.ReadCloser
	done func()
}

func (b *hurried) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.done()
	}
	return n, err
}

// send writes an answer. An error is how the connection shall end.
func (c *Cloud) send(w http.ResponseWriter, a *answer) error {
	header := w.Header()
	header["Content-Type"] = nil // no guesses
	for name, values := range a.header {
		header[name] = values
	}
	if a.length >= 0 && header.Get("Content-Length") == "" {
		header.Set("Content-Length", strconv.Itoa(a.length))
	}
	w.WriteHeader(a.status)
	if a.stream != nil {
		return pump(w, a.stream)
	}
	b, _ := c.writers.Get().(*bufio.Writer)
	if b == nil {
		b = bufio.NewWriterSize(nil, 64<<10)
	}
	b.Reset(w)
	_, _ = a.text.WriteTo(b) // the client that hung up is not told
	_ = b.Flush()
	b.Reset(nil)
	c.writers.Put(b)
	return nil
}

// pump writes each piece of a stream as soon as it is there.
func pump(w http.ResponseWriter, stream io.Reader) error {
	control := http.NewResponseController(w)
	if err := control.Flush(); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := stream.Read(buf)
		_, writeErr := w.Write(buf[:n])
		if err == nil || !errors.Is(err, io.EOF) {
			writeErr = errors.Join(writeErr, control.Flush())
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case writeErr != nil:
			return writeErr
		}
	}
}

// hangUp ends a connection as err says: with a reset, or in good order.
func hangUp(w http.ResponseWriter, err error) {
	if errors.Is(err, syscall.ECONNRESET) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(interface{ SetLinger(seconds int) error }); ok {
				_ = tcp.SetLinger(0) // what cannot be reset is closed
			}
			_ = conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
