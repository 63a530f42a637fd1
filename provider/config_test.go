package provider_test

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

func TestWithDefaultsSetsZeroFields(t *testing.T) {
	got := provider.Config{}.WithDefaults()
	if got.Logger == nil || got.Logger.Enabled(t.Context(), slog.LevelError) {
		t.Error("want a silent logger")
	}
	if got.Listing.Prefetch != 16 || got.Retry != (provider.Retry{Attempts: 5, AttemptTimeout: 60 * time.Second, MaxWait: 65 * time.Second}) {
		t.Errorf("prefetch %d, retry %+v", got.Listing.Prefetch, got.Retry)
	}
	if got.Listing != (provider.Listing{Prefetch: 16}) || got.Credentials != nil || got.HTTPClient != nil || got.Budget != nil {
		t.Errorf("more than the defaults: %+v", got)
	}
}

// The original does not change, and a second call has no effect.
func TestWithDefaultsKeepsOtherFields(t *testing.T) {
	set := provider.Config{
		Region: "r", Endpoint: "https://e/", AllowHTTP: true, Credentials: provider.Static("i", "s", ""), HTTPClient: &http.Client{},
		Logger: slog.New(slog.DiscardHandler), Retry: provider.Retry{Attempts: 1, AttemptTimeout: time.Second, MaxWait: time.Minute},
		Budget: &provider.Budget{}, UserAgent: "u",
		Listing: provider.Listing{PageSize: 7, Prefetch: 2, Confirm: provider.ConfirmAlways, KeepNative: true},
	}
	got := set.WithDefaults()
	if diff := cmp.Diff(configFacts(set), configFacts(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	partly := provider.Config{Retry: provider.Retry{Attempts: 2}}
	if once := partly.WithDefaults(); once.Retry.Attempts != 2 || once.Retry.MaxWait != 65*time.Second || partly.Retry.MaxWait != 0 {
		t.Errorf("retry %+v from %+v", once.Retry, partly.Retry)
	}
	if diff := cmp.Diff(configFacts(got), configFacts(got.WithDefaults())); diff != "" {
		t.Errorf("the second time (-want +got):\n%s", diff)
	}
}

// configFacts is a configuration as comparable values; pointers by identity.
func configFacts(c provider.Config) []any {
	return []any{
		c.Region, c.Endpoint, c.AllowHTTP, c.Credentials != nil, c.HTTPClient != nil, c.Logger != nil, c.Retry,
		c.Budget != nil, c.Listing, c.UserAgent,
	}
}

func TestGoodConfigsAreValid(t *testing.T) {
	for _, region := range []string{"", "cn-hangzhou", "pek3", "ap1", "a", "7", "cn-hangzhou-44", "gd--2", "RegionOne", "eu_west.1", "DE-1", strings.Repeat("a", 255)} {
		if err := (provider.Config{Region: region}).Validate(); err != nil {
			t.Errorf("region %q: %v", region, err)
		}
	}
	if err := (provider.Config{}).WithDefaults().Validate(); err != nil {
		t.Error(err)
	}
	if err := (provider.Config{Retry: provider.Retry{Attempts: 1, AttemptTimeout: 1, MaxWait: 1}, Listing: provider.Listing{PageSize: 1, Prefetch: 1}}).Validate(); err != nil {
		t.Error(err)
	}
}

// A region becomes part of a path and headers.
func TestBadRegionsAreRefused(t *testing.T) {
	for _, region := range []string{
		"cn-hangzhou.evil.com/", "evil.com#", "a/b", "a\\b", "user@host", "a:80", "a?b", "a%2fb", "..", ".", "-", "_",
		"-a", "a-", "cn hangzhou", " cn-hangzhou", "cn-hangzhou ", "cn-hangzhou\n", "cn\r\nHost: evil", "a\x00b",
		"\tpek3", "杭州", "cn-hangzhoü", "ｃｎ", "а", "a\u200bb", "\xff", "İ", strings.Repeat("a", 256), strings.Repeat("a", 10000),
	} {
		err := (provider.Config{Region: region}).Validate()
		if !errors.Is(err, provider.InvalidArgument) {
			t.Errorf("region %q: error %v, want invalid argument", region, err)
			continue
		}
		for _, part := range []string{"Config.Region", strconv.Quote(region), "want letters, digits, and inner hyphens, dots and underscores, such as cn-hangzhou or RegionOne"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("region %q: error %q does not say %s", region, err, part)
			}
		}
	}
}

func TestNegativeBoundsAreRefused(t *testing.T) {
	for field, config := range map[string]provider.Config{
		"Config.Listing.PageSize":     {Listing: provider.Listing{PageSize: -1}},
		"Config.Listing.Prefetch":     {Listing: provider.Listing{Prefetch: -1}},
		"Config.Retry.Attempts":       {Retry: provider.Retry{Attempts: -1}},
		"Config.Retry.AttemptTimeout": {Retry: provider.Retry{AttemptTimeout: -1}},
		"Config.Retry.MaxWait":        {Retry: provider.Retry{MaxWait: -1}},
	} {
		err := config.Validate()
		if !errors.Is(err, provider.InvalidArgument) {
			t.Errorf("%s: error %v, want invalid argument", field, err)
			continue
		}
		for _, part := range []string{field + " ", "-1", "leave it 0 for the default"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %q does not say %q", field, err, part)
			}
		}
		if filled := config.WithDefaults().Validate(); !errors.Is(filled, provider.InvalidArgument) {
			t.Errorf("%s: the defaults hide the bad value", field)
		}
	}
}

func TestConfigRefusesBadHeadersAndBudgets(t *testing.T) {
	for name, c := range map[string]provider.Config{
		"UserAgent": {UserAgent: "a\r\nX-Injected: y"},
		"rate":      {Budget: &provider.Budget{PerSecond: -1}},
		"no number": {Budget: &provider.Budget{PerSecond: math.NaN()}},
		"burst":     {Budget: &provider.Budget{Burst: -1}},
		"in flight": {Budget: &provider.Budget{InFlight: -1}},
	} {
		if err := c.Validate(); !errors.Is(err, provider.InvalidArgument) {
			t.Errorf("%s: error %v, want invalid argument", name, err)
		}
	}
}
