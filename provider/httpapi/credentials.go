package httpapi

import (
	"context"
	"errors"

	"github.com/imagequery/imagequery/provider"
)

// Credentials asks for what one attempt is signed with. Nothing is signed with an
// empty key.
func Credentials(ctx context.Context, from provider.CredentialsProvider) (provider.Credentials, error) {
	c, err := from.Credentials(ctx)
	switch known := (*provider.Error)(nil); {
	case errors.As(err, &known):
		return c, err
	case err != nil:
		return c, &provider.Error{Kind: provider.Unauthenticated, Message: "no credentials", Err: err}
	case c.AccessKeyID.IsZero() || c.AccessKeySecret.IsZero():
		return c, &provider.Error{Kind: provider.Unauthenticated, Message: "the access key ID or the access key secret is empty"}
	}
	return c, nil
}
