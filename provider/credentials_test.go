package provider_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/provider"
)

// revealed is what credentials hold: ID, secret, token.
func revealed(c provider.Credentials) [3]string {
	return [3]string{c.AccessKeyID.Reveal(), c.AccessKeySecret.Reveal(), c.Token.Reveal()}
}

func checkUnauthenticated(t *testing.T, err error, words ...string) {
	t.Helper()
	if !errors.Is(err, provider.Unauthenticated) {
		t.Errorf("error %v, want unauthenticated", err)
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not name %s", err, word)
		}
	}
}

func TestStaticReturnsItsCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		id, secret, token string
		good              bool
	}{
		"lasting":      {"id", "secret", "", true},
		"temporary":    {"id", "secret", "token", true},
		"no ID":        {"", "secret", "token", false},
		"no secret":    {"id", "", "token", false},
		"only a token": {"", "", "token", true},
		"nothing":      {"", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := provider.Static(test.id, test.secret, test.token).Credentials(t.Context())
			if !test.good {
				checkUnauthenticated(t, err, "empty")
				return
			}
			want := [3]string{test.id, test.secret, test.token}
			if diff := cmp.Diff(want, revealed(c)); diff != "" || err != nil || !c.Expires.IsZero() {
				t.Errorf("expires %s, error %v (-want +got):\n%s", c.Expires, err, diff)
			}
		})
	}
}

func TestEnvReadsTheNamedVariables(t *testing.T) {
	const id, secret, token = "IQ_TEST_ID", "IQ_TEST_SECRET", "IQ_TEST_TOKEN"
	for name, test := range map[string]struct {
		id, secret, token, tokenName string
		want                         [3]string
		good                         bool
	}{
		"lasting":             {"i", "s", "", token, [3]string{"i", "s", ""}, true},
		"temporary":           {"i", "s", "t", token, [3]string{"i", "s", "t"}, true},
		"no name for a token": {"i", "s", "t", "", [3]string{"i", "s", ""}, true},
		"nothing set":         {"", "", "", token, [3]string{}, false},
		"only the ID":         {"i", "", "", token, [3]string{}, false},
		"only the secret":     {"", "s", "", token, [3]string{}, false},
		"only the token":      {"", "", "t", token, [3]string{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(id, test.id)
			t.Setenv(secret, test.secret)
			t.Setenv(token, test.token)
			c, err := provider.Env(id, secret, test.tokenName).Credentials(t.Context())
			if !test.good {
				checkUnauthenticated(t, err, id, secret, "Config.Credentials")
				return
			}
			if diff := cmp.Diff(test.want, revealed(c)); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestEnvReadsATokenAlone(t *testing.T) {
	env := provider.Env("", "", "IQ_TEST_TOKEN")
	t.Setenv("IQ_TEST_TOKEN", "t")
	c, err := env.Credentials(t.Context())
	if diff := cmp.Diff([3]string{"", "", "t"}, revealed(c)); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	for token, word := range map[string]string{"": "set IQ_TEST_TOKEN", "t\n": "security token ends with a line break"} {
		t.Setenv("IQ_TEST_TOKEN", token)
		_, err := env.Credentials(t.Context())
		checkUnauthenticated(t, err, "IQ_TEST_TOKEN", word)
	}
}

// TestSignedRequestsNeedKeys keeps a token alone out of a signature.
func TestSignedRequestsNeedKeys(t *testing.T) {
	for _, c := range []provider.Credentials{
		{}, {Token: provider.NewSecret("t")}, {AccessKeyID: provider.NewSecret("i")}, {AccessKeySecret: provider.NewSecret("s"), Token: provider.NewSecret("t")},
	} {
		checkUnauthenticated(t, c.ValidateKeys(), "access key ID or the access key secret is empty")
	}
}

func TestEnvIsReadEachTime(t *testing.T) {
	t.Setenv("IQ_TEST_ID", "i1")
	t.Setenv("IQ_TEST_SECRET", "s1")
	env := provider.Env("IQ_TEST_ID", "IQ_TEST_SECRET", "IQ_TEST_TOKEN")
	for _, want := range []string{"i1", "i2"} {
		t.Setenv("IQ_TEST_ID", want)
		c, err := env.Credentials(t.Context())
		if err != nil || c.AccessKeyID.Reveal() != want {
			t.Errorf("ID %q, error %v, want %q", c.AccessKeyID.Reveal(), err, want)
		}
	}
}

func TestMalformedKeysAreRefused(t *testing.T) {
	const canary = "canaryKx7"
	for name, test := range map[string]struct{ id, secret, token, word string }{
		"line break after the ID":     {canary + "\n", "s", "", "access key ID ends with a line break"},
		"CRLF after the secret":       {"i", canary + "\r\n", "", "access key secret ends with a line break"},
		"blank before the secret":     {"i", " " + canary, "", "access key secret begins with white space"},
		"tab after the token":         {"i", "s", canary + "\t", "security token ends with white space"},
		"no-break space":              {canary + "\u00a0", "s", "", "access key ID ends with white space"},
		"byte order mark":             {"\ufeff" + canary, "s", "", "access key ID contains a control character"},
		"zero byte":                   {canary + "\x00x", "s", "", "access key ID contains a control character"},
		"line break inside the token": {"i", "s", canary + "\nx", "security token contains a control character"},
		"only a blank":                {" ", "s", "", "access key ID begins with white space"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("IQ_TEST_ID", strings.ReplaceAll(test.id, "\x00", "\x01"))
			t.Setenv("IQ_TEST_SECRET", test.secret)
			t.Setenv("IQ_TEST_TOKEN", test.token)
			static := provider.Static(test.id, test.secret, test.token)
			for _, from := range []provider.CredentialsProvider{
				static,
				provider.Env("IQ_TEST_ID", "IQ_TEST_SECRET", "IQ_TEST_TOKEN"),
				provider.Cache(func(ctx context.Context) (provider.Credentials, error) {
					c, _ := static.Credentials(ctx)
					return c, nil
				}),
			} {
				_, err := from.Credentials(t.Context())
				checkUnauthenticated(t, err, test.word)
				if err != nil && strings.Contains(err.Error(), canary) {
					t.Errorf("the error shows the key: %s", err)
				}
			}
		})
	}
}
