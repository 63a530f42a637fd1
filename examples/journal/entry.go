package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const format = 1

// entry is the report file of one target. The rename of this file is what makes the
// entry valid: its hits are on the disk by then.
type entry struct {
	Format     int             `json:"format"`
	Target     string          `json:"target"`
	Digest     string          `json:"digest"` // of query and target, see digestOf
	Query      json.RawMessage `json:"query"`
	KeepNative bool            `json:"keep_native"` // whether the images have their native records
	Hits       hitsFile        `json:"hits"`
	Report     provider.Report `json:"report"`
}

// hitsFile describes the file of an entry's hits, which is in the same directory.
type hitsFile struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	SHA256 string `json:"sha256"`
}

// digestOf returns the digest of what decides which images a target returns. It
// covers no credentials and nothing that only changes speed or output.
func digestOf(query json.RawMessage, t provider.Target) string {
	info := t.Client.Info()
	text, _ := json.Marshal([]string{string(query), info.Name, info.Region, info.Host, accountOf(t)}) // strings have a JSON form
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// queryText returns the JSON form of a query, the same for equal queries.
func queryText(q image.Query) (json.RawMessage, error) {
	return json.Marshal(q.Normalized())
}

func accountOf(t provider.Target) string {
	if t.Account != "" {
		return t.Account
	}
	account, _, _ := strings.Cut(t.Name, "/")
	return account
}

// ours matches the names of the files that a journal writes, apart from its lock.
var ours = regexp.MustCompile(`\.[0-9a-f]{16}\.(report\.json|hits\.[0-9A-Z]+\.ndjson)(\.new)?$`)

const (
	reportSuffix  = ".report.json"
	newFileSuffix = ".new" // of a file that is being written
)

var unsafeInNames = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// stem returns the start of the names of a target's files: readable, safe on every
// file system, and unique by its digest.
func stem(target string) string {
	readable := unsafeInNames.ReplaceAllString(target, "_")
	sum := sha256.Sum256([]byte(target))
	return readable[:min(len(readable), 60)] + "." + hex.EncodeToString(sum[:8])
}

// readEntry reads the report file of a target. It returns nil if there is none.
func readEntry(dir, target string) (*entry, error) {
	e, err := readEntryFile(filepath.Join(dir, stem(target)+reportSuffix))
	if e == nil || e.Target != target {
		return nil, err
	}
	return e, nil
}

// readEntryFile reads a report file. It returns nil if there is none, or if its text
// is damaged.
func readEntryFile(path string) (*entry, error) {
	text, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	var header struct{ Format int }
	if json.Unmarshal(text, &header) != nil {
		return nil, nil
	}
	if header.Format != format {
		return nil, fmt.Errorf("%s: format %d is unknown: this version reads format %d; use the version that wrote it, or another directory", path, header.Format, format)
	}
	e := new(entry)
	if json.Unmarshal(text, e) != nil || filepath.Base(e.Hits.Name) != e.Hits.Name {
		return nil, nil
	}
	return e, nil
}

// encode returns the text of a report file.
func (e *entry) encode() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(e)
	return b.Bytes(), err
}
