package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/imagequery/imagequery/internal/wire"
)

// every has a field of each kind.
type every struct {
	Text, Interned string
	Int            int64
	Bool           bool
	Time           time.Time
	Texts          []string
	List           []item
	Nested         item
	Inside         string
}

type item struct{ Name string }

var itemTable = wire.NewObject(wire.Text("name", func(i *item) *string { return &i.Name }))

var everyTable = wire.NewObject(
	wire.Text("text", func(e *every) *string { return &e.Text }),
	wire.InternedString("interned", func(e *every) *string { return &e.Interned }),
	wire.Int("int", func(e *every) *int64 { return &e.Int }),
	wire.Bool("bool", func(e *every) *bool { return &e.Bool }),
	wire.Time("time", func(e *every) *time.Time { return &e.Time }),
	wire.Texts("texts", func(e *every) *[]string { return &e.Texts }),
	wire.List("list", itemTable, func(e *every) *[]item { return &e.List }),
	wire.Nested("nested", itemTable, func(e *every) *item { return &e.Nested }),
	wire.Inside("inside", wire.Text("name", func(e *every) *string { return &e.Inside })),
)

// everywhere is an object with the same value in each member of everyTable.
func everywhere(value string) string {
	doc := ""
	for _, name := range []string{"text", "interned", "int", "bool", "time", "texts", "list", "nested", "inside"} {
		doc += `,"` + name + `":` + value
	}
	return "{" + doc[1:] + "}"
}

func words(s string) every { return every{Text: s, Interned: s} }

func number(s string, i int64) every { return every{Text: s, Interned: s, Int: i} }

// clock is words with a time of one day.
func clock(s string, h, m, sec, nano int) every {
	return every{Text: s, Interned: s, Time: time.Date(2017, 12, 8, h, m, sec, nano, time.UTC)}
}

