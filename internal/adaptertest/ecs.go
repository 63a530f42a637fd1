package adaptertest

import (
	"slices"
	"time"

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
			image.FieldStatuses: wordsOf(image.StatusPending, image.StatusAvailable, image.StatusDeprecated, image.StatusUnavailable, image.StatusFailed),
		},
		fit: fitECS, extra: extraECS, scope: scopeECS,
		readings: fuzzyReadings([]string{"ImageName"},
			reading{name: "comma lists of ids", world: func(w *fakecloud.World) { w.ImageIDList = true }}),
		errors: append(rpcErrors(),
			refused(400, "InvalidImageOwnerAlias.ValueNotSupported", provider.InvalidArgument),
			refused(400, "InvalidParamter", provider.InvalidArgument),
			refused(404, "InvalidFilterValue", provider.InvalidArgument),
			refused(404, "InvalidOSType", provider.InvalidArgument),
			refused(403, "CurrentAccount.NotSupportPublicImage", provider.PermissionDenied),
			refused(403, "InvalidUser.Unauthorized", provider.PermissionDenied),
		),
		dialect: rpcDialect(),
	}.harness(newClient)
}

func refused(status int, code string, kind provider.Kind) errorCase {
	return errorCase{status, providertest.ErrorCase{Code: code, Kind: kind}}
}

// rpcErrors are those of every Alibaba Cloud service.
func rpcErrors() []errorCase {
	return []errorCase{
		refused(400, "Throttling.User", provider.Throttled),
		refused(400, "Throttling", provider.Throttled),
		refused(429, "Throttling.Api", provider.Throttled),
		refused(400, "Rejected.Throttling", provider.Throttled),
		refused(503, "ServiceUnavailable", provider.Unavailable),
		refused(500, "InternalError", provider.Unavailable),
		refused(500, "UnknownError", provider.Unavailable),
		refused(400, "SignatureNonceUsed", provider.Unavailable),
		refused(400, "InvalidTimeStamp.Expired", provider.Unauthenticated),
		refused(404, "InvalidAccessKeyId.NotFound", provider.Unauthenticated),
		refused(400, "InvalidAccessKeyId.Inactive", provider.Unauthenticated),
		refused(403, "Forbidden.AccessKeyDisabled", provider.Unauthenticated),
		refused(400, "SignatureDoesNotMatch", provider.Unauthenticated),
		refused(400, "IncompleteSignature", provider.Unauthenticated),
		refused(400, "InvalidSecurityToken.Malformed", provider.Unauthenticated),
		refused(400, "InvalidSecurityToken.Expired", provider.Unauthenticated),
		refused(400, "MissingSecurityToken", provider.Unauthenticated),
		refused(403, "Forbidden.RAM", provider.PermissionDenied),
		refused(400, "NoPermission", provider.PermissionDenied),
		refused(404, "InvalidRegionId.NotFound", provider.InvalidArgument),
		refused(400, "MissingParameter", provider.InvalidArgument),
		refused(400, "InvalidParameter.PageSize", provider.InvalidArgument),
		refused(404, "InvalidAction.NotFound", provider.InvalidArgument),
	}
}

// scopeECS leaves marketplace and community images to those who ask for them.
func scopeECS(q image.Query, m image.Image) bool {
	usual := []image.Source{image.SourceSystem, image.SourceSelf, image.SourceShared}
	return len(q.Sources) > 0 || len(q.IDs) > 0 || slices.Contains(usual, m.Source)
}

func fitECS(m image.Image) image.Image {
	if m.Source == "" {
		m.Source = image.SourceSelf
	}
	switch m.Source {
	case image.SourceShared:
		m.Visibility = image.VisibilityShared
	case image.SourceSelf:
		if m.Visibility != image.VisibilityShared {
			m.Visibility = image.VisibilityPrivate
		}
	default:
		m.Visibility = image.VisibilityPublic
	}
	m.OSVersion, m.StatusChanged = "", time.Time{}
	return m
}

// extraECS writes some words that stand for the same, and one that is unknown.
func extraECS(m image.Image) map[string]any {
	switch {
	case m.Status == "":
		return map[string]any{"Status": "Frozen"}
	case m.Status == image.StatusPending && len(m.ID)%2 == 0:
		return map[string]any{"Status": "Waiting"}
	}
	return nil
}
