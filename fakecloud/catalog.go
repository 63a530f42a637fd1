package fakecloud

import (
	"errors"
	"fmt"
	"slices"

	"github.com/imagequery/imagequery/image"
)

// catalog is a World made ready for questions. It never changes. The images of the
// World are in the rows.
type catalog struct {
	World
	keys    map[string]keyOwner
	tokens  map[string]bool // of every temporary key
	regions map[place]bool
	rows    map[view][]*row
}

type keyOwner struct {
	key     Key
	account *Account
}

type place struct{ provider, region string }

// view is what one account sees at one place; at ENS the region is empty.
type view struct {
	account string
	place
}

// row is one image with its wire record, as text behind a comma and decoded. It shares no memory
// with the World.
type row struct {
	Image
	body []byte
	wire record
}

func newCatalog(w World) (*catalog, error) {
	w.Accounts = slices.Clone(w.Accounts)
	c := &catalog{
		World: w, keys: map[string]keyOwner{}, tokens: map[string]bool{}, regions: map[place]bool{}, rows: map[view][]*row{},
	}
	common, commonErr := newRows(w.Images)
	errs := []error{w.checkSettings(), w.checkCommonSources(), commonErr}
	for provider, regions := range w.Regions {
		for _, region := range regions {
			c.regions[place{provider, region}] = true
		}
	}
	for i := range w.Accounts {
		own, err := newRows(w.Accounts[i].Images)
		errs = append(errs, err, c.addAccount(&w.Accounts[i]), c.addRows(w.Accounts[i].Name, slices.Concat(own, common)))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}

func newRows(images []Image) ([]*row, error) {
	var errs []error
	rows := make([]*row, 0, len(images))
	for _, m := range images {
		r, err := newRow(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		rows = append(rows, r)
	}
	return rows, errors.Join(errs...)
}

func (c *catalog) addAccount(a *Account) error {
	var errs []error
	if a.Name == "" {
		errs = append(errs, errors.New("fakecloud: an account has no name"))
	}
	for _, k := range a.Keys {
		switch _, taken := c.keys[k.ID]; {
		case k.ID == "" || k.Secret == "":
			errs = append(errs, fmt.Errorf("fakecloud: account %s: a key needs an id and a secret", a.Name))
		case taken:
			errs = append(errs, fmt.Errorf("fakecloud: account %s: key %s exists twice", a.Name, k.ID))
		case k.Expired && k.Token == "":
			errs = append(errs, fmt.Errorf("fakecloud: account %s: key %s has no token that could expire", a.Name, k.ID))
		}
		c.keys[k.ID] = keyOwner{key: k, account: a}
		if k.Token != "" {
			c.tokens[k.Token] = true
		}
	}
	return errors.Join(errs...)
}

// addRows lists more of what an account sees by the place where it sees it. It
// leaves the lists that are there as they are.
func (c *catalog) addRows(account string, rows []*row) error {
	added, views := map[view][]*row{}, []view{} // the latter in order
	for _, r := range rows {
		at := place{r.Provider, r.Region}
		c.regions[at] = true
		if r.Provider == providerENS {
			at.region = ""
		}
		v := view{account, at}
		if added[v] == nil {
			views = append(views, v)
		}
		added[v] = append(added[v], r)
	}
	var errs []error
	for _, v := range views {
		all := slices.Concat(c.rows[v], added[v])
		slices.SortStableFunc(all, func(a, b *row) int { return newestFirst(a.Image.Image, b.Image.Image) })
		c.rows[v] = all
		errs = append(errs, checkOnce(account, all))
	}
	return errors.Join(errs...)
}

func checkOnce(account string, rows []*row) error {
	var errs []error
	seen := make(map[image.Ref]bool, len(rows))
	for _, r := range rows {
		if seen[r.Ref] {
			errs = append(errs, fmt.Errorf("fakecloud: account %s sees image %s twice", account, r.Ref))
		}
		seen[r.Ref] = true
	}
	return errors.Join(errs...)
}

func (w World) checkSettings() error {
	var errs []error
	if !w.Fuzzy.known() {
		errs = append(errs, fmt.Errorf("fakecloud: unknown fuzzy %q", w.Fuzzy))
	}
	if !w.EmptyFamily.known() {
		errs = append(errs, fmt.Errorf("fakecloud: unknown empty_family %q", w.EmptyFamily))
	}
	names := map[string]bool{}
	for _, a := range w.Accounts {
		if names[a.Name] {
			errs = append(errs, fmt.Errorf("fakecloud: account %s exists twice", a.Name))
		}
		names[a.Name] = true
	}
	for provider := range w.Regions {
		if _, known := dialectOf(provider); !known {
			errs = append(errs, fmt.Errorf("fakecloud: regions of an unknown provider %q", provider))
		}
	}
	return errors.Join(errs...)
}

// checkCommonSources refuses images of the world that only one account can see.
func (w World) checkCommonSources() error {
	var errs []error
	for _, m := range w.Images {
		if m.Source == image.SourceSelf || m.Source == image.SourceShared {
			errs = append(errs, fmt.Errorf("fakecloud: image %s: field source: %q is not what every account sees; list it under an account", m.Ref, m.Source))
		}
	}
	return errors.Join(errs...)
}
