// Package wire reads the JSON answers of image APIs: one pass over a page of
// bytes, straight into typed records.
//
// What to read is a table. A [Field] says where one member of a JSON object
// lands in a record, an [Object] is the table of one record, and a [Page] is a
// listing: an envelope around rows of one record.
//
//	var image = wire.NewObject(
//		wire.Text("ImageId", func(r *Record) *string { return &r.ID }),
//		wire.InternedString("Status", func(r *Record) *string { return &r.Status }),
//		wire.Inside("Tags", wire.List("Tag", tag, func(r *Record) *[]Tag { return &r.Tags })),
//	)
//
// # Tolerant of types, strict about JSON
//
// The scanner accepts the documents that encoding/json accepts and no others,
// and that includes whatever it skips. Inside a valid document a value of an
// unexpected type is never an error: a number may come as a string and a string
// as a number, a list as null, "" or {}; what cannot be read is the zero value.
// Rows alone are exempt: what stands in their place and is not empty must be
// rows, so that none is lost in silence.
//
// Keys match exactly. Where a key comes twice, the last value wins, also for
// lists; an object that comes twice is merged; null leaves a scalar as it is.
//
// # Memory
//
// Strings are copies, so a record does not keep its page in memory. All records share
// the strings of an [InternedString]. The strings of the [Text] fields of one row lie in
// one allocation.
//
// # Speed
//
// Decoders are pooled. They cache key order, repeated strings and skipped values. The
// caches affect speed, never results.
package wire
