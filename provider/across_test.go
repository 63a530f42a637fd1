package provider_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// opener is an adapter's New function that records the configurations.
type opener struct {
	configs []provider.Config
	refuses string // region
}

func (o *opener) open(c provider.Config) (*provider.Client, error) {
	o.configs = append(o.configs, c)
	if c.Region == o.refuses {
		return nil, &provider.Error{Kind: provider.InvalidArgument, Message: "unknown region"}
	}
	return provider.New(&server{images: imagesOf(1)}, c), nil
}

func TestAcrossOpensOneClientPerRegion(t *testing.T) {
	for name, test := range map[string]struct {
		base    provider.Config
		regions []string
		names   []string
		opened  []string
	}{
		"regions":    {provider.Config{Region: "ignored"}, []string{"r1", "r2"}, []string{"prod/r1", "prod/r2"}, []string{"r1", "r2"}},
		"no regions": {provider.Config{Region: "r"}, nil, []string{"prod"}, []string{"r"}},
		"no region":  {provider.Config{}, nil, []string{"prod"}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			var o opener
			o.refuses = "none"
			targets, err := provider.Across("prod", o.open, test.base, test.regions...)
			if err != nil {
				t.Fatal(err)
			}
			var names, opened []string
			for i, target := range targets {
				names = append(names, target.Name)
				opened = append(opened, o.configs[i].Region)
				if target.Account != "prod" {
					t.Errorf("%s has the account %q, want prod", target.Name, target.Account)
				}
				if b := o.configs[i].Budget; b == nil || b != o.configs[0].Budget {
					t.Errorf("%s does not share the budget", target.Name)
				}
			}
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.opened, opened); diff != "" {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
			if hits, err := provider.Collect(provider.Search(t.Context(), targets, image.Query{}, nil)); err != nil || len(hits) != len(targets) {
				t.Errorf("%d hits, error %v", len(hits), err)
			}
		})
	}
}

func TestAcrossKeepsTheBudgetOfTheConfiguration(t *testing.T) {
	o, budget := opener{refuses: "none"}, &provider.Budget{InFlight: 2}
	if _, err := provider.Across("prod", o.open, provider.Config{Budget: budget}, "r1", "r2"); err != nil {
		t.Fatal(err)
	}
	for _, c := range o.configs {
		if c.Budget != budget {
			t.Errorf("region %s has another budget", c.Region)
		}
	}
}

func TestAcrossRefusesBadArguments(t *testing.T) {
	for name, test := range map[string]struct {
		account string
		regions []string
		says    string
	}{
		"no name":        {"", []string{"r1"}, "name is empty"},
		"empty region":   {"prod", []string{"r1", ""}, `region 1 of prod, ""`},
		"a region twice": {"prod", []string{"r1", "r2", "r1"}, `region 2 of prod, "r1"`},
		"a bad region":   {"prod", []string{"r1", "bad"}, "prod/bad: invalid argument: unknown region"},
	} {
		t.Run(name, func(t *testing.T) {
			o := opener{refuses: "bad"}
			targets, err := provider.Across(test.account, o.open, provider.Config{}, test.regions...)
			if targets != nil || !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("targets %v, error %v; want one that says %q", targets, err, test.says)
			}
		})
	}
}

func TestAcrossRefusesANilFunction(t *testing.T) {
	targets, err := provider.Across("prod", nil, provider.Config{}, "r1")
	if targets != nil || !errors.Is(err, provider.InvalidArgument) || !strings.Contains(err.Error(), "opens prod is nil") {
		t.Errorf("targets %v, error %v", targets, err)
	}
}

func TestNewPanicsWithoutAnAdapter(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "the adapter is nil") {
			t.Errorf("panic %q, want one that says that the adapter is nil", text)
		}
	}()
	provider.New(nil, provider.Config{})
}
