package providertest_test

import (
	"context"
	"net/url"
	"strconv"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// lenient is a model with a Check that never fails.
type lenient struct{ *model }

func (lenient) Check(context.Context) error { return nil }

func (a *model) orLenient() provider.Adapter {
	if a.has("Check passes always") {
		return lenient{a}
	}
	return a
}

func newModel(c *cloud, config provider.Config, bug string) *model {
	m := &model{cloud: c, config: config.WithDefaults(), bug: bug, memory: memory, shared: url.Values{"state": {"any"}}}
	if m.has("disks are shared") || m.has("images of two pages share their tags") {
		m.memory = newCache() // a check writes into the images
	}
	return m
}

// modelWorld is what the cloud can express.
func modelWorld(n int) []image.Image {
	out := providertest.Images((&model{}).Info(), n)
	for i := range out {
		m := &out[i]
		if m.Source == "" {
			m.Source = image.SourceSelf
		}
		m.Version, m.OSName, m.BootMode = "", "", ""
	}
	return out
}

// readingsFor leaves out what only costs time.
func readingsFor(bug string) []string {
	switch bug {
	case "":
		return []string{"substring", "pattern"}
	case "names that are patterns are pushed":
		return []string{"pattern"}
	default:
		return []string{"substring"}
	}
}

// modelHarness gives every hook.
func modelHarness(bug string) providertest.Harness {
	return providertest.Harness{
		World: memory.world,
		New: func(c provider.Config) (*provider.Client, error) {
			if err := checkEndpoint(bug, c); err != nil {
				return nil, err
			}
			return provider.New(newModel(newCloud("", nil), c, bug), c), nil
		},
		Readings: readingsFor(bug),
		Paging:   []string{"page", "size"},
		Protocol: []string{"action", "key", "nonce", "stamp", "signature"},
		Fresh:    []string{"nonce", "stamp", "signature"},
		Errors: []providertest.ErrorCase{
			{Code: "busy", Kind: provider.Unavailable}, {Code: "slow down", Kind: provider.Throttled},
			{Code: "bad key", Kind: provider.Unauthenticated}, {Code: "forbidden", Kind: provider.PermissionDenied},
			{Code: "bad request", Kind: provider.InvalidArgument},
		},
		Open: func(_ testing.TB, world []image.Image, o providertest.Options) *providertest.Session {
			c := newCloud(o.Reading, world)
			adapter := newModel(c, o.Config, bug)
			return &providertest.Session{
				Client:     provider.New(adapter.orLenient(), o.Config),
				Secrets:    []string{canaryID, canaryKey},
				Requests:   c.requests,
				Fail:       func(f providertest.Failure) { c.failure = &f },
				AddToTotal: func(n int) { c.addToTotal = n },
				OmitTotal:  func() { c.omitTotal = true },
				Cap: func(size int) {
					c.edits = append(c.edits, func(params url.Values) {
						asked, _ := strconv.Atoi(params.Get("size"))
						params.Set("size", strconv.Itoa(min(asked, size)))
					})
				},
				Repeat:  func() { c.edits = append(c.edits, func(params url.Values) { params.Set("page", "1") }) },
				Replace: func(after int, world []image.Image) { c.replaceAfter, c.replacement = after, world },
				Ignore: func(names ...string) {
					c.edits = append(c.edits, func(params url.Values) {
						for _, name := range names {
							params.Del(name)
						}
					})
				},
				EditBody: func(change func([]byte) []byte) { c.editBody = change },
			}
		},
	}
}
