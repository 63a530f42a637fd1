package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUnreadableValuesAreCountedAndNoted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"TotalCount":2,"Images":{"Image":[{"ImageId":"m-1","CreationTime":"14.11.2023","Status":"Odd"},{"ImageId":"m-2","CreationTime":"yesterday"}]}}`)
	}))
	defer server.Close()
	config := writeConfig(t, strings.Replace(prodTarget, "cn-hangzhou, cn-beijing", "cn-hangzhou", 1), server.URL)
	got := imagesearch(t.Context(), "--config", config, "--output", "ndjson", "--report", "-")
	if got.status != exitComplete || got.stdout == "" {
		t.Errorf("status %d, output %q", got.status, got.stdout)
	}
	for _, want := range []string{
		"imagesearch: values that could not be converted are left empty: aliyunecs CreationTime (2), aliyunecs Status (1);",
		`"unreadable":{"CreationTime":2,"Status":1}`,
	} {
		if strings.Count(got.stderr, want) != 1 {
			t.Errorf("standard error is %q, want %q once", got.stderr, want)
		}
	}
}
