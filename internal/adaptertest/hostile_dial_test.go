//go:build unix

package adaptertest_test

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// dialingStages returns the stage in which the server accepts no connection.
func dialingStages() []stage { return []stage{{name: "dialing", full: true, who: anyClient}} }

// listenWithoutAccepting returns an address whose queue of connections is full, so
// that another connection is not established.
func listenWithoutAccepting(t testing.TB) (address string, end func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); err != nil {
		t.Fatal(err)
	}
	var filling []net.Conn
	for range 20 {
		connection, err := net.DialTimeout("tcp", listener.Addr().String(), 50*time.Millisecond)
		if err != nil {
			break
		}
		filling = append(filling, connection)
	}
	return listener.Addr().String(), func() {
		for _, connection := range filling {
			connection.Close()
		}
		listener.Close()
	}
}
