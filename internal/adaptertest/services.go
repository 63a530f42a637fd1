package adaptertest

import (
	"net/http"
	"slices"
	"strings"
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
		readings: fuzzyReadings(
			reading{"one id only", func(w *fakecloud.World) { w.SingleImageID = true }}),
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

// scopeECS excludes marketplace and community images unless the query names them.
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
	m.OSVersion, m.StatusChanged = image.ParseOSVersion(m.OSName), time.Time{}
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

// ENS is the harness of an adapter of Alibaba Cloud ENS.
func ENS(newClient Constructor) providertest.Harness {
	return service{
		name:       "aliyunens",
		unreported: []image.Field{image.FieldFamilies, image.FieldOwners, image.FieldTags, image.FieldResourceGroups},
		words: map[image.Field][]string{
			image.FieldSources:  wordsOf(image.SourceSystem, image.SourceSelf, image.SourceShared),
			image.FieldStatuses: wordsOf(image.StatusPending, image.StatusAvailable, image.StatusUnavailable, image.StatusFailed),
		},
		fit: fitENS, extra: extraENS,
		readings: fuzzyReadings(
			reading{"without totals", func(w *fakecloud.World) { w.OmitTotals = true }}),
		errors: append(rpcErrors(),
			refused(400, "CallInterface", provider.InvalidArgument),
		),
		dialect: rpcDialect(),
	}.harness(newClient)
}

// fitENS sets a region for each image, and derives the fields that the record lacks.
func fitENS(m image.Image) image.Image {
	m.Region = []string{"", "cn-beijing-11", "cn-wulanchabu"}[len(m.ID)%3]
	m.Visibility = map[image.Source]image.Visibility{
		image.SourceSystem: image.VisibilityPublic, image.SourceShared: image.VisibilityShared, image.SourceSelf: image.VisibilityPrivate,
	}[m.Source]
	wire := m.Platform
	m.OS = image.OSLinux
	switch m.Platform {
	case "":
		m.OS = ""
	case "windows":
		m.OS = image.OSWindows
	case "aliyun":
		wire = "alios"
	case "redhat":
		wire = "rhel"
	}
	m.OSName = strings.TrimSpace(wire + " " + m.OSVersion)
	m.Description, m.Version, m.Progress, m.BootMode, m.StatusChanged = "", "", 0, "", time.Time{}
	m.SourceSnapshots = m.SourceSnapshots[:min(1, len(m.SourceSnapshots))]
	for i, d := range m.Disks {
		m.Disks[i] = image.Disk{Type: d.Type, SizeGiB: d.SizeGiB, Format: d.Format}
	}
	return m
}

func extraENS(m image.Image) map[string]any {
	switch {
	case m.Status == "":
		return map[string]any{"Status": "Frozen"}
	case m.Status == image.StatusPending && len(m.ID)%2 == 0:
		return map[string]any{"Status": "Packing"}
	case m.Status == image.StatusFailed && len(m.ID)%2 == 0:
		return map[string]any{"Status": "Upload_failed"}
	}
	return nil
}

// SWAS is the harness of an adapter of Alibaba Cloud SWAS.
func SWAS(newClient Constructor) providertest.Harness {
	return service{
		name: "aliyunswas", region: "cn-hangzhou",
		unreported: []image.Field{image.FieldFamilies, image.FieldArchs},
		words: map[image.Field][]string{
			image.FieldStatuses: wordsOf(image.StatusPending, image.StatusAvailable, image.StatusUnavailable, image.StatusFailed),
		},
		fit: fitSWAS, extra: extraSWAS,
		readings: fuzzyReadings(),
		errors:   rpcErrors(),
		dialect:  rpcDialect(),
	}.harness(newClient)
}

// fitSWAS removes the source of images of other accounts, and all data disks but one.
func fitSWAS(m image.Image) image.Image {
	m.Source = image.SourceSelf
	if m.Visibility == image.VisibilityShared {
		m.Source = ""
	} else {
		m.Visibility = image.VisibilityPrivate
	}
	if m.Platform == "" {
		m.OSVersion, m.OSName = "", ""
	}
	m.Version, m.Progress, m.BootMode, m.StatusChanged = "", 0, "", time.Time{}
	snapshots := m.SourceSnapshots
	m.SourceSnapshots = snapshots[:min(2, len(snapshots))]
	m.Disks = []image.Disk{{Type: "system", SizeGiB: m.SizeGiB}}
	for i, snapshot := range m.SourceSnapshots {
		if i > 0 {
			m.Disks = append(m.Disks, image.Disk{Type: "data", SizeGiB: 100})
		}
		m.Disks[i].SnapshotID = snapshot
	}
	return m
}

func extraSWAS(m image.Image) map[string]any {
	switch {
	case m.Status == "":
		return map[string]any{"Status": "9"}
	case m.Status == image.StatusPending && len(m.ID)%2 == 0:
		return map[string]any{"Status": "4"}
	}
	return nil
}

// QingCloud is the harness of an adapter of QingCloud.
func QingCloud(newClient Constructor) providertest.Harness {
	return service{
		name: "qingcloud", region: "pek3a",
		unreported: []image.Field{
			image.FieldFamilies, image.FieldSourceInstances, image.FieldSourceSnapshots, image.FieldResourceGroups,
		},
		words: map[image.Field][]string{
			image.FieldSources:      wordsOf(image.SourceSystem, image.SourceSelf, image.SourceShared),
			image.FieldVisibilities: wordsOf(image.VisibilityPublic, image.VisibilityPrivate),
			image.FieldStatuses: wordsOf(image.StatusPending, image.StatusAvailable, image.StatusDeprecated,
				image.StatusSuspended, image.StatusDeleted, image.StatusCeased),
		},
		fit: fitQing, extra: extraQing, scope: scopeQing,
		readings: fuzzyReadings(
			reading{"ids of every provider", func(w *fakecloud.World) { w.ImageIDsAnywhere = true }}),
		errors: []errorCase{
			qingCode("5100", provider.Unavailable, 0),
			qingCode("5000", provider.Unavailable, 0),
			qingCode("5300", provider.Unavailable, 0),
			qingCode("2500", provider.Throttled, 0),
			qingCode("5200", provider.Unavailable, 1),
			qingCode("5500", provider.Unavailable, 1),
			qingCode("1100", provider.InvalidArgument, 0),
			qingCode("1101", provider.InvalidArgument, 0),
			qingCode("1200", provider.Unauthenticated, 0),
			qingCode("1300", provider.Unauthenticated, 2), // once more by the server's clock
			qingCode("1400", provider.PermissionDenied, 0),
			qingCode("1500", provider.PermissionDenied, 0),
			qingCode("2000", provider.Unauthenticated, 0),
			qingCode("2100", provider.NotFound, 0),
			qingCode("2110", provider.InvalidArgument, 0),
			qingCode("2400", provider.PermissionDenied, 0),
			qingCode("3300", provider.InvalidArgument, 0),
			qingCode("4001", provider.PermissionDenied, 0),
			qingCode("8000", provider.InvalidArgument, 0),
		},
		dialect: qingDialect(),
		hidden:  []string{imagePassword},
	}.harness(newClient)
}

// imagePassword is in records, and must not be in images.
const imagePassword = "canary password of an image"

func qingCode(code string, kind provider.Kind, requests int) errorCase {
	return errorCase{http.StatusOK, providertest.ErrorCase{Code: code, Kind: kind, Requests: requests}}
}

// scopeQing excludes shared images unless the query names them.
func scopeQing(q image.Query, m image.Image) bool {
	return len(q.Sources) > 0 || len(q.IDs) > 0 || m.Source != image.SourceShared
}

func fitQing(m image.Image) image.Image {
	if m.Platform != "" && len(m.ID)%3 == 0 {
		m.Name = m.Platform + " " + m.OSVersion + " " + m.Name // the only place for the version
	}
	m.OSVersion = image.ParseOSVersionAfter(m.Platform, m.Name)
	m.Version, m.Progress, m.OSName, m.BootMode, m.Disks = "", 0, "", "", nil
	return m
}

func extraQing(m image.Image) map[string]any {
	switch {
	case m.Status == "":
		return map[string]any{"status": "frozen"}
	case m.Arch == image.ArchX86_64 && len(m.ID)%2 == 0:
		return map[string]any{"architecture": "x86_64", "processor_type": "", "default_passwd": imagePassword}
	}
	return nil
}
