package journal

// syncDirectory does nothing: Windows has no call that syncs a directory, and its
// file system keeps a rename in its own log.
func syncDirectory(string) error { return nil }
