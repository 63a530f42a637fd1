package qingcloud_test

import (
	"testing"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/qingcloud"
)

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, qingcloud.API(), qingcloud.Details)
}
