package adaptertest

import (
	"strings"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

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
		readings: fuzzyReadings([]string{"ImageId", "ImageName"},
			reading{name: "without totals", world: func(w *fakecloud.World) { w.OmitTotals = true }}),
		errors: append(rpcErrors(),
			refused(400, "CallInterface", provider.InvalidArgument),
		),
		dialect: rpcDialect(),
	}.harness(newClient)
}

// fitENS gives images places of their own, and derives what the record does not
// have.
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
