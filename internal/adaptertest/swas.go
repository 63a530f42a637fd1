package adaptertest

import (
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider/providertest"
)

// SWAS is the harness of an adapter of Alibaba Cloud SWAS.
func SWAS(newClient Constructor) providertest.Harness {
	return service{
		name: "aliyunswas", region: "cn-hangzhou",
		unreported: []image.Field{image.FieldFamilies, image.FieldArchs},
		words: map[image.Field][]string{
			image.FieldStatuses: wordsOf(image.StatusPending, image.StatusAvailable, image.StatusUnavailable, image.StatusFailed),
		},
		fit: fitSWAS, extra: extraSWAS,
		readings: fuzzyReadings([]string{"ImageNames"}),
		errors:   rpcErrors(),
		dialect:  rpcDialect(),
	}.harness(newClient)
}

// fitSWAS leaves what came from another account without a source, and one data
// disk at the most.
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
