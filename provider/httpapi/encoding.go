package httpapi

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
)

// decoded removes the content codings that the header of a response names. Gateways
// and proxies compress bodies although the requests do not accept encodings. A body
// that does not have the coding is returned unchanged.
func decoded(body io.Reader, h http.Header) (io.Reader, error) {
	codings := strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",")
	for i := len(codings) - 1; i >= 0; i-- { // the last one was applied last
		var err error
		if body, err = withoutCoding(body, strings.ToLower(strings.TrimSpace(codings[i]))); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func withoutCoding(body io.Reader, coding string) (io.Reader, error) {
	if coding != "gzip" && coding != "x-gzip" && coding != "deflate" {
		return body, nil
	}
	start := make([]byte, 2)
	n, err := io.ReadFull(body, start)
	body = io.MultiReader(bytes.NewReader(start[:n]), body)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF: // shorter than any compressed body
		return body, nil
	case err != nil:
		return nil, err
	case coding == "deflate":
		return inflated(body, start)
	case start[0] == 0x1f && start[1] == 0x8b:
		return gzip.NewReader(body)
	}
	return body, nil
}

// inflated decompresses a zlib stream, which the standard demands, or a raw deflate
// stream, which some servers send. JSON and XML begin like neither of them.
func inflated(body io.Reader, start []byte) (io.Reader, error) {
	if start[0]&0x0f == 8 && (int(start[0])<<8|int(start[1]))%31 == 0 {
		return zlib.NewReader(body)
	}
	if strings.IndexByte("{[<\" \t\r\n", start[0]) >= 0 {
		return body, nil
	}
	return flate.NewReader(body), nil
}
