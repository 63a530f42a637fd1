package httpapi

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/imagequery/imagequery/provider"
)

// Endpoint returns Config.Endpoint, or the documented address if it is empty. It must
// be an absolute http or https URL without a query; {region} in it is replaced by
// Config.Region. Plain http is refused unless the host is loopback or
// Config.AllowHTTP is set. The Kind of an error is InvalidArgument.
func Endpoint(c provider.Config, documented string) (*url.URL, error) {
	text := documented
	if c.Endpoint != "" {
		var err error
		if text, err = withRegion(c.Endpoint, c.Region); err != nil {
			return nil, err
		}
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

// withRegion replaces {region}, the only placeholder.
func withRegion(endpoint, region string) (string, error) {
	const placeholder = "{region}"
	if region == "" && strings.Contains(endpoint, placeholder) {
		return "", badEndpoint("it contains {region}, and Config.Region is empty; set Config.Region, or write the region")
	}
	if strings.Contains(endpoint, placeholder) && !isHostLabel(region) {
		return "", badRegion(region, "Config.Endpoint contains {region}: want letters, digits and inner hyphens, or write the region into the endpoint")
	}
	endpoint = strings.ReplaceAll(endpoint, placeholder, region)
	if strings.ContainsAny(endpoint, "{}") {
		return "", badEndpoint("the only placeholder is {region}, in lower case")
	}
	return endpoint, nil
}

var labelPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// isHostLabel reports whether a text can be a part of a host name.
func isHostLabel(text string) bool { return len(text) <= 63 && labelPattern.MatchString(text) }

// CheckRegion reports a region that cannot be part of a host name, as
// [provider.InvalidArgument]: it must be lower-case letters, digits and inner hyphens,
// at most 63 bytes. An empty region is valid. Name is that of the provider. An adapter whose API.Endpoint puts the
// region into a host name calls it first, since Config.Validate allows more.
func CheckRegion(name, region string) error {
	if region == "" || isHostLabel(region) && region == strings.ToLower(region) {
		return nil
	}
	e := badRegion(region, "want lower-case letters, digits and inner hyphens, such as cn-hangzhou")
	e.Provider, e.Region = name, region
	return e
}

func badRegion(region, remedy string) *provider.Error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: fmt.Sprintf("Config.Region %q: %s", region, remedy)}
}

// badEndpoint does not repeat the address, which may hold a password.
func badEndpoint(remedy string) error {
	return &provider.Error{Kind: provider.InvalidArgument, Message: "Config.Endpoint: " + remedy}
}

// checkHome refuses to send the credentials of another cloud to the public one.
func (a API) checkHome(c provider.Credentials, to *url.URL) error {
	if c.Endpoint == "" || a.PublicDomain == "" || !isInside(to.Hostname(), a.PublicDomain) {
		return nil
	}
	address := c.Endpoint
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	home, err := url.Parse(address)
	switch {
	case err != nil:
		home = &url.URL{}
	case isInside(home.Hostname(), a.PublicDomain):
		return nil
	}
	return &provider.Error{Kind: provider.Unauthenticated, Message: fmt.Sprintf(
		"the credentials belong to %s and are not sent to %s: set Config.Endpoint to the address they belong to", home.Redacted(), to.Host)}
}

// isInside reports whether a host is a domain or one inside of it.
func isInside(host, domain string) bool {
	return strings.HasSuffix("."+strings.ToLower(strings.TrimSuffix(host, ".")), "."+domain)
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
