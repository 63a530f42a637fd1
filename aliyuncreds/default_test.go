package aliyuncreds_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/imagequery/imagequery/aliyuncreds"
	"github.com/imagequery/imagequery/provider"
)

func nobody(t *testing.T) aliyuncreds.Services {
	return (&metadata{}).listen(t)
}

func TestDefaultUsesTheFirstConfiguredSource(t *testing.T) {
	home := isolate(t)
	instance := (&metadata{roles: "web role"}).listen(t)
	if diff := cmp.Diff(sessionKeys(1), ask(t, instance.Default())); diff != "" {
		t.Errorf("of the instance (-want +got):\n%s", diff)
	}
	write(t, home, sharedFile, "[default]\ntype=access_key\naccess_key_id=shared\naccess_key_secret=s\n")
	if got := ask(t, instance.Default()); got[0] != "shared" {
		t.Errorf("%s, want those of the shared file", got[0])
	}
	write(t, home, cliFile, cli(`"mode":"AK","access_key_id":"cli","access_key_secret":"s"`))
	if got := ask(t, instance.Default()); got[0] != "cli" {
		t.Errorf("%s, want those of the CLI's file", got[0])
	}
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "env")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s")
	t.Setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "t")
	if diff := cmp.Diff([3]string{"env", "s", "t"}, ask(t, instance.Default())); diff != "" {
		t.Errorf("of the environment (-want +got):\n%s", diff)
	}
}

func TestDefaultReadsTheNameOfTheInstanceRole(t *testing.T) {
	isolate(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA", "web role")
	if diff := cmp.Diff(sessionKeys(1), ask(t, nobody(t).Default())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDefaultWithoutSourcesIsUnauthenticated(t *testing.T) {
	isolate(t)
	everywhere := []string{
		"environment: ALIBABA_CLOUD_ACCESS_KEY_ID", "OIDC: ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
		cliFile + " does not exist", sharedFile + " does not exist",
	}
	checkError(t, nobody(t).Default(), provider.Unauthenticated, append(everywhere, "instance role: ", "has no role")...)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	t.Setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE")
	checkError(t, nobody(t).Default(), provider.Unauthenticated,
		"instance role: ALIBABA_CLOUD_ECS_METADATA_DISABLED is true", "profiles: ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true")
}

// Continuing would mean another identity.
func TestDefaultStopsAtAnUnusableSource(t *testing.T) {
	for name, test := range map[string]struct {
		environment map[string]string
		cli         string
		words       []string
	}{
		"no secret": {environment: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": canary}, words: []string{"environment: "}},
		"no ID":     {environment: map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET": canary}, words: []string{"environment: "}},
		"half of OIDC": {environment: map[string]string{"ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/x"},
			words: []string{"environment: ", "OIDC: ", "ALIBABA_CLOUD_ROLE_ARN", "not set"}},
		"profile that does not exist": {environment: map[string]string{"ALIBABA_CLOUD_PROFILE": "x"}, words: []string{"OIDC: ", `no profile "x"`}},
		"file that is broken":         {cli: canary, words: []string{"environment: ", "profiles: ", "not the JSON"}},
		"profile that is empty":       {cli: cli(`"mode":"AK"`), words: []string{"profiles: ", "empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t)
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			if test.cli != "" {
				write(t, home, cliFile, test.cli)
			}
			server := &metadata{roles: "web role"}
			checkError(t, server.listen(t).Default(), provider.Unauthenticated, test.words...)
			if n := server.visits.Load(); n != 0 {
				t.Errorf("%d visits to the instance's metadata, want none", n)
			}
		})
	}
}

// A source that is configured later is found.
func TestDefaultReadsSourcesAgain(t *testing.T) {
	home := isolate(t)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	synctest.Test(t, func(t *testing.T) {
		creds := aliyuncreds.Default()
		checkError(t, creds, provider.Unauthenticated)
		write(t, home, cliFile, cli(`"mode":"AK",`+keys))
		if got := ask(t, creds); got[0] != baseID {
			t.Errorf("%s, want those of the file", got[0])
		}
		time.Sleep(time.Minute)
		write(t, home, cliFile, canary)
		checkError(t, creds, provider.Unauthenticated, "not the JSON")
	})
}

func TestDefaultErrorsHaveKinds(t *testing.T) {
	isolate(t)
	checkError(t, (&metadata{roles: "web role", status: 503}).listen(t).Default(), provider.Unavailable, "503")
}
