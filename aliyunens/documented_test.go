package aliyunens_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunens.API(), aliyunens.Details)
}
