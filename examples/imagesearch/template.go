package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/imagequery/imagequery/examples/internal/printable"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// templateHit is what --template is executed with: .Target, and the image as
// .Image.ID or .ID.
type templateHit struct {
	Target string
	image.Image
}

// parseTemplate parses a template, and executes it with an empty hit and with one
// that has every value. A template that fails with both, or that names an unknown
// field in any branch they reach, is refused.
func parseTemplate(text string) (*template.Template, error) {
	t, err := template.New("--template").Option("missingkey=zero").Parse(text)
	if err != nil {
		return nil, plainTemplateError(err)
	}
	sample := templateHit{}
	fill(reflect.ValueOf(&sample).Elem())
	full, empty := t.Execute(io.Discard, sample), t.Execute(io.Discard, templateHit{})
	for _, err := range []error{full, empty} {
		if err != nil && (full != nil && empty != nil && !outOfRange(err) || unknownField.MatchString(err.Error())) {
			return nil, plainTemplateError(err)
		}
	}
	return t, nil
}

// outOfRange reports whether a template fails because a list is too short, which
// depends on the image.
func outOfRange(err error) bool {
	return strings.Contains(err.Error(), "out of range")
}

var (
	unknownField  = regexp.MustCompile(`can't evaluate field (\w+)`)
	errorPosition = regexp.MustCompile(`^template: --template:\d+(:\d+)?: (executing "--template" at )?`)
)

// plainTemplateError drops the package's words from an error, and suggests a field.
func plainTemplateError(err error) error {
	text := errorPosition.ReplaceAllString(err.Error(), "")
	match := unknownField.FindStringSubmatch(text)
	if match == nil {
		return errors.New(text)
	}
	known := fieldNames(reflect.TypeFor[templateHit]())
	suggestion := didYouMean(match[1], known)
	if exact := slices.IndexFunc(known, func(name string) bool {
		return strings.EqualFold(name, strings.ReplaceAll(match[1], "_", ""))
	}); exact >= 0 {
		suggestion = "; did you mean " + known[exact] + "?"
	}
	if suggestion == "" {
		suggestion = ": want Target, or a field of an image such as ID, Name or Created"
	}
	return fmt.Errorf("unknown field %s%s", match[1], suggestion)
}

// fieldNames returns the names that a template can use for a type, those of
// embedded and nested structs included.
func fieldNames(t reflect.Type) []string {
	var out []string
	for field := range t.Fields() {
		out = append(out, field.Name)
		inner := field.Type
		for inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && strings.HasPrefix(inner.PkgPath(), "github.com/imagequery/") {
			out = append(out, fieldNames(inner)...)
		}
	}
	return out
}

// fill sets every text, list and map of a value.
func fill(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Kind() == reflect.String:
		v.SetString("sample")
	case v.CanInt():
		v.SetInt(1)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("sample"), reflect.ValueOf("sample"))
	}
}

// templateError is a failure of a template with one image.
type templateError struct{ error }

// writeTemplate executes a template for each hit, and writes a newline after each.
func writeTemplate(t *template.Template) func(io.Writer, document) error {
	return func(w io.Writer, d document) error {
		var b strings.Builder
		var failure error
		for _, hit := range d.hits {
			length := b.Len()
			if err := t.Execute(&b, visibleHit(hit)); err != nil {
				text := b.String()[:length]
				b.Reset()
				b.WriteString(text)
				failure = templateError{fmt.Errorf("--template: %s: %w", hit.Image, plainTemplateError(err))}
				break
			}
			b.WriteByte('\n')
		}
		_, err := io.WriteString(w, b.String())
		if err != nil {
			return err
		}
		return failure
	}
}

// visibleHit copies a hit for a template. Texts of others lose the characters that a
// terminal would obey.
func visibleHit(hit provider.Hit) templateHit {
	m := hit.Image
	m.Disks, m.SourceSnapshots, m.Tags = slices.Clone(m.Disks), slices.Clone(m.SourceSnapshots), maps.Clone(m.Tags)
	out := templateHit{hit.Target, m}
	clean(reflect.ValueOf(&out).Elem())
	return out
}

// clean applies printable.Line to every text in a value.
func clean(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Kind() == reflect.String:
		v.SetString(printable.Line(v.String()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			clean(v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			clean(v.Index(i))
		}
	case v.Kind() == reflect.Map:
		for name, value := range v.Seq2() {
			v.SetMapIndex(name, reflect.Value{})
			v.SetMapIndex(reflect.ValueOf(printable.Line(name.String())), reflect.ValueOf(printable.Line(value.String())))
		}
	}
}
