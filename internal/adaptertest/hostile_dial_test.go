//go:build unix

package adaptertest_test

import (
	"net"
	"syscall"
	"time"
)

// dialCases returns the case of a server that accepts no connection.
func dialCases() []hostileCase {
	return []hostileCase{{name: "dialing", set: func(v *exercise) {
		v.endpoint = "http://" + listenWithoutAccepting(v.end) + "/"
		v.reached()
	}}}
}

// listenWithoutAccepting returns an address whose queue of connections is full until
// the end, so that another connection is not established.
func listenWithoutAccepting(end <-chan struct{}) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) })
	}
	if err != nil {
		panic(err)
	}
	open := []interface{ Close() error }{listener}
	for range 20 {
		connection, err := net.DialTimeout("tcp", listener.Addr().String(), 50*time.Millisecond)
		if err != nil {
			break
		}
		open = append(open, connection)
	}
	go func() {
		<-end
		for _, o := range open {
			o.Close()
		}
	}()
	return listener.Addr().String()
}
