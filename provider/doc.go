// Package provider asks image APIs: one of them with a [Client], many at once
// with [Search].
//
// An answer is complete or it ends with an error: a [Client] runs the query's
// Match on every image that arrives, counts rows against the totals that the
// server states, and reports what is missing as [Incomplete].
//
// The package knows no provider by name. Adapters implement [Provider]; their
// New functions return a ready Client.
package provider
