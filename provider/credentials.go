package provider

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Credentials are what one request is signed with.
type Credentials struct {
	AccessKeyID     Secret
	AccessKeySecret Secret
	Token           Secret    // of a temporary session; zero for lasting keys
	Expires         time.Time // zero: not known, or never
}

// CredentialsProvider hands out the credentials of one account. It is asked once
// for each request that is sent, and must be safe for concurrent use.
type CredentialsProvider interface {
	Credentials(context.Context) (Credentials, error)
}

// Static returns a provider of fixed credentials. The token is empty for lasting
// keys. An empty ID or secret is an error when it is asked for, never a reason to
// look elsewhere.
func Static(accessKeyID, accessKeySecret, token string) CredentialsProvider {
	return static{Credentials{
		AccessKeyID:     NewSecret(accessKeyID),
		AccessKeySecret: NewSecret(accessKeySecret),
		Token:           NewSecret(token),
	}}
}

type static struct{ credentials Credentials }

func (s static) Credentials(context.Context) (Credentials, error) {
	return s.credentials, s.credentials.check("the access key ID or the access key secret is empty")
}

func (c Credentials) check(problem string) error {
	if c.AccessKeyID.IsZero() || c.AccessKeySecret.IsZero() {
		return &Error{Kind: Unauthenticated, Message: problem}
	}
	return nil
}

// Env returns a provider that reads the named environment variables each time it
// is asked. The variable of the token may be unset, or its name empty.
func Env(accessKeyID, accessKeySecret, token string) CredentialsProvider {
	return env{accessKeyID, accessKeySecret, token}
}

type env struct{ accessKeyID, accessKeySecret, token string }

func (e env) Credentials(context.Context) (Credentials, error) {
	c := Credentials{
		AccessKeyID:     NewSecret(os.Getenv(e.accessKeyID)),
		AccessKeySecret: NewSecret(os.Getenv(e.accessKeySecret)),
		Token:           NewSecret(os.Getenv(e.token)),
	}
	return c, c.check(fmt.Sprintf("no credentials: set %s and %s, or Config.Credentials", e.accessKeyID, e.accessKeySecret))
}
