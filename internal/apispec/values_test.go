package apispec_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/internal/apispec"
)

func TestEncodeSendsOnlySoundValues(t *testing.T) {
	const sent, local, never = apispec.Pushable, apispec.NotPushable, apispec.NoMatch
	for _, test := range []struct {
		name     string
		encode   apispec.Encode
		value    string
		want     []string
		encoding apispec.Encoding
	}{
		{"Plain", apispec.Plain, "web-1.2_x:Y", []string{"web-1.2_x:Y"}, sent},
		{"Plain", apispec.Plain, "a[b]", nil, local},
		{"Plain", apispec.Plain, "a*", nil, local},
		{"Plain", apispec.Plain, "a?", nil, local},
		{"Plain", apispec.Plain, "a b", nil, local},
		{"Plain", apispec.Plain, "a/b", nil, local},
		{"Plain", apispec.Plain, "键", nil, local},
		{"Plain", apispec.Plain, "a\x00", nil, local},
		{"Number", apispec.Number, "1234567890", []string{"1234567890"}, sent},
		{"Number", apispec.Number, "9223372036854775807", []string{"9223372036854775807"}, sent},
		{"Number", apispec.Number, "9223372036854775808", nil, never},
		{"Number", apispec.Number, "99999999999999999999", nil, never},
		{"Number", apispec.Number, "", nil, never},
		{"Number", apispec.Number, "-1", nil, never},
		{"Number", apispec.Number, "+1", nil, never},
		{"Number", apispec.Number, "1e3", nil, never},
		{"Number", apispec.Number, "0x1", nil, never},
		{"Number", apispec.Number, "me", nil, never},
		{"Number", apispec.Number, "١", nil, never},
		{"MinuteBefore", apispec.MinuteBefore, "2020-01-02T03:04:05.5Z", []string{"2020-01-02T03:03Z"}, sent},
		{"MinuteBefore", apispec.MinuteBefore, "2020-01-02T03:04:00Z", []string{"2020-01-02T03:03Z"}, sent},
		{"MinuteBefore", apispec.MinuteBefore, "2020-01-01T00:00:00+08:00", []string{"2019-12-31T15:59Z"}, sent},
		{"MinuteBefore", apispec.MinuteBefore, "1970-01-01T00:00:30Z", nil, local},
		{"MinuteBefore", apispec.MinuteBefore, "0001-01-01T00:00:00.1Z", nil, local},
		{"MinuteBefore", apispec.MinuteBefore, "soon", nil, local},
		{"MinuteAfter", apispec.MinuteAfter, "2020-01-02T03:04:05.5Z", []string{"2020-01-02T03:06Z"}, sent},
		{"MinuteAfter", apispec.MinuteAfter, "2020-01-02T03:04:00Z", []string{"2020-01-02T03:05Z"}, sent},
		{"MinuteAfter", apispec.MinuteAfter, "2020-01-02T03:04:00.000000001Z", []string{"2020-01-02T03:06Z"}, sent},
		{"MinuteAfter", apispec.MinuteAfter, "9999-12-31T23:59:59Z", nil, local},
		{"ValueMap", statuses.Encode, "pending", []string{"Creating", "Waiting"}, sent},
		{"ValueMap", statuses.Encode, "Creating", nil, never},
		{"ValueMap", statuses.Encode, "deleted", nil, never},
	} {
		got, encoding := test.encode(test.value)
		if !slices.Equal(got, test.want) || encoding != test.encoding {
			t.Errorf("%s(%q) = %q, %d, want %q, %d", test.name, test.value, got, encoding, test.want, test.encoding)
		}
	}
}

func TestValueMapParsesWordsInAnyCase(t *testing.T) {
	for word, want := range map[string]image.Status{
		"Creating": image.StatusPending, "WAITING": image.StatusPending, "available": image.StatusAvailable, "Deleted": "", "": "", "pending": "",
	} {
		if got, ok := statuses.Parse(word); got != want || ok != (want != "") {
			t.Errorf("Parse(%q) = %q, %v, want %q", word, got, ok, want)
		}
	}
	if diff := cmp.Diff([]string{"pending", "available"}, statuses.Neutral()); diff != "" {
		t.Errorf("Neutral (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Creating", "Waiting", "Available"}, statuses.All()); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
}

func TestIdentifierIsEmptyForZero(t *testing.T) {
	for text, want := range map[string]string{"0": "", "": "", "10": "10", "00": "00"} {
		if got := apispec.Identifier(text); got != want {
			t.Errorf("Identifier(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestParsePercentAcceptsWholePercentages(t *testing.T) {
	for text, want := range map[string]int{"32%": 32, "32": 32, " 7% ": 7, "100%": 100, "": 0, "%": -1, "-5%": -1, "half": -1, "1.5%": -1, "99999999999999999999": -1} {
		if got, ok := apispec.ParsePercent(text); got != max(want, 0) || ok != (want >= 0) {
			t.Errorf("ParsePercent(%q) = %d, %v, want %d", text, got, ok, want)
		}
	}
}

func TestFoldSpacesTrimsAndJoins(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": "", "a": "a", "a b": "a b", " a  b   c    d ": "a b c d", "  a \t b\n": "a b", "a\tb": "a b",
		"中 文": "中 文", "中  文\n": "中 文", "a\u00a0b": "a b", "a \u3000 b": "a b",
	} {
		if got := apispec.FoldSpaces(text); got != want {
			t.Errorf("FoldSpaces(%q) = %q, want %q", text, got, want)
		}
	}
	for want, texts := range map[string][]string{"": {"", ""}, "a": {"a", " "}, "b": {"", "b"}, "a b": {" a", "b "}} {
		if got := apispec.FoldSpaces(texts...); got != want {
			t.Errorf("FoldSpaces(%q) = %q, want %q", texts, got, want)
		}
	}
}

func TestAddTagIgnoresEmptyKeys(t *testing.T) {
	var tags map[string]string
	if tags = apispec.AddTag(tags, "", "v"); tags != nil {
		t.Errorf("a tag without key gives %v", tags)
	}
	tags = apispec.AddTag(apispec.AddTag(tags, "a", "1"), "b", "")
	if diff := cmp.Diff(map[string]string{"a": "1", "b": ""}, tags); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDetailsDecodesNativeRecords(t *testing.T) {
	api := listing()
	m := image.Image{Ref: ref("a"), Native: json.RawMessage(`{"Id":"a","Name":"n","Zone":"z"}`)}
	got, err := apispec.Details(&api, m)
	if want := (record{"a", "n", "z"}); err != nil || got != want {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
	foreign, bare, broken := m, m, m
	foreign.Provider = "other"
	bare.Native = nil
	broken.Native = json.RawMessage(`{"Id":`)
	for words, m := range map[string]image.Image{`image of "other"`: foreign, "Config.Listing.KeepNative": bare, "invalid JSON": broken} {
		if _, err := apispec.Details(&api, m); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want one about %q", err, words)
		}
	}
}
