package provider_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

const canary = "canary-Kx7pQ2"

// leaks reports whether a text shows the canary in any of the forms in which fmt
// or an encoder could write it.
func leaks(text string) bool {
	decimal := strings.Trim(fmt.Sprint([]byte(canary)), "[]")
	for _, form := range []string{
		canary, hex.EncodeToString([]byte(canary)), base64.RawStdEncoding.EncodeToString([]byte(canary))[:16],
		decimal, strings.ReplaceAll(decimal, " ", ", "), fmt.Sprintf("% x", canary),
	} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			return true
		}
	}
	return false
}

// around has secrets in every kind of place that fmt treats differently.
type around struct {
	Exported provider.Secret
	Pointer  *provider.Secret
	Any      any
	List     []provider.Secret
	Named    map[string]provider.Secret
	Keyed    map[*provider.Secret]int

	hidden            provider.Secret
	hiddenPointer     *provider.Secret
	hiddenAny         any
	hiddenCredentials provider.Credentials
	hiddenList        [2]provider.Secret
	hiddenNamed       map[string]provider.Credentials
	hiddenSource      provider.CredentialsProvider
}

func secretsEverywhere(t *testing.T) map[string]any {
	t.Helper()
	for _, name := range []string{"CANARY_ID", "CANARY_SECRET", "CANARY_TOKEN"} {
		t.Setenv(name, canary)
	}
	secret := provider.NewSecret(canary)
	fixed := provider.Static(canary, canary, canary)
	env := provider.Env("CANARY_ID", "CANARY_SECRET", "CANARY_TOKEN")
	fromFixed, fromEnv := credentialsOf(t, fixed), credentialsOf(t, env)
	cached := provider.Cache(fixed.Credentials)
	_ = credentialsOf(t, cached)
	config := provider.Config{Region: "r", Credentials: fixed, Budget: &provider.Budget{PerSecond: 1}}
	withClient := config
	withClient.HTTPClient = &http.Client{}
	struct1 := around{
		secret, &secret, secret, []provider.Secret{secret}, map[string]provider.Secret{"k": secret}, map[*provider.Secret]int{&secret: 1},
		secret, &secret, secret, fromFixed, [2]provider.Secret{secret}, map[string]provider.Credentials{"k": fromEnv}, fixed,
	}
	client := provider.New(&server{}, config)
	return map[string]any{
		"secret": secret, "pointer": &secret, "list": []provider.Secret{secret}, "map": map[string]any{"k": secret},
		"static": fixed, "env": env, "cache": cached, "credentials": fromFixed, "credentials of env": fromEnv, "pointer to credentials": &fromEnv,
		"config": config, "pointer to config": &config, "config with a client": withClient,
		"struct": struct1, "pointer to struct": &struct1, "list of structs": []any{struct1, &struct1},
		"client": client, "target": provider.Target{Name: "t", Client: client}, "targets": []provider.Target{{Name: "t", Client: client}},
		"error":       &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprint(secret), Err: fmt.Errorf("with %v and %+v", secret, fromEnv)},
		"failed ask":  askError(provider.Static(canary, "", canary)),
		"joined":      errors.Join(fmt.Errorf("%v", fixed), fmt.Errorf("%#v", &struct1)),
		"sequence":    client.Images(t.Context(), image.Query{}),
		"anonymous":   struct{ s provider.Secret }{secret},
		"method":      secret.Reveal,
		"nil pointer": (*provider.Secret)(nil),
	}
}

func credentialsOf(t *testing.T, p provider.CredentialsProvider) provider.Credentials {
	t.Helper()
	c, err := p.Credentials(t.Context())
	if err != nil || c.AccessKeyID.Reveal() != canary || c.AccessKeySecret.Reveal() != canary || c.Token.Reveal() != canary {
		t.Fatalf("error %v, or other credentials than given", err)
	}
	return c
}

func askError(p provider.CredentialsProvider) error {
	_, err := p.Credentials(context.Background())
	return err
}

func TestLeaksFindsSecrets(t *testing.T) {
	for _, verb := range append(verbs, "%v with %%") {
		if verb == "%T" || verb == "%p" || strings.ContainsAny(verb, "dtceU.") {
			continue
		}
		if text := fmt.Sprintf(verb, canary); !leaks(text) {
			t.Errorf("%s of the bare text is %q: not detected", verb, text)
		}
	}
	if !leaks(fmt.Sprintf("%d", []byte(canary))) || !leaks(fmt.Sprintf("%#v", struct{ s string }{canary})) {
		t.Error("bytes or an unexported string are not detected")
	}
}

