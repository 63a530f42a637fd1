package wire_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/imagequery/imagequery/internal/jsonoracle"
	"github.com/imagequery/imagequery/internal/wire"
)

func nested(open, inside, closing string, depth int) string {
	return strings.Repeat(open, depth) + inside + strings.Repeat(closing, depth)
}

// nasties are documents that readers of JSON disagree about.
var nasties = []string{
	``, ` `, "\n\t\r ", `null`, `true`, `0`, `"a"`, `[]`, `{}`, ` {} `, "\ufeff{}", "{}\ufeff", "\x00", "{}\x00",
	`{}x`, `{}{}`, `{},`, `[] []`, `{"a":1}}`, `{"a":1]`, `[1}`, `[1,]`, `[,1]`, `[1,,2]`, `[1 2]`, `{,}`, `{"a":1,}`,
	`{"a"}`, `{"a":}`, `{"a" 1}`, `{a:1}`, `{'a':1}`, `{1:2}`, `{null:1}`, `{"a":1 "b":2}`, `{"a":1,,"b":2}`, `{"a"::1}`,
	`tru`, `truE`, `True`, `nul`, `nulll`, `fals`, `falsey`, `NaN`, `Infinity`, `-Infinity`, `undefined`, `<html>`,
	`-`, `-0`, `-0.0`, `00`, `01`, `-01`, `0x1`, `1.`, `.1`, `1.e1`, `1e`, `1e+`, `1e+1`, `1E-1`, `+1`, `1_0`, `--1`, `1-1`,
	`1e400`, `-1e400`, `1e-400`, `123456789012345678901234567890`, `0e0`, `0.0e00`, `1e01`,
	`"`, `"\`, `"\"`, `"\x"`, `"\u"`, `"\u12"`, `"\u123"`, `"\u123g"`, `"\u12345"`, `"\U1234"`, `"\'"`, `"\a"`, `"\v"`, `"\0"`,
	`"\b\f\n\r\t\/\\\""`, "\"\n\"", "\"\t\"", "\"\x00\"", "\"\x1f\"", "\"\x7f\"", "\"12345678\n\"", "\"1234567\x018\"",
	"\"\x80\"", "\"\xff\xfe\"", "\"\xe4\xbd\"", "\"\xe4\xbd\xa0\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"a\x80\x80b\"",
	"\"12345678\xff\"", "\"你好你好你好\"", "\"你\xff好\\n\"", "\"\xe4", "\x80", "{\"\xff\":1}",
	`"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\ud83d"`, `"\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\u0041"`, `"\ud83d\ud83d\ude00"`,
	`"\ude00\ud83d"`, `"\ud83d\"`, `"\ud83d\u"`, `"\ud83d\ude0"`, `"\u0000"`, `"\ufffd"`, `"\uffff"`,
	"/**/{}", "{}//", "{\"a\":1\v}", "{\"a\":1\f}", "{\"a\":\u00a01}", "[1\x1f]",
	`{"a":{"b":[{"c":[]},null,[[[]]],{}]}}`, `{"a":{"b":[{"c":[}]}}`, `[[[[`, `{"a":{"a":{"a":`, `]`, `}`, `:`, `,`,
	nested("[", "", "]", 9999), nested("[", "", "]", 10000), nested("[", "", "]", 10001), nested("[", "", "", 200000),
	nested(`{"a":`, "1", "}", 9999), nested(`{"a":`, "1", "}", 10000), nested(`{"a":`, "1", "}", 10001), nested(`[{"a":`, "1", "}]", 5000),
	nested(`[{"a":`, "[]", "}]", 5000), nested("[", "1", "]", 64), nested("[", "1", "]", 65), nested("[", "1", "}", 65),
}

// wrappers put a document in places where the scanner takes different paths.
var wrappers = [][2]string{
	{"", ""},
	{`{"unknown":`, `}`},
	{`{"Features":`, `}`},
	{`{"ImageId":`, `}`},
	{`{"Tags":{"Tag":[`, `]}}`},
	{`{"Tags":{"Tag":[{"TagKey":`, `}]}}`},
	{`{"CreateInstances":[`, `]}`},
}

func TestAcceptsWhatEncodingJSONAccepts(t *testing.T) {
	for _, nasty := range nasties {
		for _, w := range wrappers {
			checkDecode(t, []byte(w[0]+nasty+w[1]))
		}
		checkScan(t, []byte(nasty))
		checkScan(t, []byte(`{"Images":{"Image":[{"ImageId":`+nasty+`}]}}`))
		checkScan(t, []byte(`{"Images":{"Image":[`+nasty+`]}}`))
		checkScan(t, []byte(`{"Images":`+nasty+`}`))
		checkScan(t, []byte(`{"Images":{"Image":[{"Features":`+nasty+`}]}}`))
		checkScan(t, []byte(`{"RequestId":`+nasty+`,"Images":{"Image":[]}}`))
	}
}

