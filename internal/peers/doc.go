// Package peers holds this library against the vendors' own clients: its tests
// ask the same questions of the same server with both, and the command bench
// measures them side by side.
//
// It is a module of its own, so that nobody who imports the library builds the
// vendors' clients. Test it with GOWORK=off.
package peers
