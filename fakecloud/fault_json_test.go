package fakecloud_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

func TestReadFaultsReadsEveryField(t *testing.T) {
	got, err := fakecloud.ReadFaults(strings.NewReader(`{
		"seed": 7,
		"faults": [
			{"do": "throttle", "account": "prod", "action": "DescribeImages", "times": 3, "retry_after": "1.5s", "rate_limit": "2s"},
			{"do": "throttle", "rate": 10, "per": "1m", "code": "5100"},
			{"do": "latency", "wait": "100ms", "jitter": "50ms", "chance": 0.5, "seed": 8},
			{"do": "hang_body", "bytes": 100, "page": 2, "from": 3, "each": true, "params": {"Status": "Available"}},
			{"do": "delete", "provider": "qingcloud", "region": "pek3a", "key": "k", "ids": ["img-1"], "anywhere": true, "count": 2},
			{"do": "replay", "status": 500, "header": {"Content-Type": "text/plain"}, "body": "not\nJSON"},
			{"do": "replay", "body": {"Code": "X", "n": 1.0}},
			{"do": "insert", "images": [{"provider": "aliyunecs", "region": "r", "id": "m-1", "source": "self", "extra": {"Size": 40}}]}
		]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	inserted := fakecloud.Image{Extra: map[string]any{"Size": json.Number("40")}}
	inserted.Provider, inserted.Region, inserted.ID, inserted.Source = "aliyunecs", "r", "m-1", "self"
	want := []fakecloud.Fault{
		{Do: fakecloud.Throttle, Account: "prod", Action: "DescribeImages", Times: 3, RetryAfter: 1500 * time.Millisecond, RateLimit: 2 * time.Second, Seed: 7},
		{Do: fakecloud.Throttle, Rate: 10, Per: time.Minute, Code: "5100", Seed: 7},
		{Do: fakecloud.Latency, Wait: 100 * time.Millisecond, Jitter: 50 * time.Millisecond, Chance: 0.5, Seed: 8},
		{Do: fakecloud.HangBody, Bytes: 100, Page: 2, From: 3, Each: true, Params: map[string]string{"Status": "Available"}, Seed: 7},
		{Do: fakecloud.DeleteImages, Provider: "qingcloud", Region: "pek3a", Key: "k", IDs: []string{"img-1"}, Anywhere: true, Count: 2, Seed: 7},
		{Do: fakecloud.Replay, Status: 500, Header: map[string]string{"Content-Type": "text/plain"}, Body: "not\nJSON", Seed: 7},
		{Do: fakecloud.Replay, Body: `{"Code": "X", "n": 1.0}`, Seed: 7},
		{Do: fakecloud.InsertImages, Images: []fakecloud.Image{inserted}, Seed: 7},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults differ (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(map[string]any{"faults": got})
	if err != nil {
		t.Fatal(err)
	}
	again, err := fakecloud.ReadFaults(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("faults differ after a round trip through %s (-want +got):\n%s", text, diff)
	}
}

func TestFaultJSONIsBrief(t *testing.T) {
	text, err := json.Marshal(fakecloud.Fault{Do: fakecloud.Latency, Wait: time.Second})
	if err != nil || string(text) != `{"do":"latency","wait":"1s"}` {
		t.Errorf("%s, %v", text, err)
	}
}

func TestReadFaultsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"fault":[]}`:                                    `"fault"`,
		`{"faults":[{"do":"hang","tmies":1}]}`:            `"tmies"`,
		`{"faults":[{"do":"latency","wait":"soon"}]}`:     `"soon"`,
		`{"faults":[{"do":"latency","wait":100}]}`:        "wait",
		`{"faults":[{"do":"insert","images":[{"a":1}]}]}`: `"a"`,
		`{"faults":[{"do":1}]}`:                           "do",
		`{"faults":{}}`:                                   "faults",
		`{} {}`:                                           "text after the object",
		`[]`:                                              "array",
		``:                                                "EOF",
		`{"faults":[{"do":"replay","body":"x"},{"x":"y"}]}`: `"x"`,
	} {
		if faults, err := fakecloud.ReadFaults(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, error %v, want one with %s", text, faults, err, want)
		}
	}
}
