// Package provider queries image APIs: a [Client] queries one account in one region,
// and [Search] queries many at once.
//
// A listing is complete, or it ends with an error. A [Client] runs the query's Match
// on every image that it receives, compares the number of different images with the
// total that the server states, and reports missing images as [Incomplete]. If totals
// are missing or change, it scans the listing until two scans agree. [Listing.Confirm]
// extends this to every listing, or turns it off. The file docs/completeness.md in the
// repository says what each mode finds and what it can miss.
//
// The package has no code for single providers. Adapters implement [Adapter], and
// their New functions return a Client.
package provider
