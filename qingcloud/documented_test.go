package qingcloud_test

import (
	"testing"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/qingcloud"
)

// TestDocumented finds everything that is documented in the tables.
func TestDocumented(t *testing.T) {
	adaptertest.Documented(t, qingcloud.API(), qingcloud.Details)
}
