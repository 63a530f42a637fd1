//go:build !unix

package adaptertest_test

// dialCases returns no case: this system has no way to fill a queue of connections.
func dialCases() []hostileCase { return nil }