var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%+s", "%#s", "%q", "%#q", "%d", "%x", "%X", "% x", "%#x", "%t", "%T", "%p", "%c", "%e", "%U", "%20v", "%-20s", "%.99s", "%w",
}

func TestSecretsDoNotPrint(t *testing.T) {
	for name, value := range secretsEverywhere(t) {
		for _, verb := range verbs {
			if text := fmt.Sprintf(verb, value); leaks(text) {
				t.Errorf("%s with %s: %s", name, verb, text)
			}
			if text := fmt.Errorf("wrapped "+verb, value).Error(); leaks(text) {
				t.Errorf("%s in an error with %s: %s", name, verb, text)
			}
		}
		if text := fmt.Sprint(value) + fmt.Sprintln(value, value); leaks(text) {
			t.Errorf("%s by Sprint: %s", name, text)
		}
	}
}

func TestSecretsDoNotEncode(t *testing.T) {
	for name, value := range secretsEverywhere(t) {
		for encoding, marshal := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "XML": xml.Marshal} {
			data, err := marshal(value)
			if text := fmt.Sprint(string(data), err); leaks(text) {
				t.Errorf("%s as %s: %s", name, encoding, text)
			}
		}
	}
}

func TestSecretsDoNotLog(t *testing.T) {
	var out bytes.Buffer
	for format, handler := range map[string]slog.Handler{"text": slog.NewTextHandler(&out, nil), "JSON": slog.NewJSONHandler(&out, nil)} {
		for name, value := range secretsEverywhere(t) {
			out.Reset()
			logger := slog.New(handler)
			logger.Info(name, "value", value)
			logger.With("value", value).WithGroup("g").Error(name, slog.Group("h", slog.Any("value", value)))
			if !strings.Contains(out.String(), name) {
				t.Errorf("%s: nothing was logged as %s", name, format)
			}
			if leaks(out.String()) {
				t.Errorf("%s logged as %s: %s", name, format, out.String())
			}
		}
	}
}

func TestSecretsDoNotPanic(t *testing.T) {
	for name, value := range secretsEverywhere(t) {
		func() {
			defer func() {
				if text := fmt.Sprintf("panic: %v %+v %#v", recover(), value, value); leaks(text) {
					t.Errorf("%s: %s", name, text)
				}
			}()
			panic(value)
		}()
	}
}

func TestSecretRevealsItsText(t *testing.T) {
	for _, test := range []struct {
		text, shown, json string
		zero              bool
	}{
		{"", "", `{"S":""}`, true},
		{canary, "[redacted]", `{"S":"[redacted]"}`, false},
		{" ", "[redacted]", `{"S":"[redacted]"}`, false},
	} {
		s := provider.NewSecret(test.text)
		if s.Reveal() != test.text || s.IsZero() != test.zero || s.String() != test.shown {
			t.Errorf("%q: reveals %q, zero %t, shows %q", test.text, s.Reveal(), s.IsZero(), s)
		}
		data, err := json.Marshal(struct{ S provider.Secret }{s})
		if err != nil || string(data) != test.json {
			t.Errorf("%q: JSON %s, error %v", test.text, data, err)
		}
		if got := s.LogValue().String(); got != test.shown {
			t.Errorf("%q: logs %q", test.text, got)
		}
	}
	var zero provider.Secret
	if !zero.IsZero() || zero.Reveal() != "" || fmt.Sprintf("<%v>", zero) != "<>" {
		t.Errorf("the zero secret is <%v>, reveals %q", zero, zero.Reveal())
	}
}

func TestSecretUnmarshalsText(t *testing.T) {
	var config struct{ Key, Empty, Absent provider.Secret }
	if err := json.Unmarshal([]byte(`{"key":"`+canary+`","empty":""}`), &config); err != nil {
		t.Fatal(err)
	}
	if config.Key.Reveal() != canary || !config.Empty.IsZero() || !config.Absent.IsZero() {
		t.Errorf("key %t, empty %t, absent %t", config.Key.Reveal() == canary, config.Empty.IsZero(), config.Absent.IsZero())
	}
}
