package qingcloud_test

import (
	"testing"

	"github.com/imagequery/imagequery/internal/adaptertest"
	"github.com/imagequery/imagequery/provider/providertest"
	"github.com/imagequery/imagequery/qingcloud"
)

func TestConformance(t *testing.T) { providertest.Run(t, adaptertest.QingCloud(qingcloud.New)) }
