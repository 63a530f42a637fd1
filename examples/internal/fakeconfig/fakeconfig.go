// Package fakeconfig configures imagesearch, and programs with the same targets, for
// fake clouds.
package fakeconfig

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/fakecloud"
)

// sampleURL is the address of the sample cloud. It is the same in every run, since a
// journal belongs to an endpoint; no connection is made to it.
const sampleURL = "http://127.0.0.1"

// Sample returns the targets of the sample world, which is served in this process.
func Sample(options *targets.Options) ([]targets.Target, error) {
	world := fakecloud.Sample()
	cloud, err := fakecloud.New(world)
	if err != nil {
		return nil, err
	}
	text, err := YAML(world, sampleURL)
	if err != nil {
		return nil, err
	}
	loaded, err := targets.Parse("sample cloud", text, options)
	for i := range loaded {
		loaded[i].Config.HTTPClient = &http.Client{Transport: cloud.Transport()}
	}
	return loaded, err
}

type file struct {
	Targets []entry `yaml:"targets"`
}

type entry struct {
	Name        string      `yaml:"name"`
	Provider    string      `yaml:"provider"`
	Regions     []string    `yaml:"regions,omitempty,flow"`
	Account     string      `yaml:"account"`
	Endpoint    string      `yaml:"endpoint"`
	Credentials credentials `yaml:"credentials"`
}

type credentials struct {
	AccessKeyID     string `yaml:"access_key_id"`
	AccessKeySecret string `yaml:"access_key_secret"`
	SecurityToken   string `yaml:"security_token,omitempty"`
}

// YAML returns a configuration for every account of a world that is served at
// url: the regions where the account has images, or every region of the provider
// if it has none anywhere. An account without a working key is left out.
func YAML(w fakecloud.World, url string) ([]byte, error) {
	var f file
	for _, account := range w.Accounts {
		key, ok := workingKey(account)
		if !ok {
			continue
		}
		for _, p := range providers.All() {
			regions := regionsOf(w, account, p.Name)
			if len(regions) == 0 {
				continue
			}
			f.Targets = append(f.Targets, newEntry(account.Name, p, regions, url, key))
		}
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	err := errors.Join(encoder.Encode(f), encoder.Close())
	return b.Bytes(), err
}

func newEntry(account string, p providers.Provider, regions []string, url string, key fakecloud.Key) entry {
	if p.Global {
		regions = nil
	}
	return entry{
		Name:        account + "-" + strings.TrimPrefix(p.Name, "aliyun"),
		Provider:    p.Name,
		Regions:     regions,
		Account:     account,
		Endpoint:    url + p.Path,
		Credentials: credentials{key.ID, key.Secret, key.Token},
	}
}

func workingKey(account fakecloud.Account) (fakecloud.Key, bool) {
	at := slices.IndexFunc(account.Keys, func(k fakecloud.Key) bool { return !k.Disabled && !k.Expired && !k.Denied })
	if at < 0 {
		return fakecloud.Key{}, false
	}
	return account.Keys[at], true
}

// regionsOf are a provider's regions for an account, in the order of the world.
func regionsOf(w fakecloud.World, account fakecloud.Account, provider string) []string {
	images := account.Images
	var regions []string
	if len(images) == 0 {
		images, regions = w.Images, slices.Clone(w.Regions[provider])
	}
	for _, m := range images {
		if m.Provider == provider && !slices.Contains(regions, m.Region) {
			regions = append(regions, m.Region)
		}
	}
	return regions
}
