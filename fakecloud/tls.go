package fakecloud

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

// certificateLifetime is how long the certificates of a Server are valid.
const certificateLifetime = 30 * 24 * time.Hour

// vendorDomains are the domains of the vendors' hosts.
func vendorDomains() []string { return []string{"aliyuncs.com", "qingcloud.com"} }

// ListenTLS is [Cloud.Listen] for https. The Server makes an authority of its own, and
// certificates for localhost, for loopback addresses, and for every host below
// aliyuncs.com and qingcloud.com that a client names. [Server.CA] returns the
// certificate of the authority, which the client must trust.
//
// The Server is a proxy for https too: a client whose proxy it is (HTTPS_PROXY) reaches
// it as the vendors' hosts. Other hosts are refused.
//
// The private keys exist in the memory of this process only. The authority is valid
// for 30 days and for the names above only, so a client that trusts it still trusts no
// other host of it. Each Server has another authority.
func (c *Cloud) ListenTLS(addr string) (*Server, error) {
	authority, err := newAuthority(time.Now())
	if err != nil {
		return nil, fmt.Errorf("fakecloud: listen: %w", err)
	}
	return c.listen(addr, authority)
}

// CA returns the certificate of the Server's authority in PEM, or nil if the Server
// does not use TLS.
func (s *Server) CA() []byte {
	if s.authority == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.authority.cert.Raw})
}

// authority issues certificates. It is safe for concurrent use.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	leaf *ecdsa.PrivateKey // of all certificates
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	leaf, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := newTemplate("fakecloud test authority", now)
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = append([]string{"localhost"}, vendorDomains()...)
	template.PermittedIPRanges = []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key, leaf: leaf}, err
}

// newTemplate returns a certificate that is valid for its lifetime, and an hour
// earlier for clocks that are behind.
func newTemplate(name string, now time.Time) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // it never fails
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLifetime),
	}
}

// issue returns a certificate for the host that a client names.
func (a *authority) issue(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	template := newTemplate("fakecloud", a.cert.NotBefore.Add(time.Hour))
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	switch name := strings.ToLower(strings.TrimSuffix(hello.ServerName, ".")); {
	case name == "" || name == "localhost":
		template.DNSNames, template.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
		if tcp, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			template.IPAddresses = append(template.IPAddresses, tcp.IP)
		}
	case isVendorHost(name):
		template.DNSNames = []string{name}
	default:
		return nil, fmt.Errorf("fakecloud: no certificate for %q: use localhost, a loopback address, or a host of a vendor", name)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.leaf.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.leaf}, nil
}

// isVendorHost reports whether a name is a host below a vendor's domain.
func isVendorHost(name string) bool {
	for _, domain := range vendorDomains() {
		if strings.HasSuffix(name, "."+domain) {
			return true
		}
	}
	return false
}
