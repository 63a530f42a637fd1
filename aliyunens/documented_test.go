package aliyunens_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

// TestDocumented finds everything that is documented in the tables.
func TestDocumented(t *testing.T) {
	adaptertest.Documented(t, aliyunens.API(), aliyunens.Details)
}
