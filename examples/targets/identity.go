package targets

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/imagequery/imagequery/provider"
)

// identity is who asks: the credentials that one or more targets share.
type identity struct {
	credentials provider.CredentialsProvider
	usual       bool     // the vendor's usual chain, since the file has none
	names       []string // texts of the file that no message shows
}

const (
	patience = 10 * time.Second
	atOnce   = 16
)

// Authenticate looks for the credentials of targets once, before the clouds are
// asked. Its error joins one for each identity that has none. It leaves to the
// targets what a server says about credentials, and what takes more than ten
// seconds.
func Authenticate(ctx context.Context, targets []Target) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen := map[*identity]bool{}
	errs := make([]error, len(targets))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, t := range targets {
		if seen[t.identity] {
			continue
		}
		seen[t.identity] = true
		group.Go(func() error {
			errs[i] = t.missing(ctx)
			return nil
		})
	}
	_ = group.Wait()
	return errors.Join(errs...)
}

// missing returns why a target has no credentials, if that is certain.
func (t Target) missing(ctx context.Context) error {
	_, err := t.identity.credentials.Credentials(ctx)
	switch {
	case err == nil, ctx.Err() != nil:
		return nil
	case t.identity.usual:
		return t.signed.problem("target %q: %s; want one of these, or the key \"credentials\"", t.Name, withoutKind(err))
	case isMissing(err):
		return t.signed.problem("target %q: credentials: %s", t.Name, t.identity.hide(withoutKind(err)))
	}
	return nil
}

// hide removes from a message the names that stand in the file, such as that of a
// profile: a secret may stand there by mistake.
func (i *identity) hide(message string) string {
	for _, name := range i.names {
		message = hideValue(message, name)
		if len(name) >= 8 { // shorter ones are parts of words
			message = strings.ReplaceAll(message, name, "…")
		}
	}
	return message
}

// isMissing reports whether credentials could not be put together. Credentials that
// a server has refused are another matter.
func isMissing(err error) bool {
	if !errors.Is(err, provider.Unauthenticated) && !errors.Is(err, provider.InvalidArgument) {
		return false
	}
	for e := (*provider.Error)(nil); errors.As(err, &e); err = e.Err {
		if e.HTTPStatus != 0 || e.Attempts != 0 {
			return false
		}
	}
	return true
}
