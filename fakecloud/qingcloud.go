package fakecloud

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// qingWindow is how old a request may be.
const qingWindow = 60 * time.Second

// The numbers by which QingCloud refuses.
const (
	qingMalformed    = "1100"
	qingBadMethod    = "1101"
	qingAuthFailed   = "1200"
	qingExpired      = "1300"
	qingDenied       = "1400"
	qingSessionEnded = "2000"
	qingNotFound     = "2100"
	qingQuota        = "2500"
	qingInternal     = "5000"
)

// qingParams belong to every signed request, some of them by the habit of one
// client or another.
var qingParams = []string{
	"access_key_id", "action", "api_lang", "expires", "req_id", "signature", "signature_method", "signature_version",
	"time_stamp", "token", "version", "zone",
}

// qing is the family of QingCloud, on the path /iaas. Errors go out with status 200.
type qing struct{}

func (qing) parseRequest(x *exchange) error {
	x.request.Provider = providerQing
	_, err := x.decode()
	x.request.Action = x.params["action"]
	x.setClaimed(x.params["access_key_id"], x.params["zone"])
	switch {
	case err != nil:
		return qingError(qingMalformed, "the request cannot be decoded: "+err.Error())
	case x.http.Method != http.MethodGet && x.http.Method != http.MethodPost:
		return qingError(qingBadMethod, "method "+x.http.Method+" is not supported")
	case qingOperations()[x.request.Action].run == nil:
		return qingError(qingMalformed, "action ["+x.request.Action+"] is not supported")
	}
	return nil
}

// qingOperations returns the operations by their action.
func qingOperations() map[string]operation {
	return map[string]operation{
		"DescribeImages": {run: qingImages, denied: deniedQing, params: qingImageParams},
		"DescribeZones":  {run: qingZones, params: qingZoneParams},
	}
}

func deniedQing(*call) error {
	return qingError(qingDenied, "PermissionDenied, you may not list images")
}

func (qing) run(x *exchange) (listing, error) {
	op, in := qingOperations()[x.request.Action], x.call(qingMalformed)
	if x.key.Denied && op.denied != nil {
		return listing{}, op.denied(in)
	}
	if x.request.Unknown = unknownParams(x.params, qingParams, op.params); len(x.request.Unknown) > 0 && x.catalog.Strict {
		return listing{}, newAPIError(http.StatusOK, qingMalformed, "unknown parameters %q", x.request.Unknown)
	}
	return op.run(in)
}

func (qing) writeReply(x *exchange, body reply) response {
	return x.newJSONResponse(http.StatusOK, "", body)
}

func (qing) writeError(x *exchange, err error) response {
	e := asAPIError(err, qingInternal)
	code, _ := strconv.Atoi(e.code)
	status := http.StatusOK
	if e.forced {
		status = e.status
	}
	a := x.newJSONResponse(status, e.code, reply{fields: map[string]any{"ret_code": code, "message": e.message}})
	maps.Copy(a.header, e.header)
	return a
}

func qingError(code, message string) error { return newAPIError(http.StatusOK, code, "%s", message) }

// authenticate returns the account and the time of a request. The path is signed as it
// was sent. A time stamp may be ahead of the clock, since one client sends local time.
func (qing) authenticate(x *exchange) error {
	p := x.params
	for _, name := range []string{"access_key_id", "signature", "signature_method", "signature_version", "time_stamp"} {
		if p[name] == "" {
			return qingError(qingMalformed, "parameter ["+name+"] is missing")
		}
	}
	sent, err := time.Parse(timeLayout, p["time_stamp"])
	if err != nil {
		return qingError(qingMalformed, "parameter [time_stamp] is malformed")
	}
	if x.now.Sub(sent) > qingWindow {
		return qingError(qingExpired, "the request has expired")
	}
	if method := p["signature_method"]; method != "HmacSHA256" && method != "HmacSHA1" {
		return qingError(qingMalformed, "parameter [signature_method] is malformed")
	}
	owner, ok := x.catalog.keys[x.keyID]
	toSign := qingStringToSign(x.http.Method, x.http.URL.EscapedPath(), p)
	if !ok || owner.key.Disabled || !sameSignature(p["signature"], qingSignature(p["signature_method"], owner.key.Secret, toSign)) {
		return qingUnknownKeyError()
	}
	if p["token"] != owner.key.Token {
		return qingError(qingAuthFailed, "the token is not the one of the access key")
	}
	if owner.key.Expired {
		return qingExpiredTokenError()
	}
	x.setIdentity(owner)
	return nil
}

func qingUnknownKeyError() error {
	return qingError(qingAuthFailed, "the access key or the signature is wrong")
}

func qingExpiredTokenError() error { return qingError(qingSessionEnded, "the session has expired") }

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
	if !in.world.regions[location{providerQing, zone}] {
		in.failInvalid("zone")
	}
	offset := in.number("offset", 0, 0, 0)
	limit := min(in.number("limit", qingPageDefault, 1, 0), qingPageLimit)
	in.number("verbose", 0, 0, 0)
	at, provider := scope{in.account.Name, location{providerQing, zone}}, in.qingProvider()
	ids := in.qingIDs(filterRows(in.world.rows[at], provider))
	return listing{
		at: at, filters: slices.Concat(provider, ids, in.qingFieldFilters(), in.qingStatus()),
		page:   page{offset: offset, size: limit},
		fields: map[string]any{"action": "DescribeImagesResponse", "ret_code": 0}, name: "image_set",
		paging: paging{total: "total_count"},
	}, in.err
}

