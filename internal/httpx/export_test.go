package httpx

import "net/http"

// Shared shows the transport of clients that bring none to the tests.
func Shared() *http.Transport { return shared }

// Transport shows what a sender sends with.
func (s *Sender) Transport() http.RoundTripper { return s.transport }
