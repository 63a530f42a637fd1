package targets_test

import (
	"strings"
	"testing"

	"github.com/imagequery/imagequery/examples/targets"
)

const budgeted = `targets:
  - {name: a, provider: aliyunecs, regions: [cn-hangzhou, cn-beijing], credentials: {access_key_id: i, access_key_secret: s}}
  - name: b
    account: a
    provider: aliyunswas
    regions: [cn-hangzhou]
    credentials: {access_key_id: i, access_key_secret: s}
    budget: {per_second: "${RATE}", burst: 3, in_flight: 2}
  - {name: c, account: a, provider: aliyunens, credentials: {access_key_id: i, access_key_secret: s}, budget: {per_second: 0.50, burst: 3, in_flight: 2}}
  - {name: a2, account: a, provider: qingcloud, regions: [pek3a], credentials: {access_key_id: i, access_key_secret: s}}
`

// One entry of an account may have the key for all of them. Another vendor's account of
// the same name is another account.
func TestEntriesOfAnAccountShareOneBudget(t *testing.T) {
	o := *around
	o.LookupEnv = func(string) (string, bool) { return "0.5", true }
	loaded, err := targets.Parse("f", []byte(budgeted), &o)
	if err != nil {
		t.Fatal(err)
	}
	shared := loaded[0].Config.Budget
	if shared.PerSecond != 0.5 || shared.Burst != 3 || shared.InFlight != 2 {
		t.Errorf("budget %g, %d, %d", shared.PerSecond, shared.Burst, shared.InFlight)
	}
	for _, l := range loaded[:4] {
		if l.Config.Budget != shared {
			t.Errorf("%s has a budget of its own", l.Name)
		}
	}
	if other := loaded[4].Config.Budget; other == shared || other.PerSecond != 0 || other.InFlight != 0 {
		t.Errorf("%s has the budget of another vendor's account", loaded[4].Name)
	}
}

func TestBudgetsOfEntriesAreThoseOfFiles(t *testing.T) {
	e := targets.Entry{Name: "a", Provider: "aliyunens", Credentials: keys("i", "s"), Budget: &targets.EntryBudget{PerSecond: 0.25, Burst: 3, InFlight: 2}}
	loaded, err := targets.New([]targets.Entry{e}, around)
	if err != nil {
		t.Fatal(err)
	}
	if b := loaded[0].Config.Budget; b.PerSecond != 0.25 || b.Burst != 3 || b.InFlight != 2 {
		t.Errorf("budget %g, %d, %d", b.PerSecond, b.Burst, b.InFlight)
	}
	for want, other := range map[string]*targets.EntryBudget{
		"targets[1].budget.in_flight: in_flight: want a whole number above 0":                                          {InFlight: -1},
		"targets[1].budget: budget: targets[0].budget has another one for the same account, and its entries share one": {InFlight: 7},
	} {
		second := e
		second.Name, second.Account, second.Budget = "b", "a", other
		if _, err := targets.New([]targets.Entry{e, second}, around); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}
