package wire_test

import (
	"errors"
	"testing"

	"github.com/imagequery/imagequery/internal/wire"
)

func TestScanAcceptsDocumentedPageShapes(t *testing.T) {
	row := func(id string) image { return image{ID: id} }
	tests := map[string]scanned{
		`{}`:                          {},
		`{"Images":{"Other":[]}}`:     {},
		`{"images":{"Image":[{}]}}`:   {},
		`null`:                        {},
		`[]`:                          {},
		`"text"`:                      {},
		`{"Images":{"Image":[]}}`:     {Found: true},
		`{"Images":{"Image":[null]}}`: {Found: true},
		`{"Images":{"Image":null}}`:   {Found: true},
		`{"Images":{"Image":""}}`:     {Found: true},
		`{"Images":{"Image":{ }}}`:    {Found: true},
		`{"Images":{}}`:               {Found: true},
		`{"Images":null}`:             {Found: true},
		`{"Images":""}`:               {Found: true},
		`{"Images":[ ]}`:              {Found: true},
		`{"Images":{"Image":[{}]}}`:   {Found: true, Rows: []image{{}}, Raw: []string{`{}`}},
		`{"Images":{"x":1},"Images":{"Image":[{"ImageId":"a"}]}}`: {Found: true, Rows: []image{row("a")}, Raw: []string{`{"ImageId":"a"}`}},
		`{"RequestId":"R","Images":{"n":[0],"Image":[{"ImageId":"a"},null,{"ImageId":"b"}],"m":{}},"TotalCount":"7"}`: {
			Envelope: envelope{"R", 7}, Found: true,
			Rows: []image{row("a"), row("b")}, Raw: []string{`{"ImageId":"a"}`, `{"ImageId":"b"}`},
		},
	}
	for doc, want := range tests {
		got, err := scan(ecsPage, []byte(doc))
		if err != nil {
			t.Errorf("Scan(%s): %v", doc, err)
		}
		if d := diff(want, got); d != "" {
			t.Errorf("Scan(%s) (-want +got):\n%s", doc, d)
		}
	}
}

func TestLostRowsAreAnError(t *testing.T) {
	tests := map[string]wire.ShapeError{
		`{"Images":{"Image":{"ImageId":"a"}}}`:        {Offset: 19, Msg: "found an object in the place of rows"},
		`{"Images":{"Image":"m-1"}}`:                  {Offset: 19, Msg: "found a string in the place of rows"},
		`{"Images":{"Image": 1}}`:                     {Offset: 20, Msg: "found a number in the place of rows"},
		`{"Images":{"Image":false}}`:                  {Offset: 19, Msg: "found a boolean in the place of rows"},
		`{"Images":[{"ImageId":"a"}]}`:                {Offset: 10, Msg: "found a list in the place of rows"},
		`{"Images":"x"}`:                              {Offset: 10, Msg: "found a string in the place of rows"},
		`{"Images":true}`:                             {Offset: 10, Msg: "found a boolean in the place of rows"},
		`{"Images":{"Image":[{},"m-1"]}}`:             {Offset: 23, Msg: "found a string in the place of a row"},
		`{"Images":{"Image":[[]]}}`:                   {Offset: 20, Msg: "found a list in the place of a row"},
		`{"Images":{"Image":[7]}}`:                    {Offset: 20, Msg: "found a number in the place of a row"},
		`{"Images":{"Image":[""]}}`:                   {Offset: 20, Msg: "found a string in the place of a row"},
		`{"Images":{"Image":[],"Image":[{}]}}`:        {Offset: 30, Msg: "found a list a second time"},
		`{"Images":{"Image":[]},"Images":null}`:       {Offset: 32, Msg: "found null a second time"},
		`{"Images":{},"Images":{"Image":[{}]}}`:       {Offset: 22, Msg: "found an object a second time"},
		`{"Images":{"Image":[{}],"\u0049mage":[{}]}}`: {Offset: 37, Msg: "found a list a second time"},
	}
	for doc, want := range tests {
		want.Path = "Images.Image"
		_, err := scan(ecsPage, []byte(doc))
		got, ok := errors.AsType[*wire.ShapeError](err)
		if !ok {
			t.Errorf("Scan(%s): %v, want a ShapeError", doc, err)
			continue
		}
		if d := diff(want, *got); d != "" {
			t.Errorf("Scan(%s) (-want +got):\n%s", doc, d)
		}
	}
}

func TestScanAcceptsDocumentedSingleShapes(t *testing.T) {
	tests := map[string]scanned{
		`{"RequestId":"R"}`:          {Envelope: envelope{RequestID: "R"}},
		`{"Image":null}`:             {Found: true},
		`{"Image":""}`:               {Found: true},
		`{"Image":{}}`:               {Found: true},
		`{"Image":[]}`:               {Found: true},
		`{"Image":{"ImageId":"a"}}`:  {Found: true, Rows: []image{{ID: "a"}}, Raw: []string{`{"ImageId":"a"}`}},
		`{"Image":{"Unknown":null}}`: {Found: true, Rows: []image{{}}, Raw: []string{`{"Unknown":null}`}},
	}
	for doc, want := range tests {
		got, err := scan(familyPage, []byte(doc))
		if err != nil {
			t.Errorf("Scan(%s): %v", doc, err)
		}
		if d := diff(want, got); d != "" {
			t.Errorf("Scan(%s) (-want +got):\n%s", doc, d)
		}
	}
	for _, doc := range []string{`{"Image":[{}]}`, `{"Image":"m-1"}`, `{"Image":0}`, `{"Image":true}`, `{"Image":{"a":1},"Image":{}}`} {
		if _, err := scan(familyPage, []byte(doc)); !isShape(err) {
			t.Errorf("Scan(%s): %v, want a ShapeError", doc, err)
		}
	}
}

