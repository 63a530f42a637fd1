package aliyuncreds_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

// externalProfile is a file whose profile runs a command.
func externalProfile(command string) string {
	text, _ := json.Marshal(command)
	return cli(`"mode":"External","process_command":` + string(text))
}

func TestExternalCommandPrintsASession(t *testing.T) {
	home := isolate(t)
	write(t, home, cliFile, externalProfile(`printf '%s' '{"mode":"StsToken","access_key_id":"a b","access_key_secret":"$HOME;|","sts_token":"t","expiration":"2126-01-01T00:00:00Z"}'`))
	c, err := aliyuncreds.Profile("p").Credentials(t.Context())
	if diff := cmp.Diff([3]string{"a b", "$HOME;|", "t"}, revealed(c)); diff != "" || err != nil || c.Expires.Year() != 2126 {
		t.Errorf("expires %s, error %v (-want +got):\n%s", c.Expires, err, diff)
	}
}

func TestExternalCommandFailuresAreReported(t *testing.T) {
	for name, test := range map[string]struct{ command, word string }{
		"empty":          {" ", "is empty"},
		"open quote":     {"printf 'x", "quote that is not closed"},
		"no program":     {"/nowhere/program x", "/nowhere/program"},
		"status":         {"sh -c 'echo " + canary + "; echo " + canary + " >&2; exit 3'", "exit status 3"},
		"no JSON":        {"echo " + canary, "not the JSON"},
		"no keys":        {"echo {}", "has no keys"},
		"another mode":   {`echo '{"mode":"External","process_command":"x"}'`, "another mode"},
		"endless output": {"yes " + canary, "more than 64 KiB"},
		"line break":     {`printf '{"access_key_id":"x\\n","access_key_secret":"s"}'`, "line break"},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, isolate(t), cliFile, externalProfile(test.command))
			checkError(t, aliyuncreds.Profile("p"), provider.Unauthenticated, `profile "p"`, test.word)
		})
	}
}

func TestExternalCommandEndsWithItsCaller(t *testing.T) {
	write(t, isolate(t), cliFile, externalProfile("sh -c 'sleep 60 & sleep 60'"))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := aliyuncreds.Profile("p").Credentials(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 30*time.Second {
		t.Errorf("error %v after %s, want the caller's deadline", err, time.Since(began))
	}
}
