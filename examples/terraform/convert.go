package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are converted by their JSON forms, whose names are those of the attributes:
// a configuration becomes JSON and then a query or entries, and an image becomes JSON
// and then a state.

// fromConfig returns a value of a configuration as encoding/json would decode it. Null
// is nil. Unknown values are left out of lists and maps, and otherwise nil.
func fromConfig(v tftypes.Value) any {
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	switch t := v.Type(); {
	case t.Is(tftypes.String):
		return as[string](v)
	case t.Is(tftypes.Bool):
		return as[bool](v)
	case t.Is(tftypes.Number):
		return json.Number(as[*big.Float](v).Text('f', -1))
	case t.Is(tftypes.List{}):
		list := []any{}
		for _, element := range as[[]tftypes.Value](v) {
			if element.IsKnown() {
				list = append(list, fromConfig(element))
			}
		}
		return list
	default:
		mapping := map[string]any{}
		for key, element := range as[map[string]tftypes.Value](v) {
			if element.IsKnown() {
				mapping[key] = fromConfig(element)
			}
		}
		return mapping
	}
}

// as returns a known value that has the type for T, which a schema guarantees.
func as[T any](v tftypes.Value) T {
	var out T
	if !v.IsKnown() || v.IsNull() {
		return out
	}
	if err := v.As(&out); err != nil {
		panic(fmt.Sprintf("value of a configuration: %v", err))
	}
	return out
}

// decodeInto stores a value of [fromConfig].
func decodeInto(out, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

// toState returns a value as encoding/json decodes it as a value of a state. What is
// missing becomes null.
func toState(t tftypes.Type, value any) tftypes.Value {
	if value == nil {
		return tftypes.NewValue(t, nil)
	}
	switch t := t.(type) {
	case tftypes.Object:
		members := map[string]tftypes.Value{}
		for name, member := range t.AttributeTypes {
			members[name] = toState(member, value.(map[string]any)[name])
		}
		return tftypes.NewValue(t, members)
	case tftypes.List:
		elements := []tftypes.Value{}
		for _, element := range value.([]any) {
			elements = append(elements, toState(t.ElementType, element))
		}
		return tftypes.NewValue(t, elements)
	case tftypes.Map:
		elements := map[string]tftypes.Value{}
		for key, element := range value.(map[string]any) {
			elements[key] = toState(t.ElementType, element)
		}
		return tftypes.NewValue(t, elements)
	}
	switch v := value.(type) {
	case json.Number: // every number of an image and of a report is an int
		n, _ := v.Int64()
		return tftypes.NewValue(t, n)
	case map[string]any, []any: // the record of the provider, decoded from JSON before
		record, _ := json.Marshal(v)
		return tftypes.NewValue(t, string(record))
	}
	return tftypes.NewValue(t, value)
}

// decoded returns a value of the library as encoding/json decodes its JSON form.
func decoded(v any) (out any, err error) {
	form, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(form))
	decoder.UseNumber()
	err = decoder.Decode(&out)
	return out, err
}

// pathOf returns the path of a value: names of attributes and positions in lists.
func pathOf(root string, steps ...any) path.Path {
	p := path.Root(root)
	for _, step := range steps {
		switch step := step.(type) {
		case int:
			p = p.AtListIndex(step)
		case string:
			p = p.AtName(step)
		}
	}
	return p
}
