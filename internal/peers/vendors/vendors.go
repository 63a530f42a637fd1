// Package vendors aims the vendors' own clients at a server on this machine.
package vendors

import (
	"net/http"
	"strings"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ecs"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/ens"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/location"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/sts"
	swas "github.com/aliyun/alibaba-cloud-sdk-go/services/swas-open"
	"github.com/yunify/qingcloud-sdk-go/config"
	qing "github.com/yunify/qingcloud-sdk-go/service"
)

// Account is who asks which server. Clients of Alibaba Cloud must not be made, nor
// one of them be used, by two goroutines at once.
type Account struct {
	URL           string // of the server, without a path
	Region        string // or zone
	KeyID, Secret string
	Token         string            // of a temporary key; empty for a lasting one
	Transport     http.RoundTripper // nil: the client's own
}

// ECS returns the typed client of Elastic Compute Service.
func (a Account) ECS() (*ecs.Client, error) {
	client, err := ecs.NewClientWithOptions(a.Region, a.config(), a.credential())
	if err == nil {
		client.Domain = a.host()
	}
	return client, err
}

// SWAS returns the typed client of Simple Application Server.
func (a Account) SWAS() (*swas.Client, error) {
	client, err := swas.NewClientWithOptions(a.Region, a.config(), a.credential())
	if err == nil {
		client.Domain = a.host()
	}
	return client, err
}

// ENS returns the typed client of Edge Node Service.
func (a Account) ENS() (*ens.Client, error) {
	client, err := ens.NewClientWithOptions(a.Region, a.config(), a.credential())
	if err == nil {
		client.Domain = a.host()
	}
	return client, err
}

// STS returns the typed client of the Security Token Service.
func (a Account) STS() (*sts.Client, error) {
	client, err := sts.NewClientWithOptions(a.Region, a.config(), a.credential())
	if err == nil {
		client.Domain = a.host()
	}
	return client, err
}

// Location returns the typed client of the Location service.
func (a Account) Location() (*location.Client, error) {
	client, err := location.NewClientWithOptions(a.Region, a.config(), a.credential())
	if err == nil {
		client.Domain = a.host()
	}
	return client, err
}

// Qing returns QingCloud's client for images. It knows no token.
func (a Account) Qing() (*qing.ImageService, error) {
	c, err := config.NewWithEndpoint(a.KeyID, a.Secret, a.URL+"/iaas")
	if err != nil {
		return nil, err
	}
	c.Connection = &http.Client{Transport: a.Transport}
	service, err := qing.Init(c)
	if err != nil {
		return nil, err
	}
	return service.Image(a.Region)
}

// config speaks plain http, which is the client's own default.
func (a Account) config() *sdk.Config {
	c := sdk.NewConfig()
	c.Transport = a.Transport
	return c
}

func (a Account) credential() auth.Credential {
	if a.Token != "" {
		return credentials.NewStsTokenCredential(a.KeyID, a.Secret, a.Token)
	}
	return credentials.NewAccessKeyCredential(a.KeyID, a.Secret)
}

func (a Account) host() string { return strings.TrimPrefix(a.URL, "http://") }
