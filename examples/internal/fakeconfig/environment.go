package fakeconfig

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/imagequery/imagequery/examples/internal/providers"
	"github.com/imagequery/imagequery/fakecloud"
)

// Environment returns lines for a shell that point the vendors' clients to a world
// which is served at an address: the variables of the first account with images of
// Alibaba Cloud, and as comments what the clients have no variables for. Ca is the
// file with the certificate of the server's authority, or empty without TLS. A key
// that has other characters than printable ASCII gets no lines.
func Environment(w fakecloud.World, address, ca string) ([]string, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	lines := []string{"# any program that cannot be given an endpoint: HTTP_PROXY=" + address}
	if ca != "" {
		lines[0] += " HTTPS_PROXY=" + address
	}
	lines = append(lines, authorityLines(ca)...)
	if account, region, ok := firstAccount(w, providers.Alibaba); ok {
		lines = append(lines, alibabaLines(at, account, region)...)
	}
	if account, zone, ok := firstAccount(w, providers.QingCloud); ok {
		lines = append(lines, qingLines(at, account, zone)...)
	}
	return lines, nil
}

// client is an account with the key that its clients use.
type client struct {
	name string
	key  fakecloud.Key
}

// firstAccount returns the first account that has a key and regions at a vendor, with
// the first of these regions.
func firstAccount(w fakecloud.World, vendor string) (client, string, bool) {
	for _, p := range providers.All() {
		for _, account := range w.Accounts {
			key, ok := workingKey(account)
			regions := regionsOf(w, account, p.Name)
			if p.Vendor == vendor && !p.Global && ok && len(regions) > 0 && printable(account.Name, key.ID, key.Secret, key.Token, regions[0]) {
				return client{account.Name, key}, regions[0], true
			}
		}
	}
	return client{}, "", false
}

// printable reports whether texts fit on a line of any shell.
func printable(texts ...string) bool {
	for _, text := range texts {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			return false
		}
	}
	return true
}

func authorityLines(ca string) []string {
	if ca == "" {
		return nil
	}
	return []string{
		"# trust the authority of this server: Go, curl, Node.js, Python",
		export("SSL_CERT_FILE", ca), export("CURL_CA_BUNDLE", ca), export("NODE_EXTRA_CA_CERTS", ca), export("REQUESTS_CA_BUNDLE", ca),
	}
}

func alibabaLines(at *url.URL, c client, region string) []string {
	lines := []string{
		fmt.Sprintf("# Alibaba Cloud, account %q: SDKs, aliyun, imagesearch", c.name),
		export("ALIBABA_CLOUD_ACCESS_KEY_ID", c.key.ID), export("ALIBABA_CLOUD_ACCESS_KEY_SECRET", c.key.Secret),
	}
	if c.key.Token != "" {
		lines = append(lines, export("ALIBABA_CLOUD_SECURITY_TOKEN", c.key.Token))
	}
	lines = append(lines,
		export("ALIBABA_CLOUD_REGION_ID", region), export("ALIBABA_CLOUD_ENDPOINT", at.Host),
		"# Terraform, with protocol = "+strings.ToUpper(at.Scheme)+" in the provider block; Packer, with custom_endpoint_ecs = "+at.Host,
		export("ALICLOUD_ACCESS_KEY", c.key.ID), export("ALICLOUD_SECRET_KEY", c.key.Secret), export("ALICLOUD_REGION", region),
	)
	if c.key.Token != "" {
		lines = append(lines, export("ALICLOUD_SECURITY_TOKEN", c.key.Token), export("SECURITY_TOKEN", c.key.Token))
	}
	for _, service := range []string{"ECS", "STS", "LOCATION"} {
		lines = append(lines, export("ALIBABA_CLOUD_ENDPOINT_"+service, at.Host), export(service+"_ENDPOINT", at.Host))
	}
	return lines
}

// qingLines are those of a file, since the vendor's clients read no variables.
func qingLines(at *url.URL, c client, zone string) []string {
	return []string{
		fmt.Sprintf("# QingCloud, account %q: lines of a configuration, as in ~/.qingcloud/config.yaml", c.name),
		"#   qy_access_key_id: " + quoteYAML(c.key.ID), "#   qy_secret_access_key: " + quoteYAML(c.key.Secret),
		"#   zone: " + quoteYAML(zone),
		"#   host: " + quoteYAML(at.Hostname()), "#   port: " + at.Port(), "#   protocol: " + at.Scheme, "#   uri: /iaas",
	}
}

func export(name, value string) string {
	if strings.ContainsFunc(value, func(r rune) bool {
		return !strings.ContainsRune("-_./:,+=@", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
	}
	return "export " + name + "=" + value
}

func quoteYAML(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
