package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/imagequery/imagequery/image"
)

// editJSON applies a change to the decoded form of a JSON text. Any other text is
// returned unchanged.
func editJSON(change func(any) any) func([]byte) []byte {
	return func(body []byte) []byte {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			return body
		}
		out, err := json.Marshal(change(v))
		if err != nil {
			return body
		}
		return out
	}
}

// editAll applies a change to a value and to all that is in it, the innermost
// first.
func editAll(v any, change func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			v[key] = editAll(inner, change)
		}
	case []any:
		for i, inner := range v {
			v[i] = editAll(inner, change)
		}
	}
	return change(v)
}

func addMembers(v any) any {
	return editAll(v, func(v any) any {
		if object, ok := v.(map[string]any); ok {
			object["UnheardOf"] = map[string]any{"a": []any{json.Number("1"), nil, true, "x"}, "Id": "m-0"}
			object[""] = "nothing"
		}
		return v
	})
}

func numbersToStrings(v any) any {
	return editAll(v, func(v any) any {
		if n, ok := v.(json.Number); ok {
			return n.String()
		}
		return v
	})
}

// plainNumber is a text that is the usual form of a whole number.
var plainNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})$`)

func stringsToNumbers(v any) any {
	return editAll(v, func(v any) any {
		if text, ok := v.(string); ok && plainNumber.MatchString(text) {
			return json.Number(text)
		}
		return v
	})
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func emptyToNull(v any) any {
	return editAll(v, func(v any) any {
		if isEmpty(v) {
			return nil
		}
		return v
	})
}

func removeEmpty(record map[string]any) {
	for key, v := range record {
		if isEmpty(v) {
			delete(record, key)
		}
	}
}

// recordsOf tells the objects that describe an image: one of their members is its
// identifier.
func recordsOf(world []image.Image) func(map[string]any) bool {
	known := map[string]bool{}
	for _, m := range world {
		known[m.ID] = true
	}
	return func(object map[string]any) bool {
		for _, v := range object {
			if text, ok := v.(string); ok && known[text] && len(object) > 2 {
				return true
			}
		}
		return false
	}
}

// editRecords applies a change to the records of images.
func editRecords(isRecord func(map[string]any) bool, change func(record map[string]any)) func(any) any {
	return func(v any) any {
		return editAll(v, func(v any) any {
			if object, ok := v.(map[string]any); ok && isRecord(object) {
				change(object)
			}
			return v
		})
	}
}

// enumMembers gathers the members of records, and says which of them are words: texts
// and numbers, but neither the identifier nor a flag that is written as text.
func enumMembers(world []image.Image, keys map[string]bool) func(record map[string]any) {
	identifiers := map[string]bool{}
	for _, m := range world {
		identifiers[m.ID] = true
	}
	return func(record map[string]any) {
		for key, v := range record {
			switch v := v.(type) {
			case string:
				flag := strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
				keys[key] = keys[key] || v != "" && !flag && !identifiers[v]
			case json.Number:
				keys[key] = true
			}
		}
	}
}

func unknownEnum(key string) func(record map[string]any) {
	return func(record map[string]any) {
		if _, ok := record[key]; ok {
			record[key] = "Unheard-Of"
		}
	}
}

var jsonText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// escapeStrings writes every sign of every text as an escape.
func escapeStrings(body []byte) []byte {
	return jsonText.ReplaceAllFunc(body, func(token []byte) []byte {
		var text string
		if json.Unmarshal(token, &text) != nil {
			return token
		}
		out := []byte{'"'}
		for _, unit := range utf16.Encode([]rune(text)) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
		return append(out, '"')
	})
}