// kindTests says what a value in every member of everyTable becomes.
var kindTests = map[string]every{
	`null`:     {},
	`true`:     {Text: "true", Interned: "true", Bool: true},
	`false`:    words("false"),
	`""`:       {},
	`"a"`:      words("a"),
	`"true"`:   {Text: "true", Interned: "true", Bool: true},
	`"True"`:   {Text: "True", Interned: "True", Bool: true},
	`"TRUE"`:   {Text: "TRUE", Interned: "TRUE", Bool: true},
	`"tRUE"`:   words("tRUE"),
	`"False"`:  words("False"),
	`"yes"`:    words("yes"),
	`1`:        {Text: "1", Interned: "1", Int: 1, Bool: true},
	`"1"`:      {Text: "1", Interned: "1", Int: 1, Bool: true},
	`0`:        number("0", 0),
	`-0`:       number("-0", 0),
	`40`:       number("40", 40),
	`"40"`:     number("40", 40),
	`" 40\n"`:  number(" 40\n", 40),
	`"4 0"`:    words("4 0"),
	`40.0`:     number("40.0", 40),
	`40.5`:     number("40.5", 0),
	`1e3`:      number("1e3", 1000),
	`"1E+3"`:   number("1E+3", 1000),
	`1500e-2`:  number("1500e-2", 15),
	`1501e-2`:  number("1501e-2", 0),
	`1e400`:    number("1e400", 0),
	`0e400`:    number("0e400", 0),
	`-2.50e1`:  number("-2.50e1", -25),
	`"2."`:     words("2."),
	`"+2"`:     words("+2"),
	`"007"`:    words("007"),
	`"0x10"`:   words("0x10"),
	`"1_000"`:  words("1_000"),
	`"\u0034"`: number("4", 4),

	`9223372036854775807`:        number("9223372036854775807", 9223372036854775807),
	`-9223372036854775808`:       number("-9223372036854775808", -9223372036854775808),
	`9223372036854775808`:        number("9223372036854775808", 0),
	`9223372036854775807.0`:      number("9223372036854775807.0", 9223372036854775807),
	`922337203685477580.7e1`:     number("922337203685477580.7e1", 9223372036854775807),
	`0.000000000000000000001e21`: number("0.000000000000000000001e21", 1),
	`1e99999999999999999999`:     number("1e99999999999999999999", 0),
	`1e9223372036854775807`:      number("1e9223372036854775807", 0),
	`1e-9223372036854775808`:     number("1e-9223372036854775808", 0),

	`[]`:                       {},
	`[[]]`:                     {},
	`["a","b"]`:                {Texts: []string{"a", "b"}},
	`["a",1,true,null,[],{}]`:  {Texts: []string{"a", "1", "true"}, List: []item{{}}},
	`[{"name":"x"},null,{},3]`: {Texts: []string{"3"}, List: []item{{"x"}, {}}},
	`{}`:                       {},
	`{"name":"x"}`:             {List: []item{{"x"}}, Nested: item{"x"}, Inside: "x"},
	`{"Name":"x","other":[1]}`: {},

	`"2017-12-08T12:10:03Z"`:                clock("2017-12-08T12:10:03Z", 12, 10, 3, 0),
	`"2017-12-08T12:10Z"`:                   clock("2017-12-08T12:10Z", 12, 10, 0, 0),
	`"2017-12-08 12:10:03Z"`:                clock("2017-12-08 12:10:03Z", 12, 10, 3, 0),
	`"2017-12-08T12:10:03.5Z"`:              clock("2017-12-08T12:10:03.5Z", 12, 10, 3, 5e8),
	`"2017-12-08T12:10:03.1234567899Z"`:     clock("2017-12-08T12:10:03.1234567899Z", 12, 10, 3, 123456789),
	`"2017-12-08T12:10:03+08:00"`:           clock("2017-12-08T12:10:03+08:00", 4, 10, 3, 0),
	`"2017-12-08T12:10-01:30"`:              clock("2017-12-08T12:10-01:30", 13, 40, 0, 0),
	`"2017-12-08 12:10:03"`:                 clock("2017-12-08 12:10:03", 12, 10, 3, 0),
	`"2017-12-08T12:10:03.25"`:              clock("2017-12-08T12:10:03.25", 12, 10, 3, 25e7),
	`"2017-12-08 12:10"`:                    clock("2017-12-08 12:10", 12, 10, 0, 0),
	`"2017-12-08T12:10:03+0800"`:            clock("2017-12-08T12:10:03+0800", 4, 10, 3, 0),
	`"2017-12-08 12:10:03.5-0130"`:          clock("2017-12-08 12:10:03.5-0130", 13, 40, 3, 5e8),
	`"2017-12-08T12:10+08"`:                 clock("2017-12-08T12:10+08", 4, 10, 0, 0),
	`"2017-12-08 12:10:03.000000001+00:00"`: clock("2017-12-08 12:10:03.000000001+00:00", 12, 10, 3, 1),
}

func TestEachKindTakesEachType(t *testing.T) {
	for value, want := range kindTests {
		var got every
		if err := everyTable.Decode([]byte(everywhere(value)), &got); err != nil {
			t.Errorf("Decode(%s): %v", value, err)
		}
		if d := diff(want, got); d != "" {
			t.Errorf("Decode(%s) (-want +got):\n%s", value, d)
		}
	}
}

