package provider_test

import (
	"strconv"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// The set has 100,000 images over three generations.
func TestSeenSetReturnsTheLastGeneration(t *testing.T) {
	const n = 100_000
	s := provider.NewSeenSet()
	ref := func(i int) image.Ref { return image.Ref{Provider: "p", Region: "r", ID: strconv.Itoa(i)} }
	for i := range n {
		if before := s.Set(ref(i), 1); before != 0 {
			t.Fatalf("image %d is new, and was seen in generation %d", i, before)
		}
	}
	for i := range n / 2 {
		if before := s.Set(ref(i), 2); before != 1 {
			t.Fatalf("image %d was seen in generation %d, want 1", i, before)
		}
	}
	for i := range n {
		want := provider.Generation(1)
		if i < n/2 {
			want = 2
		}
		if before := s.Set(ref(i), 3); before != want {
			t.Fatalf("image %d was seen in generation %d, want %d", i, before, want)
		}
	}
	if slots, used := s.Slots(); used != n || slots*16 > n*30 {
		t.Errorf("%d images in %d slots of 16 bytes: more than 30 bytes an image", used, slots)
	}
}

// Images of several regions may have the same ID.
func TestSeenSetComparesTheWholeReference(t *testing.T) {
	s := provider.NewSeenSet()
	for _, r := range []image.Ref{{ID: "m"}, {Region: "r", ID: "m"}, {Provider: "p", ID: "m"}, {Provider: "p", Region: "r", ID: "m"}} {
		if before := s.Set(r, 1); before != 0 {
			t.Errorf("%v is new, and was seen in generation %d", r, before)
		}
	}
}
