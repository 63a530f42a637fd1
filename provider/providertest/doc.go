// Package providertest proves that an adapter is right: [Run] is a conformance
// suite for any [provider.Adapter], in this module or elsewhere.
//
// The suite asks a client of the adapter, which is wired to a fake of its
// provider, and compares with the truth: the images that the fake was made from.
// What it needs to know stands in a [Harness]: how to make a world, how to start
// a fake with it, and what the documentation says about errors.
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Harness{
//			World: func(n int) []image.Image { return providertest.Images(info, n) },
//			Open:  open, // starts the fake and returns a client of it
//			…
//		})
//	}
//
// Every check is a subtest. A failure says what went wrong, and why that matters
// to users.
package providertest
