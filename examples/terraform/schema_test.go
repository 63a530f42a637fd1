package terraform_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
)

// jsonNames returns the names of a struct's fields in JSON.
func jsonNames(typ reflect.Type) []string {
	var names []string
	for f := range typ.Fields() {
		if f.Anonymous {
			names = append(names, jsonNames(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func attributeNamed(t *testing.T, attributes []*tfprotov6.SchemaAttribute, name string) *tfprotov6.SchemaAttribute {
	t.Helper()
	for _, a := range attributes {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no attribute %s", name)
	return nil
}

func setOf(names ...string) map[string]bool {
	set := map[string]bool{}
	for _, name := range names {
		set[name] = true
	}
	return set
}

func namesOf(attributes []*tfprotov6.SchemaAttribute, input bool) map[string]bool {
	set := map[string]bool{}
	for _, a := range attributes {
		if a.Optional == input {
			set[a.Name] = true
		}
	}
	return set
}

// TestSchemasHaveEveryFieldOfTheLibrary fails if a field is added to the library and
// not to the schemas.
func TestSchemasHaveEveryFieldOfTheLibrary(t *testing.T) {
	s := start(t, newCloud(t, fakecloud.Sample()))
	query := jsonNames(reflect.TypeFor[image.Query]())
	all := s.schema.DataSourceSchemas[images].Block.Attributes
	equal(t, "inputs of "+images, setOf(append(query, "distinct", "allow_partial")...), namesOf(all, true))
	one := s.schema.DataSourceSchemas[newest].Block.Attributes
	wanted := setOf(append(query, "per", "allow_partial")...)
	delete(wanted, "limit")
	equal(t, "inputs of "+newest, wanted, namesOf(one, true))

	fields := setOf(append(jsonNames(reflect.TypeFor[image.Image]()), "target")...)
	disks := setOf(jsonNames(reflect.TypeFor[image.Disk]())...)
	for _, a := range []*tfprotov6.SchemaAttribute{attributeNamed(t, all, "images"), attributeNamed(t, one, "images"), attributeNamed(t, one, "image")} {
		equal(t, "fields of an image", fields, namesOf(a.NestedType.Attributes, false))
		equal(t, "fields of a disk", disks, namesOf(attributeNamed(t, a.NestedType.Attributes, "disks").NestedType.Attributes, false))
	}
}
