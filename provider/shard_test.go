package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// namesOf returns the names of the targets.
func namesOf(targets []provider.Target) []string {
	var names []string
	for _, target := range targets {
		names = append(names, target.Name)
	}
	return names
}

func shardTargets(accounts, regions int, format string) []provider.Target {
	var targets []provider.Target
	for region := range regions {
		for account := range accounts {
			targets = append(targets, provider.Target{Name: fmt.Sprintf(format+"/region-%d", account, region)})
		}
	}
	return targets
}

// shardsByName maps the name of each target to its shard, and fails if a target is
// in two shards.
func shardsByName(t *testing.T, targets []provider.Target, count int) map[string]int {
	t.Helper()
	shards := map[string]int{}
	for index := range count {
		for _, target := range provider.Shard(targets, index, count) {
			if other, twice := shards[target.Name]; twice {
				t.Errorf("%s is in shards %d and %d of %d", target.Name, other, index, count)
			}
			shards[target.Name] = index
		}
	}
	if len(shards) != len(targets) {
		t.Errorf("%d of %d targets are in one of %d shards", len(shards), len(targets), count)
	}
	return shards
}

// Running deployments rely on these values.
func TestShardIsStable(t *testing.T) {
	targets := []provider.Target{
		{Name: "prod/cn-hangzhou"}, {Name: "prod/cn-beijing"}, {Name: "dev/cn-hangzhou"}, {Name: "team-a"},
		{Name: "团队/pek3"}, {Name: "x/y", Account: "prod"}, {Name: "1234567890123456/cn-hangzhou"},
	}
	var got [][]string
	for index := range 3 {
		got = append(got, namesOf(provider.Shard(targets, index, 3)))
	}
	want := [][]string{
		{"dev/cn-hangzhou", "team-a"},
		{"prod/cn-hangzhou", "prod/cn-beijing", "x/y"},
		{"团队/pek3", "1234567890123456/cn-hangzhou"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shards of 3 (-want +got):\n%s", diff)
	}
}

func TestShardKeepsAccountsWhole(t *testing.T) {
	targets := shardTargets(300, 4, "account-%d")
	for _, count := range []int{1, 2, 5, 16, 64} {
		byAccount := map[string]int{}
		for name, shard := range shardsByName(t, targets, count) {
			account, _, _ := strings.Cut(name, "/")
			if other, known := byAccount[account]; known && other != shard {
				t.Errorf("account %s is in shards %d and %d of %d", account, shard, other, count)
			}
			byAccount[account] = shard
		}
	}
}

func TestShardUsesTheAccountOfTargets(t *testing.T) {
	targets := shardTargets(40, 1, "name-%d")
	for i := range targets {
		targets[i].Account = "one"
	}
	for index := range 8 {
		if n := len(provider.Shard(targets, index, 8)); n != 0 && n != len(targets) {
			t.Errorf("shard %d has %d of %d targets of one account", index, n, len(targets))
		}
	}
}

// With one more shard, an account stays in its shard or moves to the new one.
func TestShardMovesToTheNewShardOnly(t *testing.T) {
	targets := shardTargets(1000, 1, "account-%d")
	before := shardsByName(t, targets, 1)
	for count := 1; count < 20; count++ {
		after := shardsByName(t, targets, count+1)
		for name, shard := range after {
			if shard != before[name] && shard != count {
				t.Errorf("%s moved from shard %d to %d when shard %d was added", name, before[name], shard, count)
			}
		}
		before = after
	}
}

func TestShardIsEven(t *testing.T) {
	const accounts, count = 1000, 16
	for _, format := range []string{"account-%d", "%d", "team%04d", "prod-%d-eu", "1%015d", "租户%d"} {
		for index := range count {
			n := len(provider.Shard(shardTargets(accounts, 1, format), index, count))
			if n*2*count > accounts*3 {
				t.Errorf("accounts like %q: shard %d of %d has %d accounts, want at most 1.5 times the mean %d", format, index, count, n, accounts/count)
			}
		}
	}
}

func TestShardKeepsTheOrder(t *testing.T) {
	targets := shardTargets(50, 2, "account-%d")
	at := map[string]int{}
	for i, target := range targets {
		at[target.Name] = i
	}
	last := -1
	for _, target := range provider.Shard(targets, 1, 4) {
		if at[target.Name] < last {
			t.Fatalf("%s comes after a later target", target.Name)
		}
		last = at[target.Name]
	}
}

func TestShardPanicsOutsideItsRange(t *testing.T) {
	for _, c := range []struct{ index, count int }{{0, 0}, {-1, 4}, {4, 4}, {0, -1}} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, fmt.Sprintf("shard %d of %d", c.index, c.count)) {
					t.Errorf("shard %d of %d: panic %q, want one that names both numbers", c.index, c.count, text)
				}
			}()
			provider.Shard(nil, c.index, c.count)
		}()
	}
}
