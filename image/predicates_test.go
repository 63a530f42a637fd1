package image_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/image"
)

// notPredicates are the fields of a Query that say nothing about an image.
var notPredicates = map[string]bool{"Limit": true, "SkipUnreported": true, "Native": true}

// A new field of Query must be added to Fields, AllFields, Values, String, Validate and
// Match.
func TestEveryFieldOfQueryIsAPredicate(t *testing.T) {
	var inOrder []image.Field
	for f := range reflect.TypeFor[image.Query]().Fields() {
		if notPredicates[f.Name] {
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		field := image.Field(key)
		inOrder = append(inOrder, field)
		t.Run(f.Name, func(t *testing.T) {
			if reflect.ValueOf(fullQuery()).FieldByIndex(f.Index).IsZero() {
				t.Fatal("fullQuery leaves it zero")
			}
			noticed := false
			for _, value := range foreignValues(t, f.Type) {
				query := image.Query{}
				reflect.ValueOf(&query).Elem().FieldByIndex(f.Index).Set(value)
				noticed = noticed || !query.Match(fullImage())
				check(t, "Fields", []image.Field{field}, query.Fields())
				check(t, "number of Values", 1, len(query.Values(field)))
				if !strings.HasPrefix(query.String(), key+"=") {
					t.Errorf("String %q does not show it", query)
				}
			}
			if !noticed {
				t.Error("Match takes no notice of it")
			}
			if f.Type.Kind() == reflect.Slice {
				query := image.Query{}
				reflect.ValueOf(&query).Elem().FieldByIndex(f.Index).Set(reflect.MakeSlice(f.Type, 1, 1))
				if query.Validate() == nil {
					t.Error("Validate takes an empty text")
				}
				if query.Match(image.Image{SourceSnapshots: []string{""}}) {
					t.Error("an empty text matches what the provider did not say")
				}
			}
		})
	}
	check(t, "AllFields", inOrder, image.AllFields())
}

// foreignValues are values of a predicate; fullImage does not match all of them.
func foreignValues(t *testing.T, typ reflect.Type) []reflect.Value {
	t.Helper()
	switch reflect.Zero(typ).Interface().(type) {
	case time.Time:
		return []reflect.Value{reflect.ValueOf(created.AddDate(-1, 0, 0)), reflect.ValueOf(created.AddDate(1, 0, 0))}
	case map[string]string:
		return []reflect.Value{reflect.ValueOf(map[string]string{"foreign": "foreign"})}
	}
	if typ.Kind() != reflect.Slice || typ.Elem().Kind() != reflect.String {
		t.Fatalf("this test has no value for a %v", typ)
	}
	list := reflect.MakeSlice(typ, 1, 1)
	list.Index(0).SetString("foreign")
	return []reflect.Value{list}
}

func TestFullImageIsFull(t *testing.T) {
	for f, v := range reflect.ValueOf(fullImage()).Fields() {
		if v.IsZero() {
			t.Errorf("fullImage leaves %s zero", f.Name)
		}
	}
}
