package fakecloud

import "net/http"

const ensPageLimit = 50

func ensService() service {
	return service{provider: providerENS, product: "Ens", operations: map[string]operation{
		"DescribeSelfImages": {run: describeSelfImages, denied: deniedENS, params: []string{
			"ImageId", "ImageName", "PageNumber", "PageSize", "SnapshotId",
		}},
	}}
}

func deniedENS(in *call) error { return in.forbidden(http.StatusBadRequest, "NoPermission", "ens") }

// describeSelfImages lists all regions at once. A page that is too large is cut to
// 50 rows, and the answer says so.
func describeSelfImages(in *call) (listing, error) {
	in.code = "InvalidParameter.{name}"
	page := in.page(0).shrink(ensPageLimit)
	var filters []filter
	for _, name := range []string{"ImageId", "ImageName"} {
		if text := in.text(name); text != "" {
			filters = append(filters, func(r *row) bool { return in.world.Fuzzy.match(text, r.wire.text(name)) })
		}
	}
	if snapshot := in.text("SnapshotId"); snapshot != "" {
		filters = append(filters, carries("SnapshotId", snapshot))
	}
	l := listing{
		at: view{in.account.Name, place{provider: providerENS}}, filters: filters, page: page,
		fields: map[string]any{"Code": 0}, wrapper: "Images", name: "Image",
	}
	if !in.world.OmitTotals {
		l.paging = paging{total: "TotalCount", number: "PageNumber", size: "PageSize", text: true}
	}
	return l, in.err
}
