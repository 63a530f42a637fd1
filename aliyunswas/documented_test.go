package aliyunswas_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

// TestDocumented finds everything that is documented in the tables.
func TestDocumented(t *testing.T) {
	adaptertest.Documented(t, aliyunswas.API(), aliyunswas.Details)
}
