// Package httpapi sends the signed requests of all adapters: one retrying sender
// over go-retryablehttp. Each attempt is signed afresh, waits for the account's
// budget, has its own timeout, and has its answer read whole and within bounds
// before anybody looks at it. The signed address exists only below the HTTP
// client, so that no error and no log of the layers above can hold it.
package httpapi
