package aliyunswas_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunswas.API(), aliyunswas.Details)
}
