package terraform

import (
	tfprovider "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/imagequery/imagequery/provider"
)

// NewConfigured returns the provider with a function that changes the configuration of
// each client.
func NewConfigured(configure func(*provider.Config)) tfprovider.Provider {
	return &imageProvider{version: "test", configure: configure}
}
