//go:build !unix

package adaptertest_test

import "testing"

// listenWithoutAccepting returns an address to which no connection is made.
func listenWithoutAccepting(t testing.TB) (address string, end func()) {
	t.Skip("no way to fill a queue of connections on this system")
	return "", nil
}
