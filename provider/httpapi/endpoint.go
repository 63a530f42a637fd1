package httpapi

import (
	"net"
	"net/url"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// Endpoint returns the address to ask: the configured one, or the documented
// one. The configured one must be an absolute http or https address without
// query; plain http is refused except on this machine, or where it is allowed.
func Endpoint(c provider.Config, documented string) (*url.URL, error) {
	text := c.Endpoint
	if text == "" {
		text = documented
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, badEndpoint("want an address such as https://api.example.com/")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, badEndpoint("want scheme, host and path only; credentials belong to Config.Credentials")
	case u.Scheme == "http" && !c.AllowHTTP && !isLoopback(u.Hostname()):
		return nil, badEndpoint("plain http would show the access key to the network; use https, or set AllowHTTP")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// badEndpoint does not repeat the address, which may hold a password.
func badEndpoint(remedy string) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: "Config.Endpoint: " + remedy}
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
