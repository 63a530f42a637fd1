package fakecloud

import (
	"errors"
	"fmt"
	"net/http"
)

// refusal is why a request gets no images, in the words of its service. A QingCloud
// code is a number, and goes out with the status 200 unless a fault asks for another.
type refusal struct {
	status        int
	code, message string
	more          map[string]any // further fields of the body
	header        http.Header    // further headers
	forced        bool           // the status is a fault's
}

func (e *refusal) Error() string { return e.code + ": " + e.message }

func refuse(status int, code, format string, a ...any) error {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, a...)}
}

// asRefusal gives any other error the code of an internal one.
func asRefusal(err error, internal string) *refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e
	}
	return &refusal{status: http.StatusInternalServerError, code: internal, message: err.Error()}
}
