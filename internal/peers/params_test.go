package peers_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// question is what one parameter or two ask, as the vendor's client sends it and as
// ours does.
type question[R any] struct {
	name string
	set  func(R)           // on the request of the vendor's client
	sent map[string]string // what must arrive
	ours image.Query       // the same question; the zero query where it narrows nothing

	// unfit marks parameters that ours has no way to send, because they belong to
	// the engine or to nobody.
	unfit bool
}

// ask sends every question with the vendor's client, and the same with ours. Both
// must get the same images, neither none of them nor all; unfit parameters must
// only be understood.
func ask[R any](t *testing.T, lab *lab, client *provider.Client, questions []question[R], send func(func(R)) ([]string, error)) {
	t.Helper()
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			want, err := send(q.set)
			if err != nil {
				t.Fatal(err)
			}
			arrived(t, lab.last(t), q.sent)
			if q.unfit {
				return
			}
			got := ids(collect(t, client, q.ours))
			slices.Sort(want)
			equal(t, "images", want, got)
			if all, err := send(func(R) {}); err != nil || len(got) == 0 || slices.Equal(got, slices.Sorted(slices.Values(all))) {
				t.Errorf("the question finds %d of %d images, and so proves nothing (%v)", len(got), len(all), err)
			}
		})
	}
}

func arrived(t *testing.T, r fakecloud.Request, sent map[string]string) {
	t.Helper()
	for name, value := range sent {
		if got := r.Params.Get(name); got != value {
			t.Errorf("%s arrived as %q, want %q", name, got, value)
		}
	}
}

// covered fails unless some question sends each parameter of the vendor's request.
func covered[R any](t *testing.T, request any, questions []question[R]) {
	t.Helper()
	sent := map[string]bool{}
	for _, q := range questions {
		for name := range maps.Keys(q.sent) {
			first, _, _ := strings.Cut(name, ".")
			sent[first] = true
		}
	}
	fields := reflect.TypeOf(request).Elem()
	for i := range fields.NumField() {
		if name := fields.Field(i).Tag.Get("name"); name != "" && !sent[name] {
			t.Errorf("no question sends the parameter %s", name)
		}
	}
}

func native(provider string, params ...string) image.Query {
	section := map[string]string{}
	for i := 0; i < len(params); i += 2 {
		section[params[i]] = params[i+1]
	}
	return image.Query{Native: map[string]map[string]string{provider: section}}
}
