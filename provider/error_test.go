package provider_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

var kinds = map[provider.Kind][2]string{
	provider.InvalidArgument:  {"invalid argument", "invalid_argument"},
	provider.Unsupported:      {"unsupported", "unsupported"},
	provider.Unauthenticated:  {"unauthenticated", "unauthenticated"},
	provider.PermissionDenied: {"permission denied", "permission_denied"},
	provider.NotFound:         {"not found", "not_found"},
	provider.Throttled:        {"throttled", "throttled"},
	provider.Unavailable:      {"unavailable", "unavailable"},
	provider.BadResponse:      {"bad response", "bad_response"},
	provider.Incomplete:       {"incomplete", "incomplete"},
}

func TestKindsHaveTextForms(t *testing.T) {
	for kind, want := range kinds {
		text, err := kind.MarshalText()
		if kind.Error() != want[0] || string(text) != want[1] || err != nil {
			t.Errorf("kind %d: %q, %q, error %v; want %q", kind, kind.Error(), text, err, want)
		}
		var decoded provider.Kind
		if err := decoded.UnmarshalText(text); err != nil || decoded != kind {
			t.Errorf("%q decodes to kind %d, error %v; want %d", text, decoded, err, kind)
		}
	}
	if want := len(kinds); int(provider.Incomplete) != want {
		t.Errorf("the last kind is %d, and %d are listed here", provider.Incomplete, want)
	}
}

func TestKindRefusesUnknownTexts(t *testing.T) {
	for _, text := range []string{"", "canceled", "kind 12", "Throttled", "bad-response"} {
		decoded := provider.Throttled
		if err := decoded.UnmarshalText([]byte(text)); err == nil || decoded != provider.Throttled {
			t.Errorf("%q: kind %v, error %v; want an error and no change", text, decoded, err)
		}
	}
}

func TestUnknownKindsPrintTheirNumber(t *testing.T) {
	for n := range 256 {
		kind := provider.Kind(n)
		if _, known := kinds[kind]; known {
			continue
		}
		err := &provider.Error{Kind: kind, Message: "m"}
		text, failure := kind.MarshalText()
		if failure != nil || strings.Contains(string(text), " ") || !strings.Contains(err.Error(), "m") {
			t.Errorf("kind %d: text %q, error %q", n, text, err)
		}
		if n > 0 && !strings.Contains(err.Error(), fmt.Sprint(n)) {
			t.Errorf("kind %d: error %q does not tell the number", n, err)
		}
		for other := range kinds {
			if errors.Is(err, other) {
				t.Errorf("kind %d is taken for %v", n, other)
			}
		}
	}
}

func TestErrorsIsFindsKinds(t *testing.T) {
	for kind := range kinds {
		bare := &provider.Error{Kind: kind}
		for name, err := range map[string]error{
			"bare":        bare,
			"of a target": &provider.TargetError{Target: "t", Err: bare},
			"joined":      errors.Join(errors.New("other"), &provider.TargetError{Target: "t", Err: bare}),
			"wrapped":     fmt.Errorf("while testing: %w", errors.Join(bare)),
			"nested":      &provider.Error{Provider: "p", Err: bare},
		} {
			for other := range kinds {
				if got := errors.Is(err, other); got != (kind == other) {
					t.Errorf("%s %v: errors.Is(err, %v) is %t", name, kind, other, got)
				}
			}
			if e, ok := errors.AsType[*provider.Error](err); !ok || name != "nested" && e != bare {
				t.Errorf("%s %v: errors.As gives %v, %t", name, kind, e, ok)
			}
			if k, ok := errors.AsType[provider.Kind](err); !ok || k != kind {
				t.Errorf("%s %v: errors.As gives the kind %v, %t", name, kind, k, ok)
			}
		}
	}
}

func TestErrorsAsFindsTargetErrors(t *testing.T) {
	under := &provider.Error{Kind: provider.Throttled, Code: "Throttling"}
	err := fmt.Errorf("all: %w", errors.Join(&provider.TargetError{Target: "a", Err: under}))
	e, ok := errors.AsType[*provider.TargetError](err)
	if !ok || e.Target != "a" || e.Unwrap() != under || e.Error() != "a: throttled: Throttling" {
		t.Errorf("%v, %t", e, ok)
	}
}

