package provider_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// sequence yields numbers, and an error for each that is 0.
func sequence(errs []error, values ...int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for _, v := range values {
			var err error
			if v == 0 {
				err, errs = errs[0], errs[1:]
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

func TestCollectReturnsValuesAndJoinedErrors(t *testing.T) {
	many := make([]int, 5000)
	for i := range many {
		many[i] = 1 + i
	}
	a, b := errors.New("a"), &provider.TargetError{Target: "t", Err: provider.Throttled}
	for name, test := range map[string]struct {
		seq  iter.Seq2[int, error]
		want []int
		errs []error
	}{
		"nothing":              {sequence(nil), nil, nil},
		"no errors":            {sequence(nil, 1, 2, 3), []int{1, 2, 3}, nil},
		"an error last":        {sequence([]error{a}, 1, 0), []int{1}, []error{a}},
		"errors in the middle": {sequence([]error{a, b}, 1, 0, 2, 0, 3), []int{1, 2, 3}, []error{a, b}},
		"very many":            {sequence(nil, many...), many, nil},
		"very many and errors": {sequence([]error{a, b}, append(append([]int{0}, many...), 0)...), many, []error{a, b}},
		"only errors":          {sequence([]error{b, a}, 0, 0), nil, []error{b, a}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := provider.Collect(test.seq)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := errText(errors.Join(test.errs...)); errText(err) != want {
				t.Errorf("error %q, want %q", errText(err), want)
			}
			for _, want := range test.errs {
				if !errors.Is(err, want) {
					t.Errorf("%v is not found in %v", want, err)
				}
			}
		})
	}
}
