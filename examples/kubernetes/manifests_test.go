package kubernetes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// decode decodes a manifest strictly: unknown and repeated fields are errors.
func decode(text []byte) (runtime.Object, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{batchv1.AddToScheme, corev1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	object, _, err := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer().Decode(text, nil, nil)
	return object, err
}

// render returns the objects of the base as kustomize renders them, by name.
func render(t *testing.T) map[string]runtime.Object {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "base")
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]runtime.Object{}
	for _, resource := range resources.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		if objects[resource.GetName()], err = decode(text); err != nil {
			t.Errorf("%s %s: %v", resource.GetKind(), resource.GetName(), err)
		}
	}
	return objects
}

func job(t *testing.T, objects map[string]runtime.Object, name string) *batchv1.Job {
	t.Helper()
	found, ok := objects[name].(*batchv1.Job)
	if !ok {
		t.Fatalf("there is no Job %s", name)
	}
	return found
}

func TestManifestsDecodeStrictly(t *testing.T) {
	for _, name := range []string{"journals.yaml", "shards.yaml", "merge.yaml"} {
		text, err := os.ReadFile(filepath.Join("base", name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMisspeltFieldsAreRefused(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("base", "shards.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"completionMode", "podReplacementPolicy", "backoffLimitPerIndex", "readOnlyRootFilesystem", "runAsNonRoot"} {
		misspelt := strings.Replace(string(text), field+":", field+"s:", 1)
		if _, err := decode([]byte(misspelt)); err == nil || !strings.Contains(err.Error(), field+"s") {
			t.Errorf("%ss: error %v, want one that names the field", field, err)
		}
	}
}

func TestShardsAndMergeAgree(t *testing.T) {
	objects := render(t)
	shards, merge := job(t, objects, "imagesearch-shards"), job(t, objects, "imagesearch-merge")
	count := *shards.Spec.Completions
	args := shards.Spec.Template.Spec.Containers[0].Args
	if want := fmt.Sprintf("--shard=$(SHARD)/%d", count); !slices.Contains(args, want) {
		t.Errorf("arguments %q, want %q", args, want)
	}
	var got, want []string
	for _, arg := range merge.Spec.Template.Spec.Containers[0].Args {
		if dir, ok := strings.CutPrefix(arg, "--from-journal="); ok {
			got = append(got, dir)
		}
	}
	for index := range count {
		want = append(want, fmt.Sprintf("/journals/%d", index))
	}
	if !slices.Equal(got, want) {
		t.Errorf("merge reads %q, want %q", got, want)
	}
}

func TestPodsAreConfined(t *testing.T) {
	objects := render(t)
	for _, name := range []string{"imagesearch-shards", "imagesearch-merge"} {
		pod := job(t, objects, name).Spec.Template.Spec
		container := pod.Containers[0]
		switch {
		case !*pod.SecurityContext.RunAsNonRoot, *pod.AutomountServiceAccountToken:
			t.Errorf("%s: want a user other than root and no token of a service account", name)
		case !*container.SecurityContext.ReadOnlyRootFilesystem, *container.SecurityContext.AllowPrivilegeEscalation:
			t.Errorf("%s: want a read-only root file system and no more privileges", name)
		case container.Resources.Requests.Memory().IsZero(), container.Resources.Limits.Memory().IsZero():
			t.Errorf("%s: want requests and limits of memory", name)
		}
		for _, env := range container.Env {
			if env.ValueFrom == nil || env.ValueFrom.FieldRef == nil {
				t.Errorf("%s: variable %s: want secrets in files, not in the environment", name, env.Name)
			}
		}
	}
}
