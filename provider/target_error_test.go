package provider_test

import (
	"errors"
	"testing"

	"github.com/imagequery/imagequery/provider"
)

func TestTargetErrorIsOneSafeLine(t *testing.T) {
	err := &provider.TargetError{Target: "prod\x1b[31m\u202e/r", Err: errors.New("a\nb\u200b\u009b")}
	if got, want := err.Error(), "prod [31m/r: a; b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
