package qing

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/imagequery/imagequery/internal/environ"
	"github.com/imagequery/imagequery/provider"
)

// Account is an account in a file or the environment. The endpoint of its credentials
// is that of its cloud.
type Account struct {
	Credentials provider.Credentials
	Zone        string // empty: not stated
}

// Source is a credentials provider that also knows the cloud and the zone.
type Source struct {
	provider.Forgetter
	read func() (Account, error)
}

// NewSource returns a source that reads an account again each minute.
func NewSource(read func() (Account, error)) Source {
	return Source{provider.Cache(func(context.Context) (provider.Credentials, error) {
		account, err := read()
		return account.Credentials, err
	}), read}
}

// Configure fills in the endpoint and the zone that belong to the credentials,
// where the configuration leaves them out. Afterwards the credentials are an error
// if their source names another endpoint. If they cannot be read yet, requests
// report that, unless the zone is needed now.
func (s Source) Configure(c provider.Config) (provider.Config, error) {
	account, err := s.read()
	switch {
	case err != nil && c.Region == "":
		return c, err
	case err != nil:
		return c, nil
	}
	c.Region = cmp.Or(c.Region, account.Zone)
	c.Credentials = s
	if c.Endpoint != "" {
		return c, nil
	}
	c.Endpoint = account.Credentials.Endpoint
	c.Credentials = NewSource(func() (Account, error) {
		now, err := s.read()
		if err == nil && now.Credentials.Endpoint != account.Credentials.Endpoint {
			err = noKeys("the credentials now belong to another endpoint than the one of this client: make a new client")
		}
		return now, err
	})
	return c, nil
}

var keyNames = []environ.KeyNames{
	{ID: "QINGCLOUD_ACCESS_KEY_ID", Secret: "QINGCLOUD_SECRET_ACCESS_KEY"},
	{ID: "QINGCLOUD_ACCESS_KEY", Secret: "QINGCLOUD_SECRET_KEY"},
}

// UsualAccount reads the environment, and the usual file if the environment has no
// key.
func UsualAccount() (Account, error) {
	account, found, err := environmentAccount()
	if found || err != nil {
		return account, err
	}
	account, err = ReadConfig("")
	if err != nil {
		return account, &provider.Error{
			Kind:    provider.Unauthenticated,
			Message: fmt.Sprintf("no credentials: environment: %s and %s are not set; file", keyNames[0].ID, keyNames[0].Secret),
			Err:     err,
		}
	}
	return account, nil
}

func environmentAccount() (account Account, found bool, err error) {
	account.Credentials, found, err = environ.Keys(keyNames)
	if !found || err != nil {
		return account, found, err
	}
	account.Zone = os.Getenv("QINGCLOUD_ZONE")
	account.Credentials.Endpoint, err = environmentEndpoint()
	return account, true, err
}

// environmentEndpoint is the address in QINGCLOUD_ENDPOINT, or the host in
// QINGCLOUD_HOST.
func environmentEndpoint() (string, error) {
	address, host := os.Getenv("QINGCLOUD_ENDPOINT"), os.Getenv("QINGCLOUD_HOST")
	switch {
	case address != "" && host != "":
		return "", noKeys("QINGCLOUD_ENDPOINT and QINGCLOUD_HOST are both set: unset one of the two")
	case host == "":
		return address, nil
	}
	if !hostPattern.MatchString(host) {
		return "", noKeys(fmt.Sprintf("QINGCLOUD_HOST is %q: want only the name of a host, or set QINGCLOUD_ENDPOINT", host))
	}
	return "https://" + host + "/iaas/", nil
}
