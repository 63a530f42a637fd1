package fakecloud

// FaultKind is what a [Fault] does. Its text is the word in JSON. In the comments
// below, a number in brackets after a field is what the zero value of that field
// means.
type FaultKind string

// Faults of the gateway act before the service sees a request. They act on any
// request, also one without an account or with an unknown operation.
const (
	// Latency delays the response by Wait, and by a random part of Jitter.
	Latency FaultKind = "latency"
	// Hang sends no response until the client cancels the request.
	Hang FaultKind = "hang"
	// Reset resets the connection before the response.
	Reset FaultKind = "reset"
	// HTMLPage sends the HTML error page of a gateway with Status (502).
	HTMLPage FaultKind = "html"
	// LongURL sends the HTML error page of a gateway with status 414 if the request
	// target, which is the path with the query, has more than Bytes (8192).
	LongURL FaultKind = "long_url"
	// Replay sends Status (200), Header and Body unchanged. The emulator adds the
	// length and the date.
	Replay FaultKind = "replay"
	// ClockSkew adds Wait to the clock of the service; Wait may be negative.
	ClockSkew FaultKind = "clock_skew"
)

// Faults of the service respond with an error of the vendor. They act on authentic
// requests only; other requests get the error for what is wrong with them.
const (
	// Throttle responds with status 400 and Throttling.User at Alibaba, and with
	// status 200 and 2500 at QingCloud. Status, Code and Message replace these.
	// With Rate, only requests above Rate in every Per (a second) are throttled,
	// counted by account, region and action. RetryAfter and RateLimit add headers
	// that say when to retry.
	Throttle FaultKind = "throttle"
	// ServerError responds with status 500 and InternalError at Alibaba, or with
	// ServiceUnavailable if Status is 503, and with status 200 and 5000 at
	// QingCloud. Status, Code and Message replace these. RetryAfter and RateLimit
	// add headers that say when to retry.
	ServerError FaultKind = "server_error"
	// ExpiredToken responds with InvalidSecurityToken.Expired at Alibaba, and with
	// 2000 at QingCloud.
	ExpiredToken FaultKind = "expired_token"
	// UnknownKey responds with InvalidAccessKeyId.NotFound at Alibaba, and with
	// 1200 at QingCloud.
	UnknownKey FaultKind = "unknown_key"
	// UnknownRegion responds with InvalidRegionId.NotFound at ECS and SWAS, with
	// InvalidParameter.RegionId at ENS, and with 1100 at QingCloud.
	UnknownRegion FaultKind = "unknown_region"
	// IgnoreParams responds as if the parameters in Names had not been sent.
	IgnoreParams FaultKind = "ignore_params"
)

// Faults of the world change the images before the request selects them. The
// change is permanent.
const (
	// InsertImages adds Images to what the account sees. Without Images, it adds
	// Count (1) copies of an image that the request selects: newer than all of
	// these, or with the time of any of them if Anywhere is set.
	InsertImages FaultKind = "insert"
	// DeleteImages deletes the images with the IDs, of those that the request
	// selects. Without IDs, it deletes Count (1) of these: the newest, or any if
	// Anywhere is set.
	DeleteImages FaultKind = "delete"
)

// Faults of the page change a response with a list. Other responses stay as they
// are.
const (
	TotalMissing FaultKind = "total_missing" // the total is left out
	TotalZero    FaultKind = "total_zero"    // the total is 0
	TotalAdd     FaultKind = "total_add"     // Count is added to the total; it may be negative
	TotalDrift   FaultKind = "total_drift"   // Count (1) is added to the total once more for each time that the fault acted before
	TotalFirst   FaultKind = "total_first"   // the total is left out on all pages but the first
	TotalText    FaultKind = "total_text"    // total, page number and page size are strings
	TotalNumber  FaultKind = "total_number"  // total, page number and page size are numbers

	PageCap       FaultKind = "page_cap"       // only the first Count rows of a page are sent; the others are on no page
	PageClamp     FaultKind = "page_clamp"     // a page size above Count becomes Count, also in the response
	PageShort     FaultKind = "page_short"     // the last Count (1) rows of the page are left out
	PageEmpty     FaultKind = "page_empty"     // the page has no rows
	PageRepeat    FaultKind = "page_repeat"    // the page has the rows of the page before it
	PageFirst     FaultKind = "page_first"     // the page has the rows of the first page
	PageExtend    FaultKind = "page_extend"    // the next Count (1) rows stand on the page, too
	PageFilter    FaultKind = "page_filter"    // every Count-th row of the listing is left out of its page, and of the total
	DuplicateRows FaultKind = "duplicate_rows" // the first Count (1) rows of the page are sent twice
	RepeatRows    FaultKind = "repeat_rows"    // the first row of the listing stands in place of the last Count (1) rows of the page
	UnstableOrder FaultKind = "unstable_order" // rows with the same creation time change places, in each request anew
)

