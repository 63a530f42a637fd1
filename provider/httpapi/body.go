package httpapi

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/imagequery/imagequery/provider"
)

// maxBody bounds one body. The largest documented page is far below.
const maxBody = 16 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// readBody reads the body of a response within bounds, and closes it.
func readBody(into *bytes.Buffer, response *http.Response) error {
	defer response.Body.Close()
	if n := response.ContentLength; n > 0 && n <= maxBody {
		into.Grow(int(n) + bytes.MinRead)
	}
	_, err := into.ReadFrom(io.LimitReader(response.Body, maxBody+1))
	if into.Len() > maxBody {
		return &failure{err: &provider.Error{
			Kind: provider.BadResponse, HTTPStatus: response.StatusCode,
			Message: fmt.Sprintf("the response is longer than %d MiB", maxBody>>20),
		}}
	}
	return err
}

// releaseBody returns the buffer of the current response to the pool, unless it
// has become unusually large.
func (x *exchange) releaseBody() {
	const usual = 1 << 20
	if x.body == nil {
		return
	}
	if x.body.Cap() <= usual {
		x.body.Reset()
		buffers.Put(x.body)
	}
	x.body = nil
}
