package aliyunecs_test

import (
	"testing"

	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider/providertest"
)

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.ECS(aliyunecs.New)) }
