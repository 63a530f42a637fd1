package words_test

import (
	"testing"

	"github.com/imagequery/imagequery/examples/internal/words"
)

func TestNearestWordIsFound(t *testing.T) {
	known := []string{"ubuntu", "centos", "debian", "target", "targets", "created-after", "created-before", "os", "id"}
	for text, want := range map[string]string{
		"ubunut": "ubuntu", "UBUNTU": "ubuntu", "cent-os": "centos", "traget": "target", "targetss": "targets",
		"create-after": "created-after", "created_before": "created-before", "fedora": "", "so": "", "": "", "xyz": "",
	} {
		got, ok := words.Nearest(text, known)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t; want %q", text, got, ok, want)
		}
	}
}
