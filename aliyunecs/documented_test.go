package aliyunecs_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/internal/adaptertest"
)

func TestTablesHaveEveryDocumentedParameterAndField(t *testing.T) {
	adaptertest.Documented(t, aliyunecs.API(), aliyunecs.Details)
}
