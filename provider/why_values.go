package provider

import (
	"time"

	"github.com/imagequery/imagequery/image"
)

// appendValues appends the texts of an image that the predicate on a field is about.
// Unreported ones are left out.
func appendValues(out []string, f image.Field, m *image.Image) []string {
	switch f {
	case image.FieldTags:
		for key, value := range m.Tags {
			out = append(out, key+"="+value)
		}
		return out
	case image.FieldSourceSnapshots:
		return append(out, m.SourceSnapshots...)
	}
	if value := valueOf(f, m); value != "" {
		out = append(out, value)
	}
	return out
}

func valueOf(f image.Field, m *image.Image) string {
	switch f {
	case image.FieldIDs:
		return m.ID
	case image.FieldNames, image.FieldNameGlobs, image.FieldNameContains:
		return m.Name
	case image.FieldFamilies:
		return m.Family
	case image.FieldRegions:
		return m.Region
	case image.FieldSources:
		return string(m.Source)
	case image.FieldOwners:
		return m.Owner
	case image.FieldVisibilities:
		return string(m.Visibility)
	case image.FieldStatuses:
		return string(m.Status)
	case image.FieldOSes:
		return string(m.OS)
	case image.FieldPlatforms:
		return m.Platform
	case image.FieldOSVersions:
		return m.OSVersion
	case image.FieldArchs:
		return string(m.Arch)
	case image.FieldSourceInstances:
		return m.SourceInstance
	case image.FieldResourceGroups:
		return m.ResourceGroup
	case image.FieldCreatedAfter, image.FieldCreatedBefore:
		return timeText(m.Created)
	default:
		return ""
	}
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
