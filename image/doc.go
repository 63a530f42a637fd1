// Package image is the provider-neutral vocabulary of machine images: what an
// image is ([Image]), which images are asked for ([Query]), and which of two is
// the newer ([CompareNewest]).
//
// The package is pure: it imports the standard library only, sends nothing and
// reads no clock. Everything in it is safe for concurrent use as long as nobody
// writes to a shared value.
//
// # Unknown is not no
//
// The zero value of an [Image] field means that the provider did not say. A
// predicate on such a field does not match: a query for status available leaves
// out an image whose status is unknown.
package image