func TestUnreadableTimesAreZero(t *testing.T) {
	for _, text := range []string{
		"", "Z", "2017", "2017-12-08", "2017-12-08T12:1", "2017-12-08T12:10:0", "2017-12-08T12:10:Z",
		"2017-12-08T12:10:3Z", "2017-12-08T12:10:03.Z", "2017-12-08T12:10:03.", "2017-12-08T12:10:03+8", "2017-12-08T12:10:03+080", "2017-12-08T12:10:03+08:0",
		"2017-12-08T12:10:03+08000", "2017-12-08T12:10:03 +0800", "2017-12-08T12:10:03+", "2017-12-08T12:10:03+08:", "2017-12-08T12:10:03+08 00", "2017-12-08T12:10:03,5Z",
		"2017-12-08T12:10:03z", "2017-12-08t12:10:03Z", "2017-12-08_12:10:03Z", "2017/12/08T12:10:03Z",
		"2017-12-08T12:10:03ZZ", "2017-12-08T12:10:03Z ", " 2017-12-08T12:10:03Z", "2017-12-08T12-10:03Z",
		"2017-00-08T12:10:03Z", "2017-13-08T12:10:03Z", "2017-12-00T12:10:03Z", "2017-12-32T12:10:03Z",
		"2017-02-29T12:10:03Z", "2017-04-31T12:10:03Z", "2017-12-08T24:10:03Z", "2017-12-08T12:60:03Z",
		"2017-12-08T12:10:60Z", "2017-12-08T12:10:03+2400", "2017-12-08T12:10:03+24", "2017-12-08T12:10:03+24:00",
		"2017-12-08T12:10:03+08:60", "2017-12-08T12:10:03*08:00", "2o17-12-08T12:10:03Z", "2017-1a-08T12:10:03Z",
		"-017-12-08T12:10:03Z", "2017-12-08T+2:10:03Z", "2017-12-08T12:10:03+0a:00", "2017-12-08T12:10:",
		"２０１７-12-08T12:10:03Z", "1512735003",
	} {
		got := every{Time: time.Unix(1, 0)}
		if err := everyTable.Decode([]byte(`{"time":"`+text+`"}`), &got); err != nil || !got.Time.IsZero() {
			t.Errorf("Decode(%q) = %v, %v, want the zero time", text, got.Time, err)
		}
	}
}

func TestLeapDayIsATime(t *testing.T) {
	var got every
	want := every{Time: time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)}
	if err := everyTable.Decode([]byte(`{"time":"2024-02-29T23:59:59Z"}`), &got); err != nil {
		t.Fatal(err)
	}
	if d := diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestLastOfRepeatedKeysCounts(t *testing.T) {
	tests := map[string]every{
		`{"text":"a","text":"b"}`:                       {Text: "b"},
		`{"text":"a","\u0074ext":"b"}`:                  {Text: "b"},
		`{"text":"a","text":null}`:                      {Text: "a"},
		`{"text":"a","text":[]}`:                        {},
		`{"text":"a","Text":"b"}`:                       {Text: "a"},
		`{"int":1,"int":"x"}`:                           {},
		`{"int":1,"int":null}`:                          {Int: 1},
		`{"bool":true,"bool":null}`:                     {Bool: true},
		`{"texts":["a","b"],"texts":["c"]}`:             {Texts: []string{"c"}},
		`{"texts":["a"],"texts":null}`:                  {},
		`{"list":[{"name":"a"},{}],"list":[{}]}`:        {List: []item{{}}},
		`{"list":[{"name":"a"}],"list":""}`:             {},
		`{"nested":{"name":"a"},"nested":{"x":1}}`:      {Nested: item{"a"}},
		`{"nested":{"name":"a"},"nested":null}`:         {Nested: item{"a"}},
		`{"nested":{"name":"a"},"nested":{"name":"b"}}`: {Nested: item{"b"}},
	}
	for doc, want := range tests {
		var got every
		if err := everyTable.Decode([]byte(doc), &got); err != nil {
			t.Errorf("Decode(%s): %v", doc, err)
		}
		if d := diff(want, got); d != "" {
			t.Errorf("Decode(%s) (-want +got):\n%s", doc, d)
		}
	}
}

func TestDamagedDocumentsAreNotCached(t *testing.T) {
	for _, docs := range [][2]string{
		{`{"interned":"x`, `{"interned":"xyz"}`},
		{`{"interned":"x\`, `{"interned":"x\\z"}`},
		{`{"interned":"` + "x\n", `{"interned":"xz"}`},
		{`{"inte`, `{"interned":"w"}`},
		{`{"other":{"a":[1`, `{"other":{"a":[1,2]},"interned":"w"}`},
	} {
		for range 3 {
			if err := everyTable.Decode([]byte(docs[0]), new(every)); err == nil {
				t.Errorf("Decode(%s): no error", docs[0])
			}
			var want, got every
			if err := json.Unmarshal([]byte(docs[1]), &want); err != nil {
				t.Fatal(err)
			}
			if err := everyTable.Decode([]byte(docs[1]), &got); err != nil {
				t.Errorf("Decode(%s): %v", docs[1], err)
			}
			if d := diff(want, got); d != "" {
				t.Errorf("Decode(%s) (-want +got):\n%s", docs[1], d)
			}
		}
	}
}
