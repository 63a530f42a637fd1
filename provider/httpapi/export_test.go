package httpapi

import "net/http"

// Shared is the transport of clients whose configuration has none.
func Shared() http.RoundTripper { return shared }

// NewTransport returns a transport like Shared.
func NewTransport() *http.Transport { return newTransport() }

// Transport is the transport that a client sends with.
func (c *Client) Transport() http.RoundTripper { return c.transport }
