//go:build !cgo || !unix

package main

// stdoutWasClosed reports whether the process started without a standard output.
// Without cgo that is not known: Go's runtime opens /dev/null in its place.
func stdoutWasClosed() bool { return false }
