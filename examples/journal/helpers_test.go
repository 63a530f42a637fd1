package journal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/imagequery/imagequery/examples/journal"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// cloud is an adapter for each of several accounts.
type cloud struct {
	mu      sync.Mutex
	asked   []string         // targets, in order
	failing map[string]error // by target
	images  int              // per target
}

type adapter struct {
	cloud *cloud
	name  string // of the target
	info  provider.Info
}

func (a *adapter) Info() provider.Info { return a.info }

func (a *adapter) Plan(image.Query) ([]provider.Call, error) {
	return []provider.Call{{Action: "List"}}, nil
}

func (a *adapter) Fetch(context.Context, provider.Call, provider.Cursor) (*provider.Page, error) {
	a.cloud.mu.Lock()
	defer a.cloud.mu.Unlock()
	a.cloud.asked = append(a.cloud.asked, a.name)
	if err := a.cloud.failing[a.name]; err != nil {
		return nil, err
	}
	page := &provider.Page{Total: a.cloud.images}
	for i := range a.cloud.images {
		page.Images = append(page.Images, image.Image{
			Ref:  image.Ref{Provider: a.info.Name, Region: a.info.Region, ID: fmt.Sprintf("%s-%d", a.name, i)},
			Name: strings.Repeat("long name ", 30), Native: []byte(`{"Id":1}`),
		})
	}
	return page, nil
}

// target returns a target of the cloud, changed by a function.
func (c *cloud) target(name string, change ...func(*provider.Info, *provider.Target)) provider.Target {
	_, region, _ := strings.Cut(name, "/")
	info := provider.Info{Name: "testcloud", Region: region, Host: "api.example"}
	target := provider.Target{Name: name}
	for _, f := range change {
		f(&info, &target)
	}
	target.Client = provider.New(&adapter{c, name, info}, provider.Config{})
	return target
}

func (c *cloud) targets(names ...string) []provider.Target {
	var targets []provider.Target
	for _, name := range names {
		targets = append(targets, c.target(name))
	}
	return targets
}

// search runs a journal to its end and returns the IDs of the hits and the errors.
func search(t *testing.T, dir string, targets []provider.Target, q image.Query) (ids []string, errs []error) {
	t.Helper()
	j, err := journal.Open(dir, targets, journal.Options{Query: &q})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for hit, err := range j.Search(t.Context(), nil) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ids = append(ids, hit.Image.ID)
	}
	slices.Sort(ids)
	return ids, errs
}

// read returns what a journal holds.
func read(t *testing.T, targets []provider.Target, dirs ...string) (ids []string, errs []error) {
	t.Helper()
	record, err := journal.Read(dirs, targets, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for hit, err := range record.Search(t.Context()) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ids = append(ids, hit.Image.ID)
	}
	slices.Sort(ids)
	return ids, errs
}

func wantIDs(images int, names ...string) []string {
	var ids []string
	for _, name := range names {
		for i := range images {
			ids = append(ids, fmt.Sprintf("%s-%d", name, i))
		}
	}
	slices.Sort(ids)
	return ids
}
