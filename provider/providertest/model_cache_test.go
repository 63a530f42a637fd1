package providertest_test

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/imagequery/imagequery/image"
)

// memory keeps what the sessions of all models would work out again and again.
var memory = newCache()

func newCache() *cache {
	return &cache{worlds: map[int][]image.Image{}, rows: map[rowKey]*row{}, lists: map[string]list{}}
}

type cache struct {
	mu     sync.Mutex
	worlds map[int][]image.Image
	rows   map[rowKey]*row
	lists  map[string]list // by the text of the response
}

type rowKey struct {
	id      string
	created time.Time
}

// list is a response as a right adapter reads it.
type list struct {
	total  int
	isList bool // there is a list of images
	images []image.Image
	states []word // of the images
}

func (k *cache) world(n int) []image.Image {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.worlds[n] == nil {
		k.worlds[n] = modelWorld(n)
	}
	return k.worlds[n]
}

func (k *cache) row(m image.Image) *row {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := rowKey{m.ID, m.Created}
	r := k.rows[key]
	if r == nil {
		r = &row{Image: m, record: render(m)}
		r.text, _ = json.Marshal(r.record)
		k.rows[key] = r
	}
	return r
}

func (k *cache) list(body []byte) (list, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if read, known := k.lists[string(body)]; known {
		return read, nil
	}
	read, err := parse(body)
	if err == nil && len(body) < 1<<20 {
		k.lists[string(body)] = read
	}
	return read, err
}

func parse(body []byte) (read list, err error) {
	var envelope struct {
		Total  number
		Images json.RawMessage
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return read, err
	}
	var records []record
	if envelope.Images != nil {
		if err := json.Unmarshal(envelope.Images, &records); err != nil {
			return read, err
		}
	}
	read.total, read.isList = int(envelope.Total), envelope.Images != nil
	for _, r := range records {
		read.images, read.states = append(read.images, r.image()), append(read.states, r.State)
	}
	return read, nil
}