func TestScanAgreesWithEncodingJSON(t *testing.T) {
	for name, body := range corpus(t) {
		checkScan(t, body)
		checkDecode(t, body)
		checkSingle(t, body)
		if got, _ := scan(ecsPage, body); name == "ecs-3.json" && len(got.Rows) != 10 {
			t.Errorf("%s: %d rows, want 10", name, len(got.Rows))
		}
	}
}

func TestDetailsAreDecodedButNotScanned(t *testing.T) {
	const row = `{"ImageId":"a","Features":{"NvmeSupport":"supported"},"DetectionOptions":{"Status":"Finished"}}`
	page, err := scan(ecsPage, []byte(`{"Images":{"Image":[`+row+`]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := diff([]image{{ID: "a"}}, page.Rows); d != "" {
		t.Errorf("Scan (-want +got):\n%s", d)
	}
	var whole image
	if err := imageTable.Decode([]byte(row), &whole); err != nil {
		t.Fatal(err)
	}
	if d := diff(image{ID: "a", Nvme: "supported", Detection: detection{"Finished"}}, whole); d != "" {
		t.Errorf("Decode (-want +got):\n%s", d)
	}
}

func TestRecordIsEmptyForEveryRow(t *testing.T) {
	got, err := scan(ecsPage, []byte(`{"Images":{"Image":[
		{"ImageId":"a","Size":1,"IsPublic":true,"Tags":{"Tag":[{"TagKey":"k","TagValue":"v"},{"TagKey":"l"}]},"CreateInstances":["i"]},
		{"Tags":{"Tag":[{"TagValue":"w"}]}},
		{},
		{"ImageId":"d","Tags":{"Tag":[{},{"TagKey":"m"}]}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []image{
		{ID: "a", Size: 1, Public: true, Tags: []tag{{"k", "v"}, {Key: "l"}}, Instances: []string{"i"}},
		{Tags: []tag{{Value: "w"}}},
		{},
		{ID: "d", Tags: []tag{{}, {Key: "m"}}},
	}
	if d := diff(want, got.Rows); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestScanEndsWithTheErrorOfRow(t *testing.T) {
	stop := errors.New("stop")
	rows := 0
	result, err := ecsPage.Scan([]byte(`{"Images":{"Image":[{},{},{}`), new(envelope), func(*image, wire.Raw) error {
		if rows++; rows == 2 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || rows != 2 || !result.Found {
		t.Errorf("Scan = %+v, %v after %d rows, want found, stop after 2", result, err, rows)
	}
}

func TestNamesReturnsThePathsOfAllFields(t *testing.T) {
	want := []string{
		"RequestId", "TotalCount", "Images", "Images.Image",
		"Images.Image[].id", "Images.Image[].password", "Images.Image[].users", "Images.Image[].users[].name",
		"Images.Image[].users[].password", "Images.Image[].login", "Images.Image[].login.name",
		"Images.Image[].login.password", "Images.Image[].more", "Images.Image[].more.token",
	}
	if d := diff(want, wire.NewPage(envelopeTable, "Images.Image", guardedTable).Names()); d != "" {
		t.Errorf("Page.Names (-want +got):\n%s", d)
	}
	if d := diff([]string{"RequestId", "TotalCount", "user", "user.name", "user.password"},
		wire.NewSingle(envelopeTable, "user", userTable).Names()); d != "" {
		t.Errorf("Names of a single (-want +got):\n%s", d)
	}
}

func TestTwoFieldsOfOneNamePanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NewObject did not panic")
		}
	}()
	name := wire.Text("name", func(u *user) *string { return &u.Name })
	wire.NewObject(name, name)
}

func TestListsOfTheEnvelopeHaveMemoryOfTheirOwn(t *testing.T) {
	type listing struct{ Items []item }
	page := wire.NewPage(
		wire.NewObject(wire.List("items", itemTable, func(l *listing) *[]item { return &l.Items })), "rows", itemTable)
	read := func(doc string) (l listing) {
		if _, err := page.Scan([]byte(doc), &l, func(*item, wire.Raw) error { return nil }); err != nil {
			t.Fatal(err)
		}
		return l
	}
	first := read(`{"items":[{"name":"a"}],"rows":[]}`)
	read(`{"items":[{"name":"b"}],"rows":[]}`)
	if d := diff(listing{[]item{{"a"}}}, first); d != "" {
		t.Errorf("after another page (-want +got):\n%s", d)
	}
}