func TestTruncationAtEveryByte(t *testing.T) {
	for name, body := range corpus(t) {
		body = []byte(strings.TrimRight(string(body), "\n "))
		body = body[:min(len(body), 3000)]
		for n := range body {
			var i image
			if err := imageTable.Decode(body[:n], &i); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s cut at %d: %v, want io.ErrUnexpectedEOF", name, n, err)
			}
			_, err := scan(ecsPage, body[:n])
			if !isShape(err) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s as a page, cut at %d: %v, want io.ErrUnexpectedEOF", name, n, err)
			}
		}
	}
}

func TestSyntaxErrorSaysWhere(t *testing.T) {
	tests := map[string]wire.SyntaxError{
		`{"a":x}`:            {Offset: 5, Msg: `found 'x' where a value should start`},
		"{\"a\":\"\n\"}":     {Offset: 6, Msg: `found '\n' in a string`},
		"{\"a\":1}\xff":      {Offset: 7, Msg: `found '\u00ff' after the document`},
		`{"a":trve}`:         {Offset: 7, Msg: `found 'v' in true`},
		`{"secret" "value"}`: {Offset: 10, Msg: `found '"' after a key`},
		`{"secret":"value";`: {Offset: 17, Msg: `found ';' after a value`},
		`{"secret":-value}`:  {Offset: 11, Msg: `found 'v' in a number`},
		`{"secret":"\value`:  {Offset: 12, Msg: `found 'v' in an escape sequence`},
	}
	for doc, want := range tests {
		err := imageTable.Decode([]byte(doc), new(image))
		got, ok := errors.AsType[*wire.SyntaxError](err)
		if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Decode(%q): %v, want a SyntaxError that is no truncation", doc, err)
			continue
		}
		if got.Offset != want.Offset || got.Msg != want.Msg {
			t.Errorf("Decode(%q) = %d %q, want %d %q", doc, got.Offset, got.Msg, want.Offset, want.Msg)
		}
	}
}

func TestTruncationSaysWhere(t *testing.T) {
	err := imageTable.Decode([]byte(`{"ImageId":"m-1`), new(image))
	const want = "invalid JSON at offset 15: the document ends in a string"
	if err == nil || err.Error() != want {
		t.Errorf("Decode = %v, want %s", err, want)
	}
}

// checkDecode compares Decode with encoding/json on one document.
func checkDecode(t *testing.T, doc []byte) {
	t.Helper()
	var got image
	err := imageTable.Decode(doc, &got)
	if valid := json.Valid(doc); valid != (err == nil) {
		t.Fatalf("Decode(%.300q): %v, but json.Valid = %t", doc, err, valid)
	}
	if err != nil {
		checkSyntaxError(t, doc, err)
		return
	}
	if d := diff(oracleImage(jsonoracle.Parse(doc), true), got); d != "" {
		t.Fatalf("Decode(%.300q) (-want +got):\n%s", doc, d)
	}
}

// checkScan compares Scan with encoding/json on one document.
func checkScan(t *testing.T, doc []byte) {
	t.Helper()
	got, err := scan(ecsPage, doc)
	valid := json.Valid(doc)
	if isShape(err) {
		if valid {
			if _, ok := oraclePage(doc); ok {
				t.Fatalf("Scan(%.300q): %v, want rows", doc, err)
			}
		}
		return
	}
	if valid != (err == nil) {
		t.Fatalf("Scan(%.300q): %v, but json.Valid = %t", doc, err, valid)
	}
	if err != nil {
		checkSyntaxError(t, doc, err)
		return
	}
	want, ok := oraclePage(doc)
	if !ok {
		t.Fatalf("Scan(%.300q) succeeds, want a ShapeError", doc)
	}
	if d := diff(want, got); d != "" {
		t.Fatalf("Scan(%.300q) (-want +got):\n%s", doc, d)
	}
}

func checkSyntaxError(t *testing.T, doc []byte, err error) {
	t.Helper()
	got, ok := errors.AsType[*wire.SyntaxError](err)
	if !ok || got.Offset < 0 || got.Offset > int64(len(doc)) || !utf8.ValidString(got.Msg) || len(got.Msg) > 64 {
		t.Fatalf("%.300q: %#v is no good SyntaxError", doc, err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) != (got.Offset == int64(len(doc))) {
		t.Fatalf("%.300q: %v: only an error at the end is a truncation", doc, err)
	}
}

func isShape(err error) bool {
	_, ok := errors.AsType[*wire.ShapeError](err)
	return ok
}
