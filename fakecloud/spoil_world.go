package fakecloud

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// changeWorld lets the faults act that insert and delete between pages.
func (x *exchange) changeWorld(l listing) {
	for k := range x.strikes(atWorld) {
		_ = x.cloud.truth.change(func(next *catalog) error { // an image that came or went already is no matter
			switch found := next.find(l); k.Do {
			case InsertImages:
				return next.addRows(x.account.Name, k.newRows(found, &x.cloud.truth.copies))
			case DeleteImages:
				for _, ref := range k.doomed(found) {
					next.drop(ref)
				}
			}
			return nil
		})
		x.catalog = x.cloud.truth.now.Load()
	}
}

// newRows are the images to insert: those of the fault, or copies of found ones.
func (k strike) newRows(found []*row, copies *int) []*row {
	rows, _ := newRows(k.Images) // checked when the fault was set
	if len(k.Images) > 0 || len(found) == 0 {
		return rows
	}
	for i := range k.count() {
		like := found[k.pick(len(found))]
		created := like.Created
		if !k.Anywhere && !created.IsZero() {
			created = created.Add(time.Duration(i+1) * time.Second)
		}
		*copies++
		name, _, _ := strings.Cut(like.ID, "-copy")
		rows = append(rows, like.copy(name+"-copy"+strconv.Itoa(*copies), created))
	}
	return rows
}

// pick is the first, or any.
func (k strike) pick(n int) int {
	if k.Anywhere {
		return k.rand.IntN(n)
	}
	return 0
}

// doomed are the images to delete.
func (k strike) doomed(found []*row) []image.Ref {
	var refs []image.Ref
	for _, r := range found {
		if slices.Contains(k.IDs, r.ID) {
			refs = append(refs, r.Ref)
		}
	}
	if len(k.IDs) > 0 {
		return refs
	}
	left := slices.Clone(found)
	for range min(k.count(), len(left)) {
		i := k.pick(len(left))
		refs = append(refs, left[i].Ref)
		left = slices.Delete(left, i, i+1)
	}
	return refs
}
