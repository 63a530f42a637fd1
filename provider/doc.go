// Package provider asks image APIs: one of them with a [Client], many at once
// with [Search].
//
// A listing is complete or it ends with an error: a [Client] runs the query's
// Match on every image that arrives, compares the number of different images with
// the total that the server states, and reports missing images as [Incomplete].
// Where totals are missing or change, it scans the listing until two scans agree.
// [Listing.Confirm] demands this of every listing, or of none. docs/completeness.md
// in the repository lists what each mode finds, and what can be missed.
//
// The package knows no provider by name. Adapters implement [Adapter]; their
// New functions return a ready Client.
package provider
