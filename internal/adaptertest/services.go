package adaptertest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// ECS is the harness of an adapter of Alibaba Cloud ECS.
func ECS(newClient Constructor) providertest.Harness {
	return service{
		name: "aliyunecs", region: "cn-hangzhou",
		unreported: []image.Field{image.FieldSourceInstances},
		words: map[image.Field][]string{
			image.FieldStatuses: {"pending", "available", "deprecated", "unavailable", "failed"},
		},
		fit: fitECS, scope: scopeECS,
		extra: statusWords{"Status", "Frozen", map[image.Status]string{image.StatusPending: "Waiting"}}.extra,
		readings: fuzzyReadings(
			reading{"one id only", func(w *fakecloud.World) { w.SingleImageID = true }}),
		errors: rpcErrors(
			codes{"400 InvalidImageOwnerAlias.ValueNotSupported, 400 InvalidParamter", provider.InvalidArgument, 0},
			codes{"404 InvalidFilterValue, 404 InvalidOSType", provider.InvalidArgument, 0},
			codes{"403 CurrentAccount.NotSupportPublicImage, 403 InvalidUser.Unauthorized", provider.PermissionDenied, 0},
		),
		dialect: rpcDialect,
	}.harness(newClient)
}

// codes are documented errors of one Kind: the status and the code of each, separated by
// commas. Requests is [providertest.ErrorCase.Requests].
type codes struct {
	list     string
	kind     provider.Kind
	requests int
}

func documentedErrors(groups ...codes) (all []errorCase) {
	for _, g := range groups {
		for text := range strings.SplitSeq(g.list, ", ") {
			e := errorCase{ErrorCase: providertest.ErrorCase{Kind: g.kind, Requests: g.requests}}
			if _, err := fmt.Sscan(text, &e.status, &e.Code); err != nil {
				panic(err)
			}
			all = append(all, e)
		}
	}
	return all
}

// rpcErrors are those of every Alibaba Cloud service, and more.
func rpcErrors(more ...codes) []errorCase {
	return documentedErrors(append(more,
		codes{"400 Throttling.User, 400 Throttling, 429 Throttling.Api, 400 Rejected.Throttling", provider.Throttled, 0},
		codes{"503 ServiceUnavailable, 500 InternalError, 500 UnknownError, 400 SignatureNonceUsed", provider.Unavailable, 0},
		codes{"400 InvalidTimeStamp.Expired, 400 SignatureDoesNotMatch, 400 IncompleteSignature", provider.Unauthenticated, 0},
		codes{"404 InvalidAccessKeyId.NotFound, 400 InvalidAccessKeyId.Inactive, 403 Forbidden.AccessKeyDisabled", provider.Unauthenticated, 0},
		codes{"400 InvalidSecurityToken.Malformed, 400 InvalidSecurityToken.Expired, 400 MissingSecurityToken", provider.Unauthenticated, 0},
		codes{"403 Forbidden.RAM, 400 NoPermission", provider.PermissionDenied, 0},
		codes{"404 InvalidRegionId.NotFound, 400 MissingParameter", provider.InvalidArgument, 0},
		codes{"400 InvalidParameter.PageSize, 404 InvalidAction.NotFound", provider.InvalidArgument, 0},
	)...)
}

// scopeECS excludes marketplace and community images unless the query names them.
func scopeECS(q image.Query, m image.Image) bool {
	usual := []image.Source{image.SourceSystem, image.SourceSelf, image.SourceShared}
	return len(q.Sources) > 0 || len(q.IDs) > 0 || slices.Contains(usual, m.Source)
}

// fitECS keeps the sources apart by their visibility.
func fitECS(m *image.Image) {
	if m.Source == "" {
		m.Source = image.SourceSelf
	}
	switch {
	case m.Source != image.SourceSelf && m.Source != image.SourceShared:
		m.Visibility = image.VisibilityPublic
	case m.Visibility == image.VisibilityPublic:
		m.Visibility = image.VisibilityPrivate
	}
}

