package fakecloud

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/imagequery/imagequery/image"
)

// catalog is a World that is prepared for requests. It is immutable. The rows
// hold the images of the World.
type catalog struct {
	World
	keys    map[string]keyOwner
	tokens  map[string]bool // of every temporary key
	regions map[location]bool
	rows    map[scope][]*row
}

type keyOwner struct {
	key     Key
	account *Account
	session *session // of a temporary key that AssumeRole returned, or nil
}

type location struct{ provider, region string }

// scope is an account at a provider in a region; at ENS the region is empty.
type scope struct {
	account string
	location
}

// row is an image with its record, decoded and as JSON after a comma. It shares no
// memory with the World.
type row struct {
	Image
	record record
	body   func() []byte
}

func newCatalog(w World) (*catalog, error) {
	w.Accounts = slices.Clone(w.Accounts)
	c := &catalog{
		World: w, keys: map[string]keyOwner{}, tokens: map[string]bool{}, regions: map[location]bool{}, rows: map[scope][]*row{},
	}
	common, commonErr := newRows(w.Images)
	errs := []error{w.checkSettings(), w.checkCommonSources(), commonErr}
	for provider, regions := range w.Regions {
		for _, region := range regions {
			c.regions[location{provider, region}] = true
		}
	}
	for i := range w.Accounts {
		own, err := newRows(w.Accounts[i].Images)
		errs = append(errs, err, c.addAccount(&w.Accounts[i]), c.addRows(w.Accounts[i].Name, slices.Concat(own, common)))
	}
	if err := reportWorldErrors(errs...); err != nil {
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
		errs = append(errs, newWorldError("account name", "set its name", "an account has no name"))
	}
	for _, k := range a.Keys {
		switch _, taken := c.keys[k.ID]; {
		case k.ID == "" || k.Secret == "":
			errs = append(errs, newWorldError("key", "set both", "account %s: a key has no id or no secret", a.Name))
		case taken:
			errs = append(errs, newWorldError("key twice", "give each key an id of its own", "account %s: key %s exists twice", a.Name, k.ID))
		case k.Expired && k.Token == "":
			errs = append(errs, newWorldError("key expired", "set token, or leave expired unset", "account %s: key %s has no token that could expire", a.Name, k.ID))
		}
		c.keys[k.ID] = keyOwner{key: k, account: a}
		if k.Token != "" {
			c.tokens[k.Token] = true
		}
	}
	return errors.Join(errs...)
}

// addRows adds images to an account's list. It does not change the slices of the
// catalog that this one was copied from.
func (c *catalog) addRows(account string, rows []*row) error {
	added, views := map[scope][]*row{}, []scope{} // the latter in order
	for _, r := range rows {
		at := location{r.Provider, r.Region}
		c.regions[at] = true
		if r.Provider == providerENS {
			at.region = ""
		}
		v := scope{account, at}
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
		errs = append(errs, checkUnique(account, all))
	}
	return errors.Join(errs...)
}

func checkUnique(account string, rows []*row) error {
	var errs []error
	seen := make(map[image.Ref]bool, len(rows))
	for _, r := range rows {
		if seen[r.Ref] {
			errs = append(errs, newWorldError("image twice", "list it once, under the account or for all of them", "account %s sees image %s twice", account, r.Ref))
		}
		seen[r.Ref] = true
	}
	return errors.Join(errs...)
}

func (w World) checkSettings() error {
	var errs []error
	if !w.Fuzzy.known() {
		errs = append(errs, newWorldError("fuzzy", "use substring, exact, prefix, wildcard, fold or pattern", "unknown fuzzy %q", w.Fuzzy))
	}
	if !w.EmptyFamily.known() {
		errs = append(errs, newWorldError("empty_family", "use missing, null, object, text or blank", "unknown empty_family %q", w.EmptyFamily))
	}
	names := map[string]bool{}
	for _, a := range w.Accounts {
		if names[a.Name] {
			errs = append(errs, newWorldError("account twice", "give each account a name of its own", "account %s exists twice", a.Name))
		}
		names[a.Name] = true
	}
	for provider := range w.Regions {
		if _, known := recordFormatOf(provider); !known {
			errs = append(errs, newWorldError("regions", useProviders, "regions of an unknown provider %q", provider))
		}
	}
	return errors.Join(errs...)
}

// checkCommonSources returns an error for each image of the world that only one
// account can see.
func (w World) checkCommonSources() error {
	var errs []error
	for _, m := range w.Images {
		if m.Source == image.SourceSelf || m.Source == image.SourceShared {
			errs = append(errs, m.fieldError("source", fmt.Sprintf("%q is not visible to every account", m.Source), "list it under an account"))
		}
	}
	return errors.Join(errs...)
}

// liveCatalog is the current catalog. A change replaces the catalog, so that a
// request in flight keeps the one that it started with.
type liveCatalog struct {
	current atomic.Pointer[catalog]
	mu      sync.Mutex // held during changes
	copies  int
}

// Insert adds images to what an account sees; the empty name means every
// account. If the world would be invalid with them, it returns the errors that
// [New] would return, and changes nothing. A request in flight may see the
// change. Insert is safe for concurrent use.
func (c *Cloud) Insert(account string, images ...Image) error {
	rows, err := newRows(images)
	if account == "" {
		err = errors.Join(err, World{Images: images}.checkCommonSources())
	}
	if err != nil {
		return reportWorldErrors(err)
	}
	return c.live.update(func(next *catalog) error {
		accounts := next.accountsNamed(account)
		if len(accounts) == 0 {
			return fmt.Errorf("fakecloud: there is no account %q", account)
		}
		var errs []error
		for _, name := range accounts {
			errs = append(errs, next.addRows(name, rows))
		}
		return reportWorldErrors(errs...)
	})
}

// Delete deletes images for every account that sees them. If one of them does
// not exist, it returns an error and changes nothing. Delete is safe for
// concurrent use.
func (c *Cloud) Delete(refs ...image.Ref) error {
	return c.live.update(func(next *catalog) error {
		var errs []error
		for _, ref := range refs {
			if !next.remove(ref) {
				errs = append(errs, newWorldError("no image", "delete images that an account sees", "there is no image %s", ref))
			}
		}
		return reportWorldErrors(errs...)
	})
}

// Visible returns what [World.Visible] returns for the current images. The
// images share memory with the Cloud: do not modify what they refer to.
func (c *Cloud) Visible(account, provider, region string) []image.Image {
	at := location{provider, region}
	if provider == providerENS {
		at.region = ""
	}
	var seen []image.Image
	for _, r := range c.live.current.Load().rows[scope{account, at}] {
		if r.listedByDefault() {
			seen = append(seen, r.Image.Image)
		}
	}
	return seen
}

// update replaces the catalog by an edited copy, unless edit returns an error.
func (t *liveCatalog) update(edit func(next *catalog) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := *t.current.Load()
	next.rows, next.regions = maps.Clone(next.rows), maps.Clone(next.regions)
	if err := edit(&next); err != nil {
		return err
	}
	t.current.Store(&next)
	return nil
}

// accountsNamed returns the account with the name, or every account for the
// empty name.
func (c *catalog) accountsNamed(name string) []string {
	var names []string
	for _, a := range c.Accounts {
		if name == "" || a.Name == name {
			names = append(names, a.Name)
		}
	}
	return names
}

// remove removes an image for every account, and reports whether there was one.
func (c *catalog) remove(ref image.Ref) bool {
	dropped := false
	for v, rows := range c.rows {
		if kept := slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return r.Ref == ref }); len(kept) < len(rows) {
			c.rows[v], dropped = kept, true
		}
	}
	return dropped
}
