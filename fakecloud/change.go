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

// truth is the catalog of the moment. Changes make a new one, so that a request
// under way keeps what it began with.
type truth struct {
	now    atomic.Pointer[catalog]
	mu     sync.Mutex // held by who changes it
	copies int
}

// Insert adds images to what an account sees, or to what every account sees if the
// name is empty. It returns an error, and changes nothing, where [New] would refuse
// the world with them. Requests under way may or may not see a change.
func (c *Cloud) Insert(account string, images ...Image) error {
	rows, err := newRows(images)
	if err != nil {
		return err
	}
	if account == "" {
		if err := (World{Images: images}).checkCommonSources(); err != nil {
			return err
		}
	}
	return c.truth.change(func(next *catalog) error {
		accounts := next.accountsNamed(account)
		if len(accounts) == 0 {
			return fmt.Errorf("fakecloud: there is no account %q", account)
		}
		var errs []error
		for _, name := range accounts {
			errs = append(errs, next.addRows(name, rows))
		}
		return errors.Join(errs...)
	})
}

// Delete removes images, for every account that sees them. It returns an error,
// and changes nothing, if one of them does not exist.
func (c *Cloud) Delete(refs ...image.Ref) error {
	return c.truth.change(func(next *catalog) error {
		var errs []error
		for _, ref := range refs {
			if !next.drop(ref) {
				errs = append(errs, fmt.Errorf("fakecloud: there is no image %s", ref))
			}
		}
		return errors.Join(errs...)
	})
}

// Visible is [World.Visible] at this moment. The images share memory with the Cloud:
// do not change what is inside them.
func (c *Cloud) Visible(account, provider, region string) []image.Image {
	at := place{provider, region}
	if provider == providerENS {
		at.region = ""
	}
	var seen []image.Image
	for _, r := range c.truth.now.Load().rows[view{account, at}] {
		if r.shown() {
			seen = append(seen, r.Image.Image)
		}
	}
	return seen
}

// change replaces the catalog by a copy that has been changed, unless that fails.
func (t *truth) change(edit func(next *catalog) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := *t.now.Load()
	next.rows, next.regions = maps.Clone(next.rows), maps.Clone(next.regions)
	if err := edit(&next); err != nil {
		return err
	}
	t.now.Store(&next)
	return nil
}

// accountsNamed is every account for the empty name.
func (c *catalog) accountsNamed(name string) []string {
	var names []string
	for _, a := range c.Accounts {
		if name == "" || a.Name == name {
			names = append(names, a.Name)
		}
	}
	return names
}

// drop removes an image everywhere, and reports whether it was anywhere.
func (c *catalog) drop(ref image.Ref) bool {
	dropped := false
	for v, rows := range c.rows {
		if kept := slices.DeleteFunc(slices.Clone(rows), func(r *row) bool { return r.Ref == ref }); len(kept) < len(rows) {
			c.rows[v], dropped = kept, true
		}
	}
	return dropped
}
