package providertest_test

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// cache keeps what the sessions of one harness would work out again and again.
type cache struct {
	mu      sync.Mutex
	worlds  map[int][]image.Image
	records map[recordKey]row
	pages   map[string]provider.Page // by the text of the response
}

type recordKey struct {
	id      string
	created time.Time
}

func newCache() *cache {
	return &cache{worlds: map[int][]image.Image{}, records: map[recordKey]row{}, pages: map[string]provider.Page{}}
}

func (k *cache) world(n int) []image.Image {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.worlds[n] == nil {
		k.worlds[n] = modelWorld(n)
	}
	return k.worlds[n]
}

func (k *cache) row(m image.Image) row {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := recordKey{m.ID, m.Created}
	r, known := k.records[key]
	if !known {
		r = row{Image: m, record: render(m)}
		r.text, _ = json.Marshal(r.record)
		k.records[key] = r
	}
	return r
}

func (k *cache) page(body []byte, parse func([]byte) (provider.Page, error)) (provider.Page, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	page, known := k.pages[string(body)]
	if known {
		return page, nil
	}
	page, err := parse(body)
	if err == nil {
		k.pages[string(body)] = page
	}
	return page, err
}
