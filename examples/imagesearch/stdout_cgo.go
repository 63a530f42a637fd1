//go:build cgo && unix

package main

/*
#include <fcntl.h>

// Go's runtime opens /dev/null in place of a closed standard output. A constructor
// runs before.
static int stdout_closed;

__attribute__((constructor)) static void look_at_stdout(void) {
	stdout_closed = fcntl(1, F_GETFD) < 0;
}

static int was_stdout_closed(void) { return stdout_closed; }
*/
import "C"

// stdoutWasClosed reports whether the process started without a standard output.
func stdoutWasClosed() bool { return C.was_stdout_closed() != 0 }
