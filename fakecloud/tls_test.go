package fakecloud_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/imagequery/imagequery/fakecloud"
)

// serveTLS starts a server and returns a client that reaches it under every name, and
// trusts its authority only.
func serveTLS(t *testing.T, cloud *fakecloud.Cloud, addr string) (*fakecloud.Server, *http.Transport) {
	t.Helper()
	server, err := cloud.ListenTLS(addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(server.CA()) {
		t.Fatalf("no certificate in %q", server.CA())
	}
	rt := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { // every name is this server
			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(server.URL(), "https://"))
		},
	}
	t.Cleanup(rt.CloseIdleConnections)
	return server, rt
}

func TestTLSServesHostsOfTheVendors(t *testing.T) {
	op := operations()[0]
	server, rt := serveTLS(t, op.cloud(t), "")
	for _, base := range []string{
		server.URL(), "https://localhost", "https://ecs.aliyuncs.com", "https://ecs.cn-hangzhou.aliyuncs.com",
		"https://location-readonly.aliyuncs.com", "https://api.qingcloud.com",
	} {
		if got := fetch(rt, op.request(t.Context(), base, 1, 1)); got.code() != "200" {
			t.Errorf("%s: %+v", base, got)
		}
	}
	if !strings.HasPrefix(server.URL(), "https://127.0.0.1:") {
		t.Errorf("URL is %s", server.URL())
	}
}

// A client that connects to an address names no host.
func TestTLSCertificateOfAddresses(t *testing.T) {
	server, rt := serveTLS(t, newCloud(t, fakecloud.World{}), "")
	conn, err := tls.Dial("tcp", strings.TrimPrefix(server.URL(), "https://"), rt.TLSClientConfig)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := conn.ConnectionState().PeerCertificates[0].VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

// The authority must not be able to speak for other hosts.
func TestTLSRefusesOtherHosts(t *testing.T) {
	op := operations()[0]
	_, rt := serveTLS(t, op.cloud(t), "")
	for _, base := range []string{"https://example.com", "https://aliyuncs.com.example.com", "https://fakealiyuncs.com"} {
		if resp, err := rt.RoundTrip(op.request(t.Context(), base, 1, 1)); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s is served", base)
		}
	}
}

// Each host has a tunnel of its own, and a tunnel carries several requests.
func TestTLSServerIsAProxyForHostsOfTheVendors(t *testing.T) {
	op := operations()[0]
	server, rt := serveTLS(t, op.cloud(t), "")
	proxy, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	rt.DialContext, rt.Proxy = nil, http.ProxyURL(proxy)
	for _, base := range []string{"https://ecs.cn-hangzhou.aliyuncs.com", "https://ecs.cn-hangzhou.aliyuncs.com", "https://api.qingcloud.com", "http://ecs.aliyuncs.com"} {
		if got := fetch(rt, op.request(t.Context(), base, 1, 1)); got.code() != "200" {
			t.Errorf("%s: %+v", base, got)
		}
	}
	resp, err := rt.RoundTrip(op.request(t.Context(), "https://example.com", 1, 1))
	if err == nil {
		_ = resp.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("example.com: %v, want Forbidden", err)
	}
	if err := server.Close(); err != nil { // the tunnels are open
		t.Error(err)
	}
	rt.DisableKeepAlives = true
	if resp, err := rt.RoundTrip(op.request(t.Context(), "https://ecs.cn-hangzhou.aliyuncs.com", 1, 1)); err == nil {
		_ = resp.Body.Close()
		t.Error("the server still answers")
	}
}

func TestAuthorityIsConstrained(t *testing.T) {
	server, _ := serveTLS(t, newCloud(t, fakecloud.World{}), "")
	block, rest := pem.Decode(server.CA())
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		t.Fatalf("CA is %q", server.CA())
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !cert.PermittedDNSDomainsCritical || len(cert.PermittedDNSDomains) != 3 || len(cert.PermittedIPRanges) != 2 || !cert.IsCA {
		t.Errorf("the authority is not constrained: %v %v", cert.PermittedDNSDomains, cert.PermittedIPRanges)
	}
	plain, err := newCloud(t, fakecloud.World{}).Listen("")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if ca := plain.CA(); ca != nil {
		t.Errorf("a server without TLS has the authority %q", ca)
	}
}

// Over TLS the Location service says HTTPS.
func TestTLSEndpointsAreHTTPS(t *testing.T) {
	server, rt := serveTLS(t, newCloud(t, ecsWorld()), "")
	values := url.Values(add(common("key", "2015-06-12", "DescribeEndpoints"), "Id=cn-hangzhou", "ServiceCode=ecs"))
	got := send(t, rt, get(t.Context(), server.URL(), signRPC(http.MethodGet, "secret", values)))
	list, _ := at(got.body, "Endpoints", "Endpoint").([]any)
	if len(list) != 1 || at(list[0], "Endpoint") != strings.TrimPrefix(server.URL(), "https://") {
		t.Fatalf("got %v", got.body)
	}
	if protocols, _ := at(list[0], "Protocols", "Protocols").([]any); len(protocols) != 1 || protocols[0] != "HTTPS" {
		t.Errorf("protocols are %v", protocols)
	}
}
