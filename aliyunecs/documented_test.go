package aliyunecs_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

// TestDocumented finds everything that is documented in the tables.
func TestDocumented(t *testing.T) {
	adaptertest.Documented(t, aliyunecs.API(), aliyunecs.Details)
}
