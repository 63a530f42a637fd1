// Package provider asks image APIs: one of them with a [Client], many at once
// with [Search].
//
// An answer is complete or it ends with an error: a [Client] runs the query's
// Match on every image that arrives, counts rows against the totals that the
// server states, and reports what is missing as [Incomplete].
//
// One thing cannot be told from the outside: where a server states the same total
// all the time, a deletion and an insertion between two pages can hide an image
// from each other. [Config.Confirm] reads until two readings agree, which finds it.
// A server that states no totals hides deletions in the same way.
//
// The package knows no provider by name. Adapters implement [Adapter]; their
// New functions return a ready Client.
package provider