func TestErrorTextHasPlaceKindAndMessage(t *testing.T) {
	for want, err := range map[string]*provider.Error{
		"": {},
		"aliyunecs cn-hangzhou DescribeImages: throttled: Throttling.User: slow down (HTTP 400, request 1-2-3, 5 attempts)": {
			Provider: "aliyunecs", Region: "cn-hangzhou", Action: "DescribeImages", Kind: provider.Throttled, HTTPStatus: 400,
			Code: "Throttling.User", Message: "slow down", RequestID: "1-2-3", Attempts: 5,
		},
		"qingcloud pek3: unavailable: connection reset": {Provider: "qingcloud", Region: "pek3", Kind: provider.Unavailable, Err: errors.New("connection reset"), Attempts: 1},
		"fake List: context canceled":                   {Provider: "fake", Action: "List", Err: context.Canceled},
		"permission denied: Forbidden (HTTP 403)":       {Kind: provider.PermissionDenied, Code: "Forbidden", HTTPStatus: 403},
		"r: incomplete: 1 missing: eof (request x)":     {Region: "r", Kind: provider.Incomplete, Message: "1 missing", Err: errors.New("eof"), RequestID: "x"},
		"permission denied: NoPermission: no (HTTP 403); grant ecs:DescribeImages": {
			Kind: provider.PermissionDenied, Code: "NoPermission", Message: "no", HTTPStatus: 403, Remedy: "grant ecs:DescribeImages",
		},
		"ecs: permission denied: role: sts: no; grant sts:AssumeRole": {
			Provider: "ecs", Kind: provider.PermissionDenied, Message: "role",
			Err: &provider.Error{Provider: "sts", Kind: provider.PermissionDenied, Message: "no", Remedy: "grant sts:AssumeRole"},
		},
		"just words":                    {Message: "just words"},
		"fake: kind 77":                 {Provider: "fake", Kind: 77},
		"bad response (2 attempts)":     {Kind: provider.BadResponse, Attempts: 2},
		"aliyunecs: not found: Message": {Provider: "aliyunecs", Kind: provider.NotFound, Err: &provider.Error{Provider: "aliyunecs", Kind: provider.NotFound, Message: "Message"}},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// A message cannot forge a line of a log.
func TestErrorIsOneLine(t *testing.T) {
	invalid := image.Query{Names: []string{""}, Limit: -1}.Validate()
	for name, err := range map[string]*provider.Error{
		"several bad values":   {Kind: provider.InvalidArgument, Err: invalid},
		"joined causes":        {Kind: provider.Unavailable, Err: errors.Join(errors.New("a"), errors.New("b"))},
		"request ID":           {Kind: provider.Unavailable, RequestID: "1\nlevel=INFO forged"},
		"provider's own words": {Kind: provider.Unavailable, Message: "<html>\r\n<body>\n"},
	} {
		if text := err.Error(); strings.ContainsAny(text, "\r\n") {
			t.Errorf("%s: %q", name, text)
		}
	}
}

func TestErrorUnwrapsToKindAndCause(t *testing.T) {
	cause := errors.New("cause")
	for name, test := range map[string]struct {
		err  *provider.Error
		want []error
	}{
		"neither": {&provider.Error{Message: "m"}, nil},
		"kind":    {&provider.Error{Kind: provider.NotFound}, []error{provider.NotFound}},
		"cause":   {&provider.Error{Err: cause}, []error{cause}},
		"both":    {&provider.Error{Kind: provider.Throttled, Err: cause}, []error{provider.Throttled, cause}},
	} {
		if got := test.err.Unwrap(); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestContextErrorsHaveNoKind(t *testing.T) {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		err := &provider.TargetError{Target: "t", Err: &provider.Error{Provider: "p", Err: fmt.Errorf("get: %w", end)}}
		if !errors.Is(err, end) {
			t.Errorf("%v is not found in %v", end, err)
		}
		if kind, ok := errors.AsType[provider.Kind](err); ok {
			t.Errorf("%v has the kind %v", err, kind)
		}
	}
}

// Neither has it bidirectional or zero-width characters.
func TestErrorHasNoControlCharacters(t *testing.T) {
	err := &provider.Error{
		Kind: provider.Throttled, Code: "Busy\x1b[31m\u202e", Message: "a\rb\x00c\u2028d\u200be\ufefff\u2066g\u061ch\u00adi \u0601\u06f1",
		Err: errors.New("cause\u200f\u009b"),
	}
	if got, want := err.Error(), "throttled: Busy [31m: a b c defghi \u0601\u06f1: cause"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestErrorTextGivesAKindOnce(t *testing.T) {
	inner := &provider.Error{Provider: "sts", Action: "AssumeRole", Kind: provider.PermissionDenied, Code: "NoPermission", Message: "no", HTTPStatus: 403}
	for name, test := range map[string]struct {
		err  *provider.Error
		want string
	}{
		"same kind":      {&provider.Error{Provider: "ecs", Kind: provider.PermissionDenied, Message: "role", Err: inner}, "ecs: permission denied: role: sts AssumeRole: NoPermission: no (HTTP 403)"},
		"another kind":   {&provider.Error{Kind: provider.Unauthenticated, Message: "role", Err: inner}, "unauthenticated: role: sts AssumeRole: permission denied: NoPermission: no (HTTP 403)"},
		"three levels":   {&provider.Error{Kind: provider.PermissionDenied, Message: "profile", Err: &provider.Error{Kind: provider.PermissionDenied, Message: "role", Err: inner}}, "permission denied: profile: role: sts AssumeRole: NoPermission: no (HTTP 403)"},
		"same place":     {&provider.Error{Provider: "sts", Action: "AssumeRole", Kind: provider.PermissionDenied, Err: inner}, "sts AssumeRole: permission denied: NoPermission: no (HTTP 403)"},
		"the kind alone": {&provider.Error{Kind: provider.Unauthenticated, Message: "role", Err: provider.Unauthenticated}, "unauthenticated: role"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if !errors.Is(test.err, test.err.Kind) {
			t.Errorf("%s: errors.Is does not find the kind", name)
		}
	}
}
