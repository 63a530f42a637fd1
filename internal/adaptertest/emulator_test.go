package adaptertest_test

import (
	"testing"
	"testing/synctest"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/providertest"
)

// The conformance check of changing listings depends on it.
func TestReplaceChangesTheNextResponse(t *testing.T) {
	for _, a := range listings() {
		h := a.harness(a.open)
		t.Run(a.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				world := h.World(30)
				s := h.Open(t, world[:20], providertest.Options{Reading: h.Readings[0]})
				s.Replace(1, world[5:25])
				q := image.Query{Sources: []image.Source{image.SourceSelf}}
				for i, want := range [][]image.Image{world[:20], world[5:25]} {
					got, err := provider.Collect(s.Client.Images(t.Context(), q))
					n := 0
					for _, m := range want {
						if q.Match(m) {
							n++
						}
					}
					if err != nil || len(got) != n {
						t.Errorf("listing %d has %d images, want %d: %v", i+1, len(got), n, err)
					}
				}
			})
		})
	}
}

func TestFailuresActFromTheirFirstRequestOn(t *testing.T) {
	for _, a := range listings() {
		h := a.harness(a.open)
		t.Run(a.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, f := range []providertest.Failure{
					{Break: providertest.BreakReset}, {Break: providertest.BreakCut}, {Break: providertest.BreakShort},
					{Break: providertest.BreakGateway}, {Code: h.Errors[0].Code, Message: "busy"},
				} {
					f.From, f.Times = 2, 1
					c := provider.Config{Retry: provider.Retry{Attempts: 1}}
					s := h.Open(t, h.World(5), providertest.Options{Reading: h.Readings[0], Config: c})
					s.Fail(f)
					for i, fails := range []bool{false, true, false} {
						_, err := provider.Collect(s.Client.Images(t.Context(), image.Query{Sources: []image.Source{image.SourceSelf}}))
						if fails != (err != nil) {
							t.Errorf("%+v: request %d: error %v", f, i+1, err)
						}
					}
				}
			})
		})
	}
}