// Faults of the body act on any response, whatever its body is. They act after the
// first Bytes of the body; a negative Bytes counts from its end.
const (
	// HangBody sends nothing more until the client cancels the request.
	HangBody FaultKind = "hang_body"
	// ResetBody resets the connection.
	ResetBody FaultKind = "reset_body"
	// Truncate closes the connection before the body is as long as Content-Length
	// says.
	Truncate FaultKind = "truncate"
	// ShortBody ends the body. Content-Length is the length of the part that is
	// sent.
	ShortBody FaultKind = "short_body"
	// Cut closes the connection within a chunked body.
	Cut FaultKind = "cut"
	// Garbage replaces the rest of the body by random bytes.
	Garbage FaultKind = "garbage"
	// GzipBomb replaces the body by spaces that are compressed about a thousandfold
	// and inflate to Bytes (1 GiB).
	GzipBomb FaultKind = "gzip_bomb"
	// Trickle sends the body in pieces of Bytes (1). It waits between them for Wait
	// and a random part of Jitter.
	Trickle FaultKind = "trickle"
	// Endless sends spaces instead of the last byte of the body, without end.
	Endless FaultKind = "endless"
)

// stage is the point in the processing of a request at which a fault acts.
type stage int

const (
	stageClock stage = iota + 1
	stageGateway
	stageService
	stageParams
	stageWorld
	stagePage
	stageBody
)

// kindSpec describes a kind of fault.
type kindSpec struct {
	stage    stage
	operands string // the names in JSON of the fields that it reads
	needs    string // one of these fields must be set
}

func (k FaultKind) spec() kindSpec {
	switch k {
	case Latency:
		return kindSpec{stageGateway, "wait jitter", "wait jitter"}
	case Hang, Reset:
		return kindSpec{stageGateway, "", ""}
	case HTMLPage:
		return kindSpec{stageGateway, "status", ""}
	case LongURL:
		return kindSpec{stageGateway, "bytes", ""}
	case Replay:
		return kindSpec{stageGateway, "status header body", ""}
	case ClockSkew:
		return kindSpec{stageClock, "wait", "wait"}
	case Throttle:
		return kindSpec{stageService, "status code message retry_after rate_limit rate per", ""}
	case ServerError:
		return kindSpec{stageService, "status code message retry_after rate_limit", ""}
	case ExpiredToken, UnknownKey, UnknownRegion:
		return kindSpec{stageService, "", ""}
	case IgnoreParams:
		return kindSpec{stageParams, "names", "names"}
	case InsertImages:
		return kindSpec{stageWorld, "images count anywhere", ""}
	case DeleteImages:
		return kindSpec{stageWorld, "ids count anywhere", ""}
	case TotalMissing, TotalZero, TotalFirst, TotalText, TotalNumber, PageEmpty, PageRepeat, PageFirst, UnstableOrder:
		return kindSpec{stagePage, "", ""}
	case TotalAdd, PageCap, PageClamp, PageFilter:
		return kindSpec{stagePage, "count", "count"}
	case TotalDrift, PageShort, PageExtend, DuplicateRows, RepeatRows:
		return kindSpec{stagePage, "count", ""}
	case HangBody, ResetBody, Truncate, ShortBody, Cut, Garbage, GzipBomb:
		return kindSpec{stageBody, "bytes", ""}
	case Trickle:
		return kindSpec{stageBody, "bytes wait jitter", "wait jitter"}
	case Endless:
		return kindSpec{stageBody, "", ""}
	}
	return kindSpec{}
}
