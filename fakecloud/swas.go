package fakecloud

import (
	"encoding/json"
	"net/http"
	"slices"
)

const swasPageLimit = 100

func swasService() service {
	return service{provider: providerSWAS, product: "SWAS-OPEN", operations: map[string]operation{
		"ListCustomImages": {run: listCustomImages, denied: deniedSWAS, params: []string{
			"ClientToken", "DataSnapshotId", "ImageIds", "ImageNames", "InstanceId", "PageNumber", "PageSize", "ResourceGroupId",
			"Share", "SystemSnapshotId", "Tag.N.Key", "Tag.N.Value",
		}},
	}}
}

func deniedSWAS(in *call) error {
	return in.forbidden(http.StatusForbidden, "NoPermission", "swas-open")
}

func listCustomImages(in *call) (listing, error) {
	at := in.region(providerSWAS)
	page := in.page(swasPageLimit)
	filters := slices.Concat(in.swasLists(), in.swasTags())
	for _, name := range []string{"SystemSnapshotId", "DataSnapshotId", "ResourceGroupId", "InstanceId"} {
		if text := in.text(name); text != "" {
			filters = append(filters, carries(name, text))
		}
	}
	if share, given := in.flag("Share"); given && !share {
		filters = append(filters, func(r *row) bool { return !r.wire.flag("InShareUser") })
	}
	if len(in.text("ClientToken")) > 64 {
		in.failValue("ClientToken")
	}
	return listing{
		at: at, filters: filters, page: page, fields: map[string]any{}, name: "CustomImages",
		paging: paging{total: "TotalCount", number: "PageNumber", size: "PageSize", text: true},
	}, in.err
}

// swasLists reads the parameters that are JSON arrays; an empty array asks nothing.
func (in *call) swasLists() []filter {
	var filters []filter
	if ids := in.jsonList("ImageIds"); len(ids) > 0 {
		filters = append(filters, func(r *row) bool { return slices.Contains(ids, r.ID) })
	}
	if names := in.jsonList("ImageNames"); len(names) > 0 {
		filters = append(filters, func(r *row) bool {
			return slices.ContainsFunc(names, func(name string) bool { return in.world.Fuzzy.match(name, r.Name) })
		})
	}
	return filters
}

// jsonList is a JSON array of up to 100 texts.
func (in *call) jsonList(name string) []string {
	text := in.text(name)
	if text == "" {
		return nil
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) > 100 {
		in.failValue(name)
	}
	return list
}

func (in *call) swasTags() []filter {
	tags := in.elements("Tag")
	if len(tags) > 20 {
		in.failValue("Tag")
	}
	var filters []filter
	for _, tag := range tags {
		if tag.key == "" || len(tag.key) > 64 || len(tag.value) > 64 {
			in.failValue("Tag")
		}
		filters = append(filters, tagged(tag))
	}
	return filters
}