// qingProvider parses the provider parameter. Without it, the images of the account are
// selected.
func (in *call) qingProvider() []filter {
	provider := in.enum("provider", http.StatusOK, qingMalformed, "system", "self", "shared")
	switch {
	case provider != "":
		return []filter{fieldEquals("provider", provider)}
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

// qingFieldFilters reads the filters that compare words of the record.
func (in *call) qingFieldFilters() []filter {
	var filters []filter
	in.allow("processor_type", "64bit", "32bit")
	in.allow("visibility", "public", "private")
	for _, name := range []string{"processor_type", "visibility", "os_family", "owner"} {
		if values := in.values(name); len(values) > 0 {
			filters = append(filters, func(r *row) bool { return slices.Contains(values, r.record.text(name)) })
		}
	}
	if word := in.text("search_word"); word != "" {
		filters = append(filters, func(r *row) bool {
			return in.world.Fuzzy.match(word, r.ID) || in.world.Fuzzy.match(word, r.Name)
		})
	}
	if tags := in.values("tags"); len(tags) > 0 {
		filters = append(filters, func(r *row) bool {
			return slices.ContainsFunc(r.record.list("tags"), func(tag record) bool { return slices.Contains(tags, tag.text("tag_id")) })
		})
	}
	return filters
}

// qingStatus parses the states. All six of them select images in any other state, too.
func (in *call) qingStatus() []filter {
	known := qingStatuses()
	in.allow("status", known...)
	statuses := in.values("status")
	slices.Sort(statuses)
	if n := len(slices.Compact(slices.Clone(statuses))); n == 0 || n == len(known) {
		return nil
	}
	return []filter{func(r *row) bool { return slices.Contains(statuses, r.record.text("status")) }}
}

// allow refuses any other value of a list.
func (in *call) allow(name string, allowed ...string) {
	for _, value := range in.values(name) {
		if !slices.Contains(allowed, value) {
			in.failInvalid(name)
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
	return sortedByIndex(at)
}

// qingStatuses are the words of the vendor, which are the neutral ones.
func qingStatuses() []string {
	return []string{"pending", "available", "deprecated", "suspended", "deleted", "ceased"}
}

// renderQing writes an image as DescribeImages shows it. Only ARM has an
// architecture; the others have a processor_type to go by.
func renderQing(m image.Image) record {
	r := record{
		"image_id": m.ID, "image_name": m.Name, "description": nil, "size": m.SizeGiB,
		"processor_type": qingProcessor(m.Arch), "platform": string(m.OS), "os_family": m.Platform,
		"visibility": string(m.Visibility), "provider": string(m.Source), "owner": m.Owner, "status": string(m.Status),
		"transition_status": "", "recommended_type": "small_b", "sub_code": 0,
		"tags": qingTags(m),
	}
	for name, at := range map[string]time.Time{"create_time": m.Created, "status_time": m.StatusChanged} {
		if !at.IsZero() { // the vendor's client refuses a time that is ""
			r[name] = formatTime(at)
		}
	}
	if m.Description != "" {
		r["description"] = m.Description
	}
	if m.Arch == image.ArchARM64 {
		r["architecture"] = "aarch64"
	}
	return r
}

func qingProcessor(arch image.Arch) string {
	switch arch {
	case image.ArchI386:
		return "32bit"
	case "":
		return ""
	}
	return "64bit"
}

// qingTags gives the same tag the same id everywhere.
func qingTags(m image.Image) []record {
	tags := formatTags(m.Tags, "tag_key", "tag_value")
	for _, tag := range tags {
		key, value := tag["tag_key"].(string), tag["tag_value"].(string)
		sum := sha256.Sum256([]byte(key + "=" + value))
		tag["tag_id"] = "tag-" + hex.EncodeToString(sum[:4])
		tag["tag_name"], tag["owner"], tag["color"] = key, m.Owner, "#c096e0"
	}
	return tags
}

// readQing reads a record of DescribeImages in neutral words.
func readQing(zone string, r record) image.Image {
	return image.Image{
		Ref:  image.Ref{Provider: providerQing, Region: zone, ID: r.text("image_id")},
		Name: r.text("image_name"), Description: r.text("description"), Owner: r.text("owner"),
		Source:     enumOrZero(r.text("provider"), image.SourceSystem, image.SourceSelf, image.SourceShared),
		Visibility: enumOrZero(r.text("visibility"), image.VisibilityPublic, image.VisibilityPrivate),
		Status: enumOrZero(r.text("status"), image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
			image.StatusSuspended, image.StatusDeleted, image.StatusCeased),
		OS: readOS(r.text("platform")), Platform: image.ParsePlatform(r.text("os_family")), Arch: readQingArch(r),
		OSVersion: image.ParseOSVersionAfter(r.text("os_family"), r.text("image_name")),
		SizeGiB:   r.number("size"), Created: r.timestamp("create_time"), StatusChanged: r.timestamp("status_time"),
		Tags: readQingTags(r),
	}
}

// readQingTags goes by the name of a tag that has no key.
func readQingTags(r record) map[string]string {
	var list []record
	for _, tag := range r.list("tags") {
		key := tag.text("tag_key")
		if key == "" {
			key = tag.text("tag_name")
		}
		list = append(list, record{"key": key, "value": tag.text("tag_value")})
	}
	return readTags(list, "key", "value")
}

func readQingArch(r record) image.Arch {
	switch r.text("architecture") {
	case "x86_64":
		return image.ArchX86_64
	case "aarch64", "arm64":
		return image.ArchARM64
	}
	switch r.text("processor_type") {
	case "64bit":
		return image.ArchX86_64
	case "32bit":
		return image.ArchI386
	}
	return ""
}

// enumOrZero is the word as a neutral one if it is in the list, else the zero value.
func enumOrZero[E ~string](word string, known ...E) E {
	if slices.Contains(known, E(word)) {
		return E(word)
	}
	return ""
}
