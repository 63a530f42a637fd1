//go:build !unix

package adaptertest_test

import "testing"

// dialingStages returns no stage: this system has no way to fill a queue of connections.
func dialingStages() []stage { return nil }

func listenWithoutAccepting(testing.TB) (address string, end func()) {
	panic("there is no dialing stage")
}
