package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// unreadableServer is a server whose pages hold values that it could not convert.
type unreadableServer struct {
	server
	counts map[string]int // of each page
}

func (s *unreadableServer) Fetch(ctx context.Context, c provider.Call, at provider.Cursor) (*provider.Page, error) {
	page, err := s.server.Fetch(ctx, c, at)
	if page != nil {
		page.Unreadable = s.counts
	}
	return page, err
}

func TestReportCountsUnreadableValuesOfTheLastScan(t *testing.T) {
	perPage := map[string]int{"CreationTime": 2, "Status": 1}
	for name, test := range map[string]struct {
		server  *unreadableServer
		listing provider.Listing
		query   image.Query
		want    map[string]int
		logged  int
	}{
		"one page":                {&unreadableServer{server{images: imagesOf(8)}, perPage}, provider.Listing{}, image.Query{}, perPage, 1},
		"none":                    {&unreadableServer{server{images: imagesOf(8)}, nil}, provider.Listing{}, image.Query{}, nil, 0},
		"three pages":             {&unreadableServer{server{images: imagesOf(25)}, perPage}, provider.Listing{}, image.Query{}, map[string]int{"CreationTime": 6, "Status": 3}, 1},
		"two scans":               {&unreadableServer{server{images: imagesOf(8)}, perPage}, provider.Listing{Confirm: provider.ConfirmAlways}, image.Query{}, perPage, 2},
		"stopped by the limit":    {&unreadableServer{server{images: imagesOf(25)}, perPage}, provider.Listing{}, image.Query{Limit: 1}, perPage, 1},
		"no image matches":        {&unreadableServer{server{images: imagesOf(8)}, perPage}, provider.Listing{}, image.Query{Names: []string{"none"}}, perPage, 1},
		"counted over both calls": {&unreadableServer{server{images: imagesOf(8), calls: []provider.Call{(&server{}).call(), (&server{}).call()}}, perPage}, provider.Listing{}, image.Query{}, map[string]int{"CreationTime": 4, "Status": 2}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			client := provider.New(test.server, provider.Config{Listing: test.listing, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
			got := reports(t, t.Context(), []provider.Target{{Name: "a", Client: client}}, test.query)["a"]
			if diff := cmp.Diff(test.want, got.Unreadable); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !got.Complete {
				t.Errorf("the report is not complete: %v", got.Err)
			}
			if n := strings.Count(log.String(), `"level":"WARN"`); n != test.logged {
				t.Errorf("%d warnings, want %d:\n%s", n, test.logged, log.String())
			}
		})
	}
}

func TestReportHasUnreadableInJSON(t *testing.T) {
	want := provider.Report{Target: "a", Complete: true, Unreadable: map[string]int{"CreationTime": 2}}
	text, err := json.Marshal(want)
	if err != nil || !strings.Contains(string(text), `"unreadable":{"CreationTime":2}`) {
		t.Fatalf("%s, %v", text, err)
	}
	var got provider.Report
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text, err := json.Marshal(provider.Report{}); err != nil || strings.Contains(string(text), "unreadable") {
		t.Errorf("%s, %v, want no unreadable", text, err)
	}
}
