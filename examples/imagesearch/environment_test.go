package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigOfTheEnvironment(t *testing.T) {
	_, url := serve(t, testWorld())
	file := writeConfig(t, prodTarget, url)
	env := isolatedEnvironment(map[string]string{"IMAGESEARCH_CONFIG": file})
	got := imagesearchIn(t.Context(), env, "--output", "ndjson", "--arch", "arm64")
	if want := (result{exitComplete, orderLine + "\n", ""}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	got = imagesearchIn(t.Context(), env, "--config", filepath.Join(t.TempDir(), "none.yaml"))
	if got.status != exitUsage || !strings.Contains(got.stderr, "none.yaml") {
		t.Errorf("--config does not come first: %+v", got)
	}
	got = imagesearchIn(t.Context(), isolatedEnvironment(map[string]string{"IMAGESEARCH_CONFIG": ""}), "--explain")
	if got.status != exitComplete || got.stderr != sampleNote {
		t.Errorf("an empty variable is not as an unset one: %+v", got)
	}
}

// Keys that stand in the file or in the environment are never printed, neither in
// an answer nor in an error.
func TestSecretsAreNotPrinted(t *testing.T) {
	_, url := serve(t, testWorld())
	wrong := strings.ReplaceAll(prodTarget, "canary-secret", "canary-wrong-secret")
	texts := map[string]string{
		"good":        prodTarget,
		"one fails":   prodTarget + brokenTarget,
		"wrong":       wrong,
		"unknown key": strings.ReplaceAll(prodTarget, "prod-key", "canary-key-id"),
		"bad region":  strings.ReplaceAll(prodTarget, "cn-beijing", "CN BEIJING"),
		"no colon":    "targets:\n  - name: a\n    credentials:\n      access_key_secret canary-secret\n      access_key_id: canary-key-id\n",
		"as a key":    "targets:\n  - name: a\n    credentials: {canary-secret/x1: 1, canary2: 2}\n",
		"not closed":  "targets:\n  - credentials: {access_key_id: canary-key-id, access_key_secret: \"canary-secret}\n",
		"variable":    "targets:\n  - credentials: {access_key_id: \"${canary-secret\", access_key_secret: canary-secret}\n",
		"list":        "targets:\n  - credentials: [canary-key-id, canary-secret]\n",
		"two":         "targets:\n  - credentials: {profile: canary-secret, instance_role: canary-secret}\n",
	}
	for name, text := range texts {
		file := writeConfig(t, strings.ReplaceAll(text, "%[1]s", "%[1]s/"), url)
		for _, mode := range []string{"--output=table", "--output=json", "--output=ndjson", "--output=csv", "--explain", "--check", "--native-record", "--newest", "--report=-"} {
			got := imagesearch(t.Context(), "--config", file, mode)
			if all := got.stdout + got.stderr; strings.Contains(all, "canary") {
				t.Errorf("%s, %s: a secret is printed:\n%s", name, mode, all)
			}
		}
	}
}
