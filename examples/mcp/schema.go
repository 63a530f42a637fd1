package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// The numbers of images in an answer.
const (
	defaultLimit = 20
	maxLimit     = 100
)

// parameter is an argument that tools take.
type parameter struct {
	name   string
	schema *jsonschema.Schema
}

// queryParameters returns what every tool takes: the predicates, with the names of the
// query's JSON form.
func queryParameters() []parameter {
	return []parameter{
		{"ids", texts("Image IDs.")},
		{"names", texts("Whole names, in exact case.")},
		{"name_globs", texts("Patterns for the whole name: * any characters, ? one character, [a-z] one of a class, \\ escapes. Such as web-*.")},
		{"name_contains", texts("Parts of the name, in any case.")},
		{"families", texts("Image families: series of images in which the newest replaces those before.")},
		{"regions", texts("Regions, or zones at QingCloud, such as cn-hangzhou or pek3a.")},
		{"sources", texts("Where an image comes from. Default: what each provider lists by default, often without community and marketplace.", wordsOf(image.Sources())...)},
		{"owners", texts("Account IDs of owners.")},
		{"visibilities", texts("Which accounts can use an image.", wordsOf(image.Visibilities())...)},
		{"statuses", texts("States of images.", wordsOf(image.Statuses())...)},
		{"oses", texts("Families of operating systems.", wordsOf(image.OSes())...)},
		{"platforms", texts("Distributions, in any usual spelling. Known ones: " + strings.Join(image.Platforms(), ", ") + ".")},
		{"os_versions", texts("Versions of the distribution; 22 also matches 22.04.")},
		{"archs", texts("Processor architectures.", wordsOf(image.Archs())...)},
		{"tags", textMap("Tags, all of which an image must have. An empty value matches an empty value only.", `{"env":"prod"}`)},
		{"source_instances", texts("IDs of the instances that images were made from.")},
		{"source_snapshots", texts("IDs of the snapshots that images were made from.")},
		{"resource_groups", texts("IDs of resource groups.")},
		{"created_after", timeText("Created at this time or later")},
		{"created_before", timeText("Created before this time")},
		{"native", &jsonschema.Schema{
			Type: "object", AdditionalProperties: textMap("", ""), Examples: []any{json.RawMessage(`{"aliyunecs":{"ShowExpired":"true"}}`)},
			Description: "Documented parameters of single providers, by provider. explain_query and why_no_match name those that change what is listed.",
		}},
	}
}

// toolParameters returns the others: which targets are searched, and what a tool does
// with their images.
func toolParameters() []parameter {
	return []parameter{
		{"targets", texts("Only these configured targets: names NAME/REGION, or patterns such as prod/*.")},
		{"providers", texts("Only targets of these providers.", providers.Names()...)},
		{"skip_unreported", truth("A target whose API never reports the field of a predicate has no images, instead of being missing.")},
		{"distinct", truth("List an image once that several accounts of one cloud see.")},
		{"newest_per", texts("Find the newest image of each group with the same values of these properties.", wordsOf(provider.GroupKeys())...)},
		{"allow_partial", truth("Show the newest of the images that were found although targets failed, which may have a newer one.")},
		{"limit", &jsonschema.Schema{Type: "integer", Minimum: number(1), Maximum: number(maxLimit), Default: json.RawMessage(`20`), Description: "Images in this answer."}},
		{"cursor", &jsonschema.Schema{Type: "string", Description: "next_cursor of an answer, for the images after it. Give limit with it, if you like, and no other argument."}},
	}
}

// inputSchema is the schema of a tool that takes some of the tool parameters besides
// the query and the choice of targets.
func inputSchema(takes []string) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type: "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
	takes = append([]string{"targets", "providers"}, takes...)
	ofTool := slices.DeleteFunc(toolParameters(), func(p parameter) bool { return !slices.Contains(takes, p.name) })
	for _, p := range append(queryParameters(), ofTool...) {
		s.Properties[p.name] = p.schema
		s.PropertyOrder = append(s.PropertyOrder, p.name)
	}
	return s
}

func texts(description string, words ...string) *jsonschema.Schema {
	item := &jsonschema.Schema{Type: "string"}
	for _, word := range words {
		item.Enum = append(item.Enum, word)
	}
	return &jsonschema.Schema{Type: "array", Items: item, Description: description}
}

func textMap(description, example string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "string"}, Description: description}
	if example != "" {
		s.Examples = []any{json.RawMessage(example)}
	}
	return s
}

func timeText(description string) *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "string", Description: description + ": RFC 3339, YYYY-MM-DD (UTC), or an age such as 36h, 30d or 8w.",
		Examples: []any{"2026-01-31", "30d"},
	}
}

func truth(description string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "boolean", Description: description}
}

func number(n float64) *float64 { return &n }

func wordsOf[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// schemaFor returns the schema of an answer.
func schemaFor[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		panic(err) // found by every test
	}
	return s
}
