package qing_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider"
)

// Fixed credentials cannot be refreshed.
func TestEndedSessionIsRefreshedOnce(t *testing.T) {
	tokens := func() func(context.Context) (provider.Credentials, error) {
		issued := []string{"first", "second", "third"}
		return func(ctx context.Context) (provider.Credentials, error) {
			next := issued[0]
			issued = issued[1:]
			return provider.Static(keyID, secret, next).Credentials(ctx)
		}
	}
	for name, test := range map[string]struct {
		credentials provider.CredentialsProvider
		good        string
		sent        []string
		want        error
	}{
		"renewed":    {provider.Cache(tokens()), "second", []string{"first", "second"}, nil},
		"ended too":  {provider.Cache(tokens()), "third", []string{"first", "second"}, provider.Unauthenticated},
		"fixed ones": {provider.Static(keyID, secret, "first"), "second", []string{"first"}, provider.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			c := newClient(t, provider.Config{Credentials: test.credentials}, func(r *http.Request) (*http.Response, error) {
				sent = append(sent, adaptertest.Params(r).Get("token"))
				if sent[len(sent)-1] != test.good {
					return answer(200, time.Time{}, `{"ret_code":2000,"message":"SessionExpired"}`), nil
				}
				return answer(200, time.Time{}, emptyPage), nil
			})
			if err := send(t, c, nil); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			if diff := cmp.Diff(test.sent, sent); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
