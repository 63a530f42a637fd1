package fakecloud

// Effect is what a [Fault] does. Its text is the word in JSON.
type Effect string

// Effects on the way in, before the service looks at a request. They need no
// account and no operation that the emulator knows.
const (
	// Latency holds the answer back for Wait, and up to Jitter longer.
	Latency Effect = "latency"
	// Hang never answers: the client gives up.
	Hang Effect = "hang"
	// Reset resets the connection before any answer.
	Reset Effect = "reset"
	// HTMLPage is the error page of a gateway, with Status (502).
	HTMLPage Effect = "html"
	// Replay answers with Status (200), Header and Body, as they are. Length and date
	// are added.
	Replay Effect = "replay"
	// ClockSkew sets the clock of the service ahead by Wait, or back.
	ClockSkew Effect = "clock_skew"
)

// Effects of the service, in the words of its family. A request that is not
// authentic gets its own refusal instead.
const (
	// Throttle refuses a request: with Rate, only those beyond so many in every Per
	// (a second), counted by account, region and action. It is Throttling.User with
	// status 400 at Alibaba and 2500 in a 200 at QingCloud, unless Status or Code
	// says otherwise. RetryAfter and RateLimit add the hints of the same names.
	Throttle Effect = "throttle"
	// ServerError refuses a request with Status and Code: at Alibaba 500 and
	// InternalError, or with status 503 ServiceUnavailable; at QingCloud 5000 in a
	// 200. RetryAfter and RateLimit add hints.
	ServerError Effect = "server_error"
	// ExpiredToken refuses the token: InvalidSecurityToken.Expired, or 2000.
	ExpiredToken Effect = "expired_token"
	// UnknownKey refuses the access key: InvalidAccessKeyId.NotFound, or 1200.
	UnknownKey Effect = "unknown_key"
	// UnknownRegion refuses the region: InvalidRegionId.NotFound, at ENS
	// InvalidParameter.RegionId, at QingCloud 1100.
	UnknownRegion Effect = "unknown_region"
)

// Effects on the world, before the request is answered. What they change stays so.
const (
	// InsertImages adds Images to what the account sees, or without any Count (1)
	// copies of an image that the request finds: newer than all of these, or
	// Anywhere among them.
	InsertImages Effect = "insert"
	// DeleteImages removes images that the request finds: those with the IDs, or
	// without any Count (1) of them, the newest or Anywhere.
	DeleteImages Effect = "delete"
)

// Effects on the page of a listing. Answers without a list are left alone.
const (
	TotalMissing Effect = "total_missing" // no total
	TotalZero    Effect = "total_zero"    // a total of 0
	TotalAdd     Effect = "total_add"     // the total is Count too high; negative: too low
	TotalDrift   Effect = "total_drift"   // the total is Count (1) higher each time that the fault acts, from the second on
	TotalText    Effect = "total_text"    // total and echoes are strings
	TotalNumber  Effect = "total_number"  // total and echoes are numbers

	PageCap       Effect = "page_cap"       // pages stand where they were asked to, and end after Count rows: the rest is on none
	PageClamp     Effect = "page_clamp"     // pages have Count rows at the most, and so stand elsewhere; the echoed size says so
	PageShort     Effect = "page_short"     // the last Count (1) rows are left out
	PageEmpty     Effect = "page_empty"     // no rows
	PageRepeat    Effect = "page_repeat"    // the rows of the page before
	DuplicateRows Effect = "duplicate_rows" // the first Count (1) rows come twice
)

// Effects on the body, whatever it says. They begin after Bytes of it; a negative
// number counts from its end.
const (
	// HangBody sends no more: the client gives up.
	HangBody Effect = "hang_body"
	// ResetBody resets the connection.
	ResetBody Effect = "reset_body"
	// Truncate ends the connection before as much has come as Content-Length says.
	Truncate Effect = "truncate"
	// Cut ends the connection inside a chunked body.
	Cut Effect = "cut"
	// Garbage sends noise for the rest of the body.
	Garbage Effect = "garbage"
	// GzipBomb sends blanks, compressed a thousandfold, that inflate to Bytes
	// (1 GiB), in place of the body.
	GzipBomb Effect = "gzip_bomb"
	// Trickle sends the body in pieces of Bytes (1), with Wait and up to Jitter
	// between them.
	Trickle Effect = "trickle"
	// Endless sends blanks instead of the last byte of the body, and never ends.
	Endless Effect = "endless"
)

// stage is where on the way of a request a fault acts.
type stage int

const (
	atClock stage = iota + 1
	atGateway
	atService
	atWorld
	atPage
	atBody
)

// trait is what there is to know about an effect.
type trait struct {
	stage    stage
	operands string // the fields of Fault that it reads, by their words in JSON
	needs    string // those of them of which one must be set
}

func (e Effect) trait() trait {
	switch e {
	case Latency:
		return trait{atGateway, "wait jitter", "wait jitter"}
	case Hang, Reset:
		return trait{atGateway, "", ""}
	case HTMLPage:
		return trait{atGateway, "status", ""}
	case Replay:
		return trait{atGateway, "status header body", ""}
	case ClockSkew:
		return trait{atClock, "wait", "wait"}
	case Throttle:
		return trait{atService, "status code retry_after rate_limit rate per", ""}
	case ServerError:
		return trait{atService, "status code retry_after rate_limit", ""}
	case ExpiredToken, UnknownKey, UnknownRegion:
		return trait{atService, "", ""}
	case InsertImages:
		return trait{atWorld, "images count anywhere", ""}
	case DeleteImages:
		return trait{atWorld, "ids count anywhere", ""}
	case TotalMissing, TotalZero, TotalText, TotalNumber, PageEmpty, PageRepeat:
		return trait{atPage, "", ""}
	case TotalAdd, PageCap, PageClamp:
		return trait{atPage, "count", "count"}
	case TotalDrift, PageShort, DuplicateRows:
		return trait{atPage, "count", ""}
	case HangBody, ResetBody, Truncate, Cut, Garbage, GzipBomb:
		return trait{atBody, "bytes", ""}
	case Trickle:
		return trait{atBody, "bytes wait jitter", "wait jitter"}
	case Endless:
		return trait{atBody, "", ""}
	}
	return trait{}
}
