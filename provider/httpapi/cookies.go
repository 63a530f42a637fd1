package httpapi

import (
	"net/http"
	"net/url"
)

// withCookies is a transport that sends the cookies of a user's jar and stores those of
// responses in it. The jar is code of the user and may block or panic, so it is called
// where transports are called. The URLs that it gets have no query.
type withCookies struct {
	next http.RoundTripper
	jar  http.CookieJar
}

func (t withCookies) RoundTrip(r *http.Request) (*http.Response, error) {
	at := &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: r.URL.Path, RawPath: r.URL.RawPath}
	if cookies := t.jar.Cookies(at); len(cookies) > 0 {
		r = r.Clone(r.Context())
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
	}
	response, err := t.next.RoundTrip(r)
	if response != nil {
		if cookies := response.Cookies(); len(cookies) > 0 {
			t.jar.SetCookies(at, cookies)
		}
	}
	return response, err
}
