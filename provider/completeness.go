package provider

import (
	"cmp"
	"fmt"
)

// ConfirmMode says which listings a [Client] scans again only to confirm that no
// image is missing. In every mode, a listing is scanned again if a scan had fewer
// different images than the stated total. docs/completeness.md says what each mode
// finds.
type ConfirmMode uint8

// The modes of [Listing.Confirm].
const (
	// ConfirmAuto scans a listing of several pages again if pages state no total,
	// or if the total changes or is too low, until two scans agree. Listings whose
	// pages have tokens are not scanned again: they end by their token.
	ConfirmAuto ConfirmMode = iota
	// ConfirmAlways scans every listing until two scans agree.
	ConfirmAlways
	// ConfirmNever accepts the first scan that shows no change by itself.
	ConfirmNever
)

// String returns "auto", "always" or "never".
func (m ConfirmMode) String() string {
	switch m {
	case ConfirmAuto:
		return "auto"
	case ConfirmAlways:
		return "always"
	case ConfirmNever:
		return "never"
	default:
		return fmt.Sprintf("confirm mode %d", uint8(m))
	}
}

// maxScans is the largest number of scans of one call.
const maxScans = 3

// scanResult sums up one scan of a call.
type scanResult struct {
	distinct   int  // different images of this scan
	repeated   int  // rows whose image was in an earlier row of this scan
	seenBefore int  // images that the previous scan had, too
	added      int  // images that no earlier scan had
	several    bool // numbered pages or offsets, and perhaps more than one page

	first    int    // the total as stated first; 0: never
	total    int    // as stated last; 0: never
	unstated bool   // a page with images stated no total
	changed  bool   // the pages stated several totals
	missing  string // why images are missing although the scan ended
	cause    *Error // of the adapter, if it ended the scan
}

// recordTotal records the total of a page.
func (r *scanResult) recordTotal(total, rows int) {
	if total <= 0 {
		r.unstated = r.unstated || rows > 0
		return
	}
	r.changed = r.changed || r.total > 0 && r.total != total
	r.first, r.total = cmp.Or(r.first, total), total
}

// isMissingImages reports whether images are known to be missing.
func (r *scanResult) isMissingImages() bool { return r.missing != "" || r.distinct < r.total }

// shifted reports whether rows were repeated on other pages. Insertions between two
// pages cause this, and unstable orders.
func (r *scanResult) shifted() bool { return r.several && r.repeated > 0 }

// completeness decides after each scan of one call whether its images are complete.
type completeness struct {
	mode   ConfirmMode
	tokens bool // the pages have tokens

	scans     int
	union     int // different images of all scans
	total     int // the total that all scans stated without a change; 0: there is none
	last      scanResult
	agreed    bool // the last two scans brought the same images
	mustAgree bool // completeness needs two scans that agree
}

// assess takes the result of the next scan. Done is false if the call must be
// scanned again.
func (c *completeness) assess(r scanResult) (done bool, err error) {
	c.recordTotal(r)
	unionBefore := c.union
	c.union += r.added
	c.mustAgree = c.mustAgree || c.needsAgreement(r)
	agrees := c.scans > 0 && r.added == 0 && r.seenBefore == r.distinct && r.distinct == c.last.distinct
	thirdAlike := agrees && c.agreed
	c.agreed = agrees
	c.scans++
	c.last = r
	switch {
	case !c.mustAgree && c.proves(r),
		!c.mustAgree && c.total > 0 && unionBefore == c.total && r.added == 0 && r.missing == "",
		agrees && provesAgreed(r, thirdAlike):
		return true, nil
	case agrees && r.isMissingImages(), c.scans == maxScans:
		return true, c.incomplete()
	default:
		return false, nil
	}
}

// recordTotal keeps the total only as long as every scan states the same.
func (c *completeness) recordTotal(r scanResult) {
	switch {
	case r.changed, c.scans > 0 && r.total != c.total:
		c.total = 0
	case c.scans == 0:
		c.total = r.total
	}
}

// needsAgreement reports whether a scan showed that no single scan can prove the
// call complete.
func (c *completeness) needsAgreement(r scanResult) bool {
	switch {
	case c.mode == ConfirmAlways:
		return true
	case c.scans > 0 && c.total > 0 && c.union > c.total: // the images changed, and the total stayed
		return true
	case c.mode == ConfirmNever, c.tokens:
		return false
	case c.scans > 0 && r.total != c.last.total:
		return true
	default:
		return r.several && (r.unstated || r.changed || r.distinct > r.total)
	}
}

// proves reports whether a scan by itself shows that the images are complete.
func (c *completeness) proves(r scanResult) bool {
	switch {
	case r.isMissingImages():
		return false
	case c.tokens:
		return true
	default:
		return !r.changed && !r.shifted()
	}
}

// provesAgreed reports whether a scan with the same images as the previous scan shows
// that the images are complete. If rows are repeated, they may stand in place of others;
// only a total can show that they do not.
//
// Two scans of changing images can lack the same one: the first because of an insertion
// before a page that the server has answered already, the second because of a deletion.
// Then the second has fewer images than there were when it began, and a third one differs.
func provesAgreed(r scanResult, thirdAlike bool) bool {
	switch {
	case r.isMissingImages(), !thirdAlike && (r.distinct < r.first || r.changed && r.unstated):
		return false
	default:
		return !r.shifted() || !r.changed && r.distinct == r.total
	}
}

// incomplete returns the error of a call whose images may be incomplete.
func (c *completeness) incomplete() error {
	r := c.last
	const remedy = "list again later, or ask the provider why"
	switch {
	case r.distinct < r.total:
		return incomplete("the server reports %d images and returned %d in %d scans: %s", r.total, c.union, c.scans, remedy)
	case r.cause != nil:
		return &Error{Kind: Incomplete, Message: fmt.Sprintf("the listing was cut off in %d scans: %s", c.scans, remedy), Err: r.cause}
	case r.missing != "":
		return incomplete("%s: %s", r.missing, remedy)
	case r.shifted() && r.total == 0:
		return incomplete("the server repeats %d of %d rows, which may stand in place of others, and states no total: %s", r.repeated, r.repeated+r.distinct, remedy)
	default:
		return incomplete("the listing changed during %d scans: the last one returned %d images, all together %d, and the last total is %d: %s",
			c.scans, r.distinct, c.union, r.total, remedy)
	}
}
