package fakecloud

// FaultKind is what a [Fault] does. Its text is the word in JSON.
type FaultKind string

// Effects on the way in, before the service looks at a request. They need no
// account and no operation that the emulator knows.
const (
	// Latency holds the answer back for Wait, and up to Jitter longer.
	Latency FaultKind = "latency"
	// Hang never answers: the client gives up.
	Hang FaultKind = "hang"
	// Reset resets the connection before any answer.
	Reset FaultKind = "reset"
	// HTMLPage is the error page of a gateway, with Status (502).
	HTMLPage FaultKind = "html"
	// Replay answers with Status (200), Header and Body, as they are. Length and date
	// are added.
	Replay FaultKind = "replay"
	// ClockSkew sets the clock of the service ahead by Wait, or back.
	ClockSkew FaultKind = "clock_skew"
)

// Effects of the service, in the words of its family. A request that is not
// authentic gets its own refusal instead.
const (
	// Throttle refuses a request: with Rate, only those beyond so many in every Per
	// (a second), counted by account, region and action. It is Throttling.User with
	// status 400 at Alibaba and 2500 in a 200 at QingCloud, unless Status or Code
	// says otherwise. RetryAfter and RateLimit add the hints of the same names.
	Throttle FaultKind = "throttle"
	// ServerError refuses a request with Status and Code: at Alibaba 500 and
	// InternalError, or with status 503 ServiceUnavailable; at QingCloud 5000 in a
	// 200. RetryAfter and RateLimit add hints.
	ServerError FaultKind = "server_error"
	// ExpiredToken refuses the token: InvalidSecurityToken.Expired, or 2000.
	ExpiredToken FaultKind = "expired_token"
	// UnknownKey refuses the access key: InvalidAccessKeyId.NotFound, or 1200.
	UnknownKey FaultKind = "unknown_key"
	// UnknownRegion refuses the region: InvalidRegionId.NotFound, at ENS
	// InvalidParameter.RegionId, at QingCloud 1100.
	UnknownRegion FaultKind = "unknown_region"
	// IgnoreParams answers as if the parameters in Names had not been sent.
	IgnoreParams FaultKind = "ignore_params"
)

// Effects on the world, before the request is answered. What they change stays so.
const (
	// InsertImages adds Images to what the account sees, or without any Count (1)
	// copies of an image that the request finds: newer than all of these, or
	// Anywhere among them.
	InsertImages FaultKind = "insert"
	// DeleteImages removes images that the request finds: those with the IDs, or
	// without any Count (1) of them, the newest or Anywhere.
	DeleteImages FaultKind = "delete"
)

// Effects on the page of a listing. Answers without a list are left alone.
const (
	TotalMissing FaultKind = "total_missing" // no total
	TotalZero    FaultKind = "total_zero"    // a total of 0
	TotalAdd     FaultKind = "total_add"     // the total is Count too high; negative: too low
	TotalDrift   FaultKind = "total_drift"   // the total is Count (1) higher each time that the fault acts, from the second on
	TotalText    FaultKind = "total_text"    // total and echoes are strings
	TotalNumber  FaultKind = "total_number"  // total and echoes are numbers

	PageCap       FaultKind = "page_cap"       // pages stand where they were asked to, and end after Count rows: the rest is on none
	PageClamp     FaultKind = "page_clamp"     // pages have Count rows at the most, and so stand elsewhere; the echoed size says so
	PageShort     FaultKind = "page_short"     // the last Count (1) rows are left out
	PageEmpty     FaultKind = "page_empty"     // no rows
	PageRepeat    FaultKind = "page_repeat"    // the rows of the page before
	PageFirst     FaultKind = "page_first"     // the rows of the first page
	DuplicateRows FaultKind = "duplicate_rows" // the first Count (1) rows come twice
)

// Effects on the body, whatever it says. They begin after Bytes of it; a negative
// number counts from its end.
const (
	// HangBody sends no more: the client gives up.
	HangBody FaultKind = "hang_body"
	// ResetBody resets the connection.
	ResetBody FaultKind = "reset_body"
	// Truncate ends the connection before as much has come as Content-Length says.
	Truncate FaultKind = "truncate"
	// ShortBody ends the body in good order, with a Content-Length that fits.
	ShortBody FaultKind = "short_body"
	// Cut ends the connection inside a chunked body.
	Cut FaultKind = "cut"
	// Garbage sends noise for the rest of the body.
	Garbage FaultKind = "garbage"
	// GzipBomb sends blanks, compressed a thousandfold, that inflate to Bytes
	// (1 GiB), in place of the body.
	GzipBomb FaultKind = "gzip_bomb"
	// Trickle sends the body in pieces of Bytes (1), with Wait and up to Jitter
	// between them.
	Trickle FaultKind = "trickle"
	// Endless sends blanks instead of the last byte of the body, and never ends.
	Endless FaultKind = "endless"
)

// stage is where on the way of a request a fault acts.
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

// kindSpec is what there is to know about an effect.
type kindSpec struct {
	stage    stage
	operands string // the fields of Fault that it reads, by their words in JSON
	needs    string // those of them of which one must be set
}

func (e FaultKind) spec() kindSpec {
	switch e {
	case Latency:
		return kindSpec{stageGateway, "wait jitter", "wait jitter"}
	case Hang, Reset:
		return kindSpec{stageGateway, "", ""}
	case HTMLPage:
		return kindSpec{stageGateway, "status", ""}
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
	case TotalMissing, TotalZero, TotalText, TotalNumber, PageEmpty, PageRepeat, PageFirst:
		return kindSpec{stagePage, "", ""}
	case TotalAdd, PageCap, PageClamp:
		return kindSpec{stagePage, "count", "count"}
	case TotalDrift, PageShort, DuplicateRows:
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
