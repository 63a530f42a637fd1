package fakecloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/image"
)

const (
	qingPageDefault = 20
	qingPageLimit   = 100
)

var qingImageParams = []string{
	"images.N", "limit", "offset", "os_family", "os_family.N", "owner", "processor_type", "processor_type.N", "project_id",
	"provider", "search_word", "status.N", "tags.N", "verbose", "visibility", "visibility.N",
}

// qingImages is DescribeImages. A limit beyond 100 silently becomes 100.
func qingImages(in *call) (listing, error) {
	zone := in.text("zone")
	if !in.world.regions[place{providerQing, zone}] {
		in.failValue("zone")
	}
	offset := in.number("offset", 0, 0, 0)
	limit := min(in.number("limit", qingPageDefault, 1, 0), qingPageLimit)
	in.number("verbose", 0, 0, 0)
	at, provider := view{in.account.Name, place{providerQing, zone}}, in.qingProvider()
	ids := in.qingIDs(keep(in.world.rows[at], provider))
	return listing{
		at: at, filters: slices.Concat(provider, ids, in.qingWords(), in.qingStatus()),
		page:   page{offset: offset, size: limit},
		fields: map[string]any{"action": "DescribeImagesResponse", "ret_code": 0}, name: "image_set",
		paging: paging{total: "total_count"},
	}, in.err
}

// qingProvider reads whose images are asked for: without a provider, the account's
// own.
func (in *call) qingProvider() []filter {
	provider := in.word("provider", http.StatusOK, qingMalformed, "system", "self", "shared")
	switch {
	case provider != "":
		return []filter{carries("provider", provider)}
	case in.world.ImageIDsAnywhere && len(in.values("images")) > 0:
		return nil
	}
	return []filter{sourceIn(image.SourceSelf, "")}
}

// qingIDs refuses a request that names an image which is not among the rows.
func (in *call) qingIDs(rows []*row) []filter {
	ids := in.values("images")
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(rows, func(r *row) bool { return r.ID == id }) {
			in.fail(http.StatusOK, qingNotFound, "ResourceNotFound, image [%s] does not exist", id)
		}
	}
	return []filter{func(r *row) bool { return slices.Contains(ids, r.ID) }}
}

// qingWords reads the filters that compare words of the record.
func (in *call) qingWords() []filter {
	var filters []filter
	in.allow("processor_type", "64bit", "32bit")
	in.allow("visibility", "public", "private")
	for _, name := range []string{"processor_type", "visibility", "os_family", "owner"} {
		if values := in.values(name); len(values) > 0 {
			filters = append(filters, func(r *row) bool { return slices.Contains(values, r.wire.text(name)) })
		}
	}
	if word := in.text("search_word"); word != "" {
		filters = append(filters, func(r *row) bool {
			return in.world.Fuzzy.match(word, r.ID) || in.world.Fuzzy.match(word, r.Name)
		})
	}
	if tags := in.values("tags"); len(tags) > 0 {
		filters = append(filters, func(r *row) bool {
			return slices.ContainsFunc(r.wire.list("tags"), func(tag record) bool { return slices.Contains(tags, tag.text("tag_id")) })
		})
	}
	return filters
}

// qingStatus reads the states that are asked for. All six of them are no
// restriction, so that they find images in other states too.
func (in *call) qingStatus() []filter {
	known := qingStatuses()
	in.allow("status", known...)
	statuses := in.values("status")
	slices.Sort(statuses)
	if n := len(slices.Compact(slices.Clone(statuses))); n == 0 || n == len(known) {
		return nil
	}
	return []filter{func(r *row) bool { return slices.Contains(statuses, r.wire.text("status")) }}
}

// allow refuses any other value of a list.
func (in *call) allow(name string, allowed ...string) {
	for _, value := range in.values(name) {
		if !slices.Contains(allowed, value) {
			in.failValue(name)
		}
	}
}

// values collects a list in its order: name itself, and name.0, name.1 and so on.
func (in *call) values(name string) []string {
	at := map[int]string{}
	for param, value := range in.params {
		index, listed := strings.CutPrefix(param, name+".")
		switch {
		case value == "":
		case param == name:
			at[-1] = value
		case listed:
			if n, err := strconv.Atoi(index); err == nil && n >= 0 {
				at[n] = value
			}
		}
	}
	return inOrder(at)
}
