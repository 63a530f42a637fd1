package wire_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/internal/jsonoracle"
	"github.com/imagequery/imagequery/internal/wire"
)

// A guarded record has secrets at every depth.
type guarded struct {
	ID     string
	Secret string
	Users  []user
	Login  user
}

type user struct{ Name, Password string }

var userTable = wire.NewObject(
	wire.Text("name", func(u *user) *string { return &u.Name }),
	wire.Text("password", func(u *user) *string { return &u.Password }).Secret(),
)

var guardedTable = wire.NewObject(
	wire.Text("id", func(g *guarded) *string { return &g.ID }),
	wire.Text("password", func(g *guarded) *string { return &g.Secret }).Secret(),
	wire.List("users", userTable, func(g *guarded) *[]user { return &g.Users }),
	wire.Nested("login", userTable, func(g *guarded) *user { return &g.Login }).Detail(),
	wire.Inside("more", wire.Text("token", func(g *guarded) *string { return &g.Secret }).Secret()),
)

var guardedPage = wire.NewPage(envelopeTable, "rows", guardedTable)

func scanGuarded(doc string) (records []guarded, raw []string, err error) {
	_, err = guardedPage.Scan([]byte(doc), new(envelope), func(g *guarded, r wire.Raw) error {
		records = append(records, *g)
		raw = append(raw, string(r.Copy()))
		return nil
	})
	return records, raw, err
}

func TestCopyOmitsSecrets(t *testing.T) {
	tests := map[string]string{
		`{}`:                                       `{}`,
		`{"id":"a"}`:                               `{"id":"a"}`,
		`{"password":"p"}`:                         `{}`,
		`{ "password" : "p" }`:                     `{ }`,
		`{"password":"p","id":"a"}`:                `{"id":"a"}`,
		`{"id":"a","password":"p"}`:                `{"id":"a"}`,
		`{"id":"a","password":"p","x":1}`:          `{"id":"a","x":1}`,
		`{"password":"p","password":"p"}`:          `{}`,
		`{"password":"p","password":"p","id":"a"}`: `{"id":"a"}`,
		`{"id":"a","password":"p","password":{"p":["p"]},"x":1}`:       `{"id":"a","x":1}`,
		`{"p\u0061ssword":"p","id":"a"}`:                               `{"id":"a"}`,
		`{"id":",","password":"p"}`:                                    `{"id":","}`,
		"{\n  \"id\": \"a\",\n  \"password\": \"p\",\n  \"x\": 1\n}":   "{\n  \"id\": \"a\",\n  \"x\": 1\n}",
		"{\n  \"password\": \"p\"\n  ,\n  \"x\": 1\n}":                 "{\n  \n  \"x\": 1\n}",
		`{"users":[{"name":"a","password":"p"},{"password":"p"}]}`:     `{"users":[{"name":"a"},{}]}`,
		`{"users":[["p"],{"name":"a"},"p",null,{"name":"b"}]}`:         `{"users":[{"name":"a"},{"name":"b"}]}`,
		`{"users":{"name":"a","password":"p"},"id":"a"}`:               `{"id":"a"}`,
		`{"id":"a","users":"password=p"}`:                              `{"id":"a"}`,
		`{"login":{"password":"p","name":"a"},"more":{"token":"p"}}`:   `{"login":{"name":"a"},"more":{}}`,
		`{"login":[{"password":"p"}],"more":{"token":"p","other":[]}}`: `{"more":{"other":[]}}`,
		`{"other":{"password":"kept"}}`:                                `{"other":{"password":"kept"}}`,
	}
	for row, want := range tests {
		for _, before := range []string{"", `{"password":"p","id":"b"},`} {
			records, raw, err := scanGuarded(`{"rows":[` + before + row + `]}`)
			if err != nil {
				t.Errorf("Scan(%s): %v", row, err)
				continue
			}
			if d := diff(want, raw[len(raw)-1]); d != "" {
				t.Errorf("Raw.Copy of %s (-want +got):\n%s", row, d)
			}
			if r := records[len(records)-1]; r.Secret != "" || r.Login.Password != "" {
				t.Errorf("Scan(%s) stores a secret: %+v", row, r)
			}
		}
	}
}

func TestSecretsAreNotDecoded(t *testing.T) {
	var got guarded
	doc := `{"id":"a","password":"p","users":[{"name":"u","password":"p"}],"login":{"password":"p"},"more":{"token":"p"}}`
	if err := guardedTable.Decode([]byte(doc), &got); err != nil {
		t.Fatal(err)
	}
	if d := diff(guarded{ID: "a", Users: []user{{Name: "u"}}}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestCopyIsTheRowAsItStands(t *testing.T) {
	const row = "{ \"ImageId\" : \"m\\u002d1\" ,\n\t\"Features\" : { \"a\" : [ ] } }"
	got, err := scan(ecsPage, []byte(`{"Images":{"Image":[ `+row+` , `+row+`]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if d := diff([]string{row, row}, got.Raw); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// checkSecrets makes every word of a document that a secret could have a secret,
// and checks that copies are valid and have none of them.
func checkSecrets(t *testing.T, doc []byte) {
	t.Helper()
	text := strings.NewReplacer("Images", "rows", "ImageId", "password", "Tags", "users", "TagKey", "password").Replace(string(doc))
	_, raw, err := scanGuarded(text)
	if err != nil {
		return
	}
	for _, r := range raw {
		if !json.Valid([]byte(r)) {
			t.Fatalf("Raw.Copy of a row in %.300q is not valid: %.300q", text, r)
		}
		if slices.Contains(jsonoracle.Parse([]byte(r)).Keys, "password") {
			t.Fatalf("Raw.Copy of a row in %.300q has a secret: %.300q", text, r)
		}
	}
}

func TestMutantsOfSecretsAreOmitted(t *testing.T) {
	breed(t, []string{
		`{"Images":[{"ImageId":"p","Tags":[{"TagKey":"p"},{"ImageId":"p","name":1}],"id":"x"},{"a":1,"ImageId":[1,2],"b":{}}]}`,
		` { "Images" : [ { "ImageId" : "p" , "ImageId" : "q" , "login" : { "ImageId" : {} } } ] } `,
	}, checkSecrets)
}

func TestCopyOfManySecretsIsFast(t *testing.T) {
	const blanks, secrets = 1 << 20, 1 << 16 // looking at the blanks for each secret would take minutes
	row := "{" + strings.Repeat(" ", blanks) + `"password":1` + strings.Repeat(`,"password":1`, secrets) + `,"id":"a"}`
	_, raw, err := scanGuarded(`{"rows":[` + row + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{" + strings.Repeat(" ", blanks) + `"id":"a"}`; raw[0] != want {
		t.Errorf("a copy of %d bytes, want %d", len(raw[0]), len(want))
	}
}
