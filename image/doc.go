// Package image is the provider-neutral model of machine images: [Image]
// describes one image, [Query] selects images, and [CompareNewest] orders them.
//
// The package imports the standard library only, does no I/O and reads no clock.
// Its functions are safe for concurrent use. Its values may be shared between
// goroutines as long as they are not modified.
//
// # Unreported fields
//
// A zero field of an [Image] means that the provider did not report it. A
// predicate on that field does not match: a query for status available leaves
// out an image whose status is unreported.
package image
