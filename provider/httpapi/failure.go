package httpapi

import (
	"time"

	"github.com/imagequery/imagequery/provider"
)

// Failure is one failed attempt.
type Failure struct {
	Err   *provider.Error
	Retry Retry
	Wait  time.Duration // that the server asks for; 0: it did not say
}

// Retry says whether an attempt that failed may be repeated.
type Retry uint8

// What may be done after a failure.
const (
	Never  Retry = iota
	Always       // as often as the configuration allows
	Once         // because what caused it has been set right: a second time is final
)

func (f *Failure) Error() string { return f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }
