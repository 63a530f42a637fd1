package httpapi

import "net/http"

// Shared shows what clients that bring no transport send with to the tests.
func Shared() http.RoundTripper { return shared }

// NewTransport and NewPool make what Shared is made of.
func NewTransport() *http.Transport                       { return newTransport() }
func NewPool(transport *http.Transport) http.RoundTripper { return newPool(transport) }

// Transport shows what a sender sends with.
func (s *Sender) Transport() http.RoundTripper { return s.transport }
