package fakecloud

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// regionsAt returns the sorted regions of a provider.
func (c *catalog) regionsAt(provider string) []string {
	var names []string
	for at := range c.regions {
		if at.provider == provider && at.region != "" {
			names = append(names, at.region)
		}
	}
	slices.Sort(names)
	return names
}

// describeRegions lists the regions of ECS. A region has no other name than its ID.
func describeRegions(in *call) (listing, error) {
	regions := []record{}
	for _, name := range in.world.regionsAt(providerECS) {
		regions = append(regions, record{
			"RegionId": name, "LocalName": name, "RegionEndpoint": in.x.endpoint("ecs", name), "Status": "available",
		})
	}
	return listing{fields: map[string]any{"Regions": record{"Region": regions}}}, in.err
}

// describeZones lists two zones of a region. The world says nothing about instance
// types, so a zone has none.
func describeZones(in *call) (listing, error) {
	region := in.region(providerECS).region
	zones := []record{}
	for _, letter := range []string{"a", "b"} {
		id := region + "-" + letter
		zones = append(zones, record{
			"ZoneId": id, "LocalName": id, "ZoneType": "AvailabilityZone",
			"AvailableResourceCreation":   record{"ResourceTypes": []any{"IoOptimized", "Instance", "Disk", "VSwitch"}},
			"AvailableDiskCategories":     record{"DiskCategories": []any{"cloud_essd", "cloud_ssd", "cloud_efficiency"}},
			"AvailableVolumeCategories":   record{"VolumeCategories": []any{}},
			"AvailableInstanceTypes":      record{"InstanceTypes": []any{}},
			"AvailableResources":          record{"ResourcesInfo": []any{}},
			"AvailableDedicatedHostTypes": record{"DedicatedHostType": []any{}},
			"DedicatedHostGenerations":    record{"DedicatedHostGeneration": []any{}},
		})
	}
	return listing{fields: map[string]any{"Zones": record{"Zone": zones}}}, in.err
}

var qingZoneParams = []string{"status.N", "zones.N"}

// qingZones lists the zones of QingCloud. All of them are active.
func qingZones(in *call) (listing, error) {
	in.allow("status", "active", "faulty", "defunct")
	states, wanted := in.values("status"), in.values("zones")
	zones := []record{}
	for _, name := range in.world.regionsAt(providerQing) {
		if (len(states) == 0 || slices.Contains(states, "active")) && (len(wanted) == 0 || slices.Contains(wanted, name)) {
			zones = append(zones, record{"zone_id": name, "status": "active"})
		}
	}
	return listing{fields: map[string]any{
		"action": "DescribeZonesResponse", "ret_code": 0, "total_count": len(zones), "zone_set": zones,
	}}, in.err
}

func locationService() service {
	return service{provider: providerLocation, product: "Location", operations: map[string]operation{
		"DescribeEndpoints": {run: describeEndpoints, params: []string{"Id", "ServiceCode", "Type"}},
	}}
}

// describeEndpoints returns an endpoint for every service and region, also for those that
// the emulator does not have: a client without an endpoint would call the real cloud.
func describeEndpoints(in *call) (listing, error) {
	region, code := in.required("Id"), in.required("ServiceCode")
	kind := in.enum("Type", http.StatusBadRequest, "InvalidParameter", "openAPI", "innerAPI")
	if kind == "" {
		kind = "openAPI"
	}
	return listing{fields: map[string]any{"Success": true, "Endpoints": record{"Endpoint": []record{{
		"Endpoint": in.x.endpoint(code, region), "Id": region, "Namespace": "", "Type": kind,
		"SerivceCode": code, // misspelled so by the vendor
		"Protocols":   record{"Protocols": in.x.schemes()},
	}}}}}, in.err
}

// endpoint returns the host of a service at the emulator. It is the address that the
// request was sent to, or the vendor's name for the service if the request was sent to
// a name of the vendor.
func (x *exchange) endpoint(code, region string) string {
	host, port, err := net.SplitHostPort(x.http.Host)
	if err != nil {
		host, port = x.http.Host, ""
	}
	if !strings.HasSuffix(host, ".aliyuncs.com") {
		return x.http.Host
	}
	name := strings.ToLower(code) + "." + region + ".aliyuncs.com"
	switch strings.ToLower(code) {
	case "ens":
		name = "ens.aliyuncs.com"
	case "swas-open":
		name = "swas." + region + ".aliyuncs.com"
	}
	if port != "" {
		return net.JoinHostPort(name, port)
	}
	return name
}

// schemes are the protocols of the address that the request was sent to.
func (x *exchange) schemes() []any {
	if x.http.TLS != nil || x.http.URL.Scheme == "https" {
		return []any{"HTTPS"}
	}
	return []any{"HTTP"}
}