// ENS is the harness of an adapter of Alibaba Cloud ENS.
func ENS(newClient Constructor) providertest.Harness {
	return service{
		name:       "aliyunens",
		unreported: []image.Field{image.FieldFamilies, image.FieldOwners, image.FieldTags, image.FieldResourceGroups},
		words: map[image.Field][]string{
			image.FieldSources:  {"system", "self", "shared"},
			image.FieldStatuses: {"pending", "available", "unavailable", "failed"},
		},
		fit:   fitENS,
		extra: statusWords{"Status", "Frozen", map[image.Status]string{image.StatusPending: "Packing", image.StatusFailed: "Upload_failed"}}.extra,
		readings: fuzzyReadings(
			reading{"without totals", func(w *fakecloud.World) { w.OmitTotals = true }}),
		errors:  rpcErrors(codes{"400 CallInterface", provider.InvalidArgument, 0}),
		dialect: rpcDialect,
	}.harness(newClient)
}

// fitENS sets a region for each image.
func fitENS(m *image.Image) { m.Region = []string{"", "cn-beijing-11", "cn-wulanchabu"}[len(m.ID)%3] }

// SWAS is the harness of an adapter of Alibaba Cloud SWAS.
func SWAS(newClient Constructor) providertest.Harness {
	return service{
		name: "aliyunswas", region: "cn-hangzhou",
		unreported: []image.Field{image.FieldFamilies, image.FieldArchs},
		words: map[image.Field][]string{
			image.FieldStatuses: {"pending", "available", "unavailable", "failed"},
		},
		fit:      fitSWAS,
		extra:    statusWords{"Status", "9", map[image.Status]string{image.StatusPending: "4"}}.extra,
		readings: fuzzyReadings(),
		errors:   rpcErrors(),
		dialect:  rpcDialect,
	}.harness(newClient)
}

// fitSWAS leaves no version without a platform.
func fitSWAS(m *image.Image) {
	if m.Platform == "" {
		m.OSVersion, m.OSName = "", ""
	}
}

// QingCloud is the harness of an adapter of QingCloud.
func QingCloud(newClient Constructor) providertest.Harness {
	return service{
		name: "qingcloud", region: "pek3a",
		unreported: []image.Field{
			image.FieldFamilies, image.FieldSourceInstances, image.FieldSourceSnapshots, image.FieldResourceGroups,
		},
		words: map[image.Field][]string{
			image.FieldSources:      {"system", "self", "shared"},
			image.FieldVisibilities: {"public", "private"},
			image.FieldStatuses:     {"pending", "available", "deprecated", "suspended", "deleted", "ceased"},
		},
		fit: fitQing, extra: extraQing, scope: scopeQing,
		readings: fuzzyReadings(
			reading{"ids of every provider", func(w *fakecloud.World) { w.ImageIDsAnywhere = true }}),
		errors: documentedErrors(
			codes{"200 5100, 200 5000, 200 5300", provider.Unavailable, 0},
			codes{"200 5200, 200 5500", provider.Unavailable, 1},
			codes{"200 2500", provider.Throttled, 0},
			codes{"200 1100, 200 1101, 200 2110, 200 3300, 200 8000", provider.InvalidArgument, 0},
			codes{"200 1200, 200 2000", provider.Unauthenticated, 0},
			codes{"200 1300", provider.Unauthenticated, 2}, // once more by the server's clock
			codes{"200 1400, 200 1500, 200 2400, 200 4001", provider.PermissionDenied, 0},
			codes{"200 2100", provider.NotFound, 0},
		),
		dialect: qingDialect,
		hidden:  []string{imagePassword},
	}.harness(newClient)
}

// imagePassword is in records, and must not be in images.
const imagePassword = "canary password of an image"

// scopeQing excludes shared images unless the query names them.
func scopeQing(q image.Query, m image.Image) bool {
	return len(q.Sources) > 0 || len(q.IDs) > 0 || m.Source != image.SourceShared
}

// fitQing puts the version into some names, which are the only place for it.
func fitQing(m *image.Image) {
	if m.Platform != "" && len(m.ID)%3 == 0 {
		m.Name = m.Platform + " " + m.OSVersion + " " + m.Name
	}
}

// extraQing gives some images an unknown status, or the architecture in another member
// and a password.
func extraQing(m image.Image) map[string]any {
	switch {
	case m.Status == "":
		return map[string]any{"status": "frozen"}
	case m.Arch == image.ArchX86_64 && len(m.ID)%2 == 0:
		return map[string]any{"architecture": "x86_64", "processor_type": "", "default_passwd": imagePassword}
	default:
		return nil
	}
}
