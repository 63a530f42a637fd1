package provider

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Config configures one client: one account of one provider in one region. The
// zero value of a field means its default.
type Config struct {
	// Region is the region or zone. It is required if the API has regions.
	Region string

	// Endpoint replaces the documented address, such as
	// "https://ecs-vpc.{region}.aliyuncs.com/". Its path is kept, and {region} is
	// replaced by Region.
	Endpoint string

	// EndpointType chooses among the documented addresses if Endpoint is empty:
	// "vpc" for those inside the provider's private networks, "public" for the
	// others. If it is empty, an environment variable of the provider's tools decides,
	// which the New function of the adapter names; otherwise it is "public".
	EndpointType string

	// AllowHTTP allows an Endpoint with plain http on a host that is not loopback.
	AllowHTTP bool

	// Credentials provides the keys that sign the requests. Nil means the default
	// sources of the adapter, which its package documentation lists. The adapter's
	// New function then fails with [Unauthenticated] if no source is configured.
	Credentials CredentialsProvider

	// HTTPClient sends the requests; it is neither changed nor closed. Its Timeout
	// bounds one attempt. Its redirect policy is not used: a signed request follows
	// no redirect. Nil means one tuned client that all targets share. A transport that
	// ignores the context of a request delays no caller; it may still run afterwards.
	HTTPClient *http.Client

	// Logger receives records about requests, retries and changed listings, never
	// a secret. Nil disables logging.
	Logger *slog.Logger

	// Retry limits the retries of each request.
	Retry Retry

	// Budget limits the requests of an account. All clients of the account share
	// the pointer. Nil means no limit.
	Budget *Budget

	// UserAgent is put before the library's own name in the User-Agent header.
	UserAgent string

	// Listing configures how listings are read. [New] uses it and the Logger only.
	Listing Listing
}

// Listing configures how a [Client] reads the pages of a listing. The zero value
// is a good default.
type Listing struct {
	// PageSize is the number of images to request per page. 0, or more than the
	// documented maximum, means that maximum.
	PageSize int

	// Prefetch is the number of pages that may be requested ahead of the page
	// that is being consumed; 0 means 16. Prefetching starts when the consumer
	// has taken the first image. It is off while a limit applies to locally
	// checked predicates.
	Prefetch int

	// Confirm says which listings are scanned again to confirm that no image is
	// missing. The zero value is [ConfirmAuto].
	Confirm ConfirmMode

	// TrustTotals ends a scan when the number of different images reaches the server's
	// total, without the request that proves the end. It saves one request if the last
	// page is full, and misses images if the total is too low. It is
	// [InvalidArgument] with [ConfirmAlways], and has no effect on pages with tokens.
	TrustTotals bool

	// KeepNative keeps [image.Image.Native], the provider's own record, which
	// the Details functions of the adapters need. It costs memory: the record is
	// often larger than the image.
	KeepNative bool
}

// Retry limits the retries of one request. Each attempt has a fresh signature. A client
// that has sent 100 retries stops retrying until requests succeed: each success allows the
// retries of that request again, and every five successes one more.
type Retry struct {
	Attempts       int           // largest number of attempts, including the first; 0: 5
	AttemptTimeout time.Duration // of one attempt, with the wait for credentials and without that for the budget, to the end of the body; 0: 60 seconds
	MaxWait        time.Duration // longest wait between two attempts, also if the server asks for more; 0: 65 seconds
}

// WithDefaults returns a copy of the configuration with the defaults that all
// adapters share.
func (c Config) WithDefaults() Config {
	setDefault(&c.Listing.Prefetch, 16)
	setDefault(&c.Retry.Attempts, 5)
	setDefault(&c.Retry.AttemptTimeout, time.Minute)
	setDefault(&c.Retry.MaxWait, 65*time.Second)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Patterns have no counts such as {0,253}: they take a millisecond to compile, in each
// program that imports the package.
var regionPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

const maxRegion = 255 // bytes

// Validate reports the first bad value as [InvalidArgument]: a region with
// characters that no region has, or a negative bound. Adapters check the endpoint and
// the credentials besides, and a region that they put into a host name.
func (c Config) Validate() error {
	if c.Region != "" && (len(c.Region) > maxRegion || !regionPattern.MatchString(c.Region)) {
		return badConfig("Region", c.Region, "want letters, digits, and inner hyphens, dots and underscores, such as cn-hangzhou or RegionOne")
	}
	if strings.ContainsFunc(c.UserAgent, unicode.IsControl) {
		return badConfig("UserAgent", strconv.Quote(c.UserAgent), "control characters cannot stand in a header; leave them out")
	}
	if !slices.Contains([]string{"", "public", "vpc"}, c.EndpointType) {
		return badConfig("EndpointType", c.EndpointType, "want vpc, public, or nothing")
	}
	if err := c.Listing.validate(); err != nil {
		return err
	}
	if err := checkBounds(
		bound{"Retry.Attempts", int64(c.Retry.Attempts)},
		bound{"Retry.AttemptTimeout", int64(c.Retry.AttemptTimeout)},
		bound{"Retry.MaxWait", int64(c.Retry.MaxWait)},
	); err != nil {
		return err
	}
	if b := c.Budget; b != nil && (!(b.PerSecond >= 0) || b.Burst < 0 || b.InFlight < 0) {
		return badConfig("Budget", fmt.Sprintf("%g a second, burst %d, %d in flight", b.PerSecond, b.Burst, b.InFlight), "negative; leave a bound 0 for any number")
	}
	return nil
}

func (l Listing) validate() error {
	if err := checkBounds(bound{"Listing.PageSize", int64(l.PageSize)}, bound{"Listing.Prefetch", int64(l.Prefetch)}); err != nil {
		return err
	}
	switch {
	case l.Confirm > ConfirmNever:
		return badConfig("Listing.Confirm", l.Confirm, "want ConfirmAuto, ConfirmAlways or ConfirmNever")
	case l.TrustTotals && l.Confirm == ConfirmAlways:
		return badConfig("Listing.TrustTotals", l.TrustTotals, "it does not go with ConfirmAlways, which trusts no total; choose one of them")
	default:
		return nil
	}
}

// bound is a field that must not be negative.
type bound struct {
	field string
	value int64
}

func checkBounds(bounds ...bound) error {
	for _, b := range bounds {
		if b.value < 0 {
			return badConfig(b.field, b.value, "negative; leave it 0 for the default")
		}
	}
	return nil
}

func badConfig(field string, value any, remedy string) error {
	return &Error{Kind: InvalidArgument, Message: fmt.Sprintf("Config.%s %q: %s", field, fmt.Sprint(value), remedy)}
}
