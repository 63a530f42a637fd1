package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// printVersion writes the version of the module and, if the build knows it, the
// commit.
func printVersion(w io.Writer) error {
	info, _ := debug.ReadBuildInfo()
	_, err := fmt.Fprintln(w, versionText(info))
	return err
}

func versionText(info *debug.BuildInfo) string {
	if info == nil {
		return "imagesearch (unknown version)"
	}
	details := []string{}
	if commit := commitOf(info); commit != "" {
		details = append(details, "commit "+commit)
	}
	if info.GoVersion != "" {
		details = append(details, info.GoVersion)
	}
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	return fmt.Sprintf("imagesearch %s (%s)", version, strings.Join(details, ", "))
}

// commitOf returns the revision that the build recorded, or the one that a
// pseudo-version such as v0.1.1-0.20260131080000-0123456789ab ends with.
func commitOf(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if settings["vcs.modified"] == "true" {
		commit += " with local changes"
	}
	if commit != "" {
		return commit
	}
	version, _, _ := strings.Cut(info.Main.Version, "+")
	if parts := strings.Split(version, "-"); len(parts) >= 3 && len(parts[len(parts)-1]) == 12 {
		return parts[len(parts)-1]
	}
	return ""
}
