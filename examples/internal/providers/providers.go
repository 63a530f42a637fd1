// Package providers lists the clouds that the example commands can ask.
package providers

import (
	"github.com/imagequery/imagequery/aliyunecs"
	"github.com/imagequery/imagequery/aliyunens"
	"github.com/imagequery/imagequery/aliyunswas"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/qingcloud"
)

// The vendors whose accounts can be used.
const (
	Alibaba   = "alibaba"
	QingCloud = "qingcloud"
)

// Provider is one cloud service and how a client of it is made.
type Provider struct {
	Name   string // as in a configuration file
	Vendor string // whose accounts it uses: Alibaba or QingCloud
	Global bool   // one endpoint serves all regions, so naming a region is optional
	Path   string // of its endpoint at a fake cloud
	New    func(provider.Config) (*provider.Client, error)
	NewGET func(provider.Config) (*provider.Client, error) // sends GET requests; nil: there is no choice
}

// All returns a new list of every provider.
func All() []Provider {
	return []Provider{
		{Name: aliyunecs.Name, Vendor: Alibaba, Path: "/", New: aliyunecs.New},
		{Name: aliyunswas.Name, Vendor: Alibaba, Path: "/", New: aliyunswas.New},
		{Name: aliyunens.Name, Vendor: Alibaba, Path: "/", Global: true, New: aliyunens.New},
		{Name: qingcloud.Name, Vendor: QingCloud, Path: "/iaas/", New: qingcloud.New, NewGET: qingcloud.NewGET},
	}
}

// Names returns the name of every provider.
func Names() []string {
	var names []string
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}

// Find returns the provider of a name, and whether there is one.
func Find(name string) (Provider, bool) {
	for _, p := range All() {
		if p.Name == name {
			return p, true
		}
	}
	return Provider{}, false
}
