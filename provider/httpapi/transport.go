package httpapi

import (
	"net"
	"net/http"
	"time"
)

// shared is the transport of all clients whose configuration has none. It is passed on
// as an [http.RoundTripper] only, since the retry library would otherwise close its
// idle connections after every failure.
var shared = newTransport()

// newTransport keeps as many idle connections as there can be requests in flight,
// for less time than servers keep theirs, and speaks HTTP/1.1 without
// compression: pages are decoded faster than they are unpacked.
func newTransport() *http.Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    512,
		IdleConnTimeout:        5 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true,
		Protocols:              http1(),
	}
}

func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}
