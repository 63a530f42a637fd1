package wire_test

import (
	"testing"
	"time"

	"github.com/imagequery/imagequery/internal/wire"
)

// A lot has an enumeration, sizes, and lists in every form.
type lot struct {
	Text, State string
	On          bool
	every
	Size int64
	Tags []tag
}

var lotTable = wire.NewObject(
	wire.Text("text", func(l *lot) *string { return &l.Text }),
	wire.Parsed("state", func(l *lot) *string { return &l.State }, func(l *lot) *bool { return &l.On }, parseSwitch),
	wire.Int("int", func(l *lot) *int64 { return &l.Int }),
	wire.Size("size", func(l *lot) *int64 { return &l.Size }),
	wire.Bool("bool", func(l *lot) *bool { return &l.Bool }),
	wire.Time("time", func(l *lot) *time.Time { return &l.Time }),
	wire.Texts("texts", func(l *lot) *[]string { return &l.Texts }),
	wire.List("list", itemTable, func(l *lot) *[]item { return &l.List }, "item"),
	wire.Wrapped("tags", "tag", countedTagTable, func(l *lot) *[]tag { return &l.Tags }),
	wire.Nested("nested", itemTable, func(l *lot) *item { return &l.Nested }),
	wire.Inside("inside", wire.Int("int", func(l *lot) *int64 { return &l.Int })),
	wire.Time("detail", func(l *lot) *time.Time { return &l.Time }).Detail(),
)

func parseSwitch(word string) (on, ok bool) { return word == "on", word == "on" || word == "off" }

var countedTagTable = wire.NewObject(
	wire.Text("key", func(t *tag) *string { return &t.Key }).Or("Key"),
	wire.Parsed("value", func(t *tag) *string { return &t.Value }, func(*tag) *bool { return new(bool) }, func(word string) (v, ok bool) { return v, word == "v" }).Or("Value"),
)

var lotPage = wire.NewPage(envelopeTable, "rows", lotTable)

func TestUnreadableValuesAreCountedByPath(t *testing.T) {
	for row, want := range map[string]map[string]int{
		// Empty values, and those that can be converted, are not counted.
		everywhere(`null`): nil,
		everywhere(`""`):   nil,
		everywhere(`[]`):   nil,
		everywhere(`{ }`):  nil,
		`{"text":1,"state":"on","int":"40","size":0,"bool":"False","time":"2017-12-08 12:10","texts":["a",1,null,{}],"list":[{},null,"",{"name":1}],` +
			`"tags":{"tag":[{"Key":"k","Value":"v"}]},"nested":{"name":"n"},"inside":{"int":1e3},"other":[{"x":"y"}]}`: nil,
		`{"list":{"name":"n"},"tags":{"key":"k"}}`:         nil,
		`{"list":{"item":{"name":"n"}},"tags":[{},{}]}`:    nil,
		`{"detail":"never","size":1,"int":" ","state":""}`: nil, // details are skipped

		`{"state":"odd"}`:                      {"state": 1},
		`{"state":"On"}`:                       {"state": 1},
		`{"state":7}`:                          {"state": 1},
		`{"state":"odd","state":"odd"}`:        {"state": 2},
		`{"text":[1]}`:                         {"text": 1},
		`{"state":{"a":1}}`:                    {"state": 1},
		`{"int":"many"}`:                       {"int": 1},
		`{"int":2.5}`:                          {"int": 1},
		`{"int":1e99}`:                         {"int": 1},
		`{"int":true}`:                         {"int": 1},
		`{"size":-1}`:                          {"size": 1},
		`{"size":"20GB"}`:                      {"size": 1},
		`{"bool":"yes"}`:                       {"bool": 1},
		`{"bool":2}`:                           {"bool": 1},
		`{"time":"14.11.2023"}`:                {"time": 1},
		`{"time":1512735003}`:                  {"time": 1},
		`{"texts":"a"}`:                        {"texts": 1},
		`{"texts":[["a"],{"b":1},"c"]}`:        {"texts[]": 2},
		`{"list":"a"}`:                         {"list": 1},
		`{"list":["a",1,{}]}`:                  {"list[]": 2},
		`{"list":{"odd":1}}`:                   {"list": 1},
		`{"list":[{"name":[1]}]}`:              {"list[].name": 1},
		`{"tags":"a"}`:                         {"tags.tag": 1},
		`{"tags":{"tag":"a"}}`:                 {"tags.tag": 1},
		`{"tags":{"env":"prod"}}`:              {"tags.tag": 1},
		`{"tags":{"tag":[1]}}`:                 {"tags.tag[]": 1},
		`{"tags":{"tag":[{"value":"odd"}]}}`:   {"tags.tag[].value": 1},
		`{"tags":[{"Value":"odd"},{"key":1}]}`: {"tags.tag[].value": 1},
		`{"tags":{"value":"odd"}}`:             {"tags.tag[].value": 1},
		`{"nested":[1]}`:                       {"nested": 1},
		`{"nested":"a","inside":1}`:            {"nested": 1, "inside": 1},
		`{"inside":{"int":"x"}}`:               {"inside.int": 1},
	} {
		for range 2 { // before and after the readers know the values
			result, err := lotPage.Scan([]byte(`{"rows":[`+row+`]}`), new(envelope), func(*lot, wire.Raw) error { return nil })
			if err != nil {
				t.Errorf("Scan(%s): %v", row, err)
			}
			if d := diff(want, result.Unreadable); d != "" {
				t.Errorf("Scan(%s): unreadable (-want +got):\n%s", row, d)
			}
		}
	}
}

func TestUnreadableValuesOfAllRowsAreCounted(t *testing.T) {
	page := `{"TotalCount":"many","rows":[{"state":"odd"},{"state":"on"},{"state":"odd","time":"x"},{"state":"odd"}]}`
	result, err := lotPage.Scan([]byte(page), new(envelope), func(*lot, wire.Raw) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if d := diff(map[string]int{"TotalCount": 1, "state": 3, "time": 1}, result.Unreadable); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
