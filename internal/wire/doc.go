// Package wire decodes the JSON responses of image APIs into typed records, in one
// pass over the bytes of a page.
//
// Tables say what to decode. A [Field] stores one member of a JSON object in a
// record, an [Object] is the table of one record, and a [Page] is a listing: an
// envelope around rows of one record.
//
//	var image = wire.NewObject(
//		wire.Text("ImageId", func(r *Record) *string { return &r.ID }),
//		wire.InternedString("Status", func(r *Record) *string { return &r.Status }),
//		wire.Inside("Tags", wire.List("Tag", tag, func(r *Record) *[]Tag { return &r.Tags })),
//	)
//
// # Tolerant of types, strict about JSON
//
// The scanner accepts the documents that encoding/json accepts and no others. It
// validates the parts that it skips, too. Inside a valid document a value of an
// unexpected type is never an error: a number may be a string and a string a number,
// and a list may be null, "" or {}. A value that cannot be decoded becomes the zero
// value. Rows are the exception: a value in their place that is neither empty nor a
// list of rows is an error, so that no row is lost without an error.
//
// Keys match exactly. If a key is repeated, the last value counts, also for lists;
// repeated objects are merged; null leaves a scalar unchanged.
//
// # Memory
//
// Strings are copies, so a record does not keep its page in memory. Records share
// the recent strings of an [InternedString], and what those of a [Parsed] were converted
// to. The strings of the [Text] fields of one row lie in one allocation.
//
// # Speed
//
// Decoders are pooled. They cache the order of keys and recent values. The caches affect
// speed, never results.
package wire
