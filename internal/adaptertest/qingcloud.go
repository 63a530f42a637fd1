package adaptertest

import (
	"net/http"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

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
		readings: fuzzyReadings([]string{"search_word"},
			reading{name: "ids of every provider", world: func(w *fakecloud.World) { w.ImageIDsAnywhere = true }}),
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

// imagePassword stands in records, and must not be handed on.
const imagePassword = "canary password of an image"

func qingCode(code string, kind provider.Kind, requests int) errorCase {
	return errorCase{http.StatusOK, providertest.ErrorCase{Code: code, Kind: kind, Requests: requests}}
}

// scopeQing leaves shared images to those who ask for them.
func scopeQing(q image.Query, m image.Image) bool {
	return len(q.Sources) > 0 || len(q.IDs) > 0 || m.Source != image.SourceShared
}

func fitQing(m image.Image) image.Image {
	m.Version, m.Progress, m.OSVersion, m.OSName, m.BootMode, m.Disks = "", 0, "", "", "", nil
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
