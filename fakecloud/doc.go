// Package fakecloud emulates the image listings of four cloud services, for tests
// that would otherwise need an account: Alibaba Cloud ECS (DescribeImages and
// DescribeImageFromFamily), SWAS (ListCustomImages), ENS (DescribeSelfImages) and
// QingCloud (DescribeImages).
//
// A [World] holds accounts with their keys, and images. A [Cloud] made from it
// responds as the vendors document: required parameters, page limits, defaults that
// hide images, filters, error codes and statuses, both kinds of response envelopes,
// and checks of signature, clock and nonce. A Cloud is an [net/http.Handler].
// [Cloud.Transport] serves without sockets, [Cloud.Listen] on a loopback address:
//
//	cloud, err := fakecloud.New(fakecloud.Sample())
//	client := &http.Client{Transport: cloud.Transport()}
//
// The path and the API version select the service, whatever the host: / with
// version 2014-05-26 is ECS, 2020-06-01 is SWAS and 2017-11-10 is ENS. The path
// /iaas or /iaas/ is QingCloud.
//
// Whole programs of the vendors send other requests before they list images. These
// are served too, with the same checks: DescribeRegions and DescribeZones of ECS,
// DescribeZones of QingCloud, GetCallerIdentity and AssumeRole of the Security Token
// Service (version 2015-04-01), and DescribeEndpoints of the Location service
// (version 2015-06-12). Section "Other operations" says what they return.
//
// [Cloud.Requests], [Cloud.Find] and [Cloud.Count] return the requests that the
// Cloud received, including those that it has not responded to yet.
//
// # Images
//
// Each image of a world is the [image.Image] that a correct client reports. [New]
// returns an error if a client would read another image from the record that the
// provider sends, so a test can compare results with [World.Visible].
// [Cloud.Insert] and [Cloud.Delete] change the images later, and [Cloud.Visible]
// returns the current ones.
//
// # Worlds in JSON
//
// [ReadWorld] reads an object with the fields of [World] in snake case. An image has
// the JSON form of [image.Image], and may also have extra, omit, hidden and expired:
//
//	{
//	  "accounts": [{
//	    "name": "prod", "id": "1000000000000001",
//	    "keys": [{"id": "prod-key", "secret": "prod-secret", "token": "only of temporary keys"}],
//	    "images": [{
//	      "provider": "aliyunecs", "region": "cn-hangzhou", "id": "m-1", "name": "web-1",
//	      "source": "self", "visibility": "private", "status": "available", "os": "linux",
//	      "platform": "ubuntu", "arch": "x86_64", "size_gib": 40, "created": "2026-05-01T00:00:00Z",
//	      "tags": {"app": "web"}, "extra": {"Usage": "instance"}
//	    }]
//	  }],
//	  "images": [],
//	  "regions": {"aliyunecs": ["cn-without-images"]},
//	  "fuzzy": "substring", "empty_family": "missing", "single_image_id": false, "system_snapshot_only": false,
//	  "image_ids_anywhere": false, "omit_totals": false, "strict": false
//	}
//
// # Faults
//
// A script is a list of faults. Each [Fault] has a [FaultKind] and says which
// requests it affects, and how often. All faults that match a request act on it.
// [Cloud.SetFaults] sets the script at any time, and [ReadFaults] reads one:
//
//	{
//	  "seed": 1,
//	  "faults": [
//	    {"do": "throttle", "account": "prod", "action": "DescribeImages", "times": 3, "retry_after": "2s"},
//	    {"do": "throttle", "rate": 10, "per": "1s"},
//	    {"do": "latency", "wait": "100ms", "jitter": "50ms", "chance": 0.5},
//	    {"do": "server_error", "provider": "aliyunens", "status": 503, "times": 1, "each": true},
//	    {"do": "delete", "page": 2, "times": 1},
//	    {"do": "total_add", "count": -5, "region": "pek3a"},
//	    {"do": "truncate", "bytes": 1000, "page": 3, "times": 1},
//	    {"do": "replay", "action": "DescribeInstances", "status": 200, "body": {"Instances": {"Instance": []}}}
//	  ]
//	}
//
// A request passes these stages in order, and each kind of fault belongs to one:
//
//  1. The gateway: latency, hang, reset, html, long_url, replay.
//  2. Authentication, by a clock that clock_skew changes.
//  3. The service: throttle, server_error, expired_token, unknown_key,
//     unknown_region, ignore_params.
//  4. The images: insert, delete.
//  5. The page: total_missing, total_zero, total_add, total_drift, total_first,
//     total_text, total_number, page_cap, page_clamp, page_short, page_empty,
//     page_repeat, page_first, page_extend, page_filter, duplicate_rows,
//     repeat_rows, unstable_order.
//  6. The body, also that of an error: hang_body, reset_body, truncate, short_body,
//     cut, garbage, gzip_bomb, trickle, endless.
//
// Faults that take time wait for timers and contexts only. In a bubble of
// testing/synctest, over [Cloud.Transport], hours pass at once. Rates and latencies
// use the time of the process, not [Cloud].Now.
//
// # Requests
//
// Clients of the Alibaba services write the same request in several ways. The
// emulator accepts all of these:
//
//   - A signature by HMAC-SHA1, with the parameters in the query, in the form of a
//     POST, or in both. An empty SignatureType or SecurityToken is signed like any
//     other parameter. The message of SignatureDoesNotMatch has the string to sign.
//   - A signature by ACS3-HMAC-SHA256 in the header Authorization. It must cover the
//     headers host, x-acs-action, x-acs-version, x-acs-date, x-acs-signature-nonce
//     and x-acs-content-sha256, and those of the token and the key if they are sent.
//     The error for a missing header has the name of the parameter with the same
//     meaning. The message of SignatureDoesNotMatch has the string to sign and the
//     canonical request.
//   - Format=JSON in any case. Without Format, the response is XML with HMAC-SHA1, as
//     documented, and JSON with ACS3-HMAC-SHA256. In XML each field is an element, a
//     list repeats its element, and null is left out. Errors are XML too.
//   - Booleans in any case, + or %20 for a space, and parameters in any order.
//
// QingCloud requests may have the method POST, no version, lists that count from 0
// or 1, and the additional parameters of known clients. The path is signed as it was
// sent. The target of any request may be in absolute form.
//
// # Other operations
//
//   - DescribeRegions and DescribeZones list the regions that images or Regions of the
//     World name. A region of ECS has the zones a and b, without instance types.
//   - AssumeRole accepts any role of an account of the World, for example
//     acs:ram::1000000000000001:role/reader, from any key that is not Denied. The
//     temporary key belongs to that account until it expires. Only the Cloud that
//     issued it accepts it. A Policy must be JSON, and has no effect.
//   - GetCallerIdentity returns the assumed role, or a user with the account's name.
//   - DescribeEndpoints returns the address that the request was sent to, for every
//     service and region. If that is a host below aliyuncs.com, it returns the
//     vendor's host of the service.
//
// # Interpretations
//
// Where the vendors' documentation has several interpretations, a field of World
// selects one. Where it says nothing, the emulator does this:
//
//   - Listings are in order of creation, newest first, then in order of ID.
//   - A status filter with all six documented words selects every image, also one in
//     an undocumented status. ECS accepts the word ALL for the six.
//   - An ECS query by tag or resource group selects at most the 1,000 newest images,
//     and its total is at most 1,000.
//   - A value of a wrong type or outside its limits is InvalidParamter at ECS, or
//     InvalidParameter if it is a page size above the limit, InvalidParameter at SWAS, InvalidParameter with the name of the parameter (such
//     as InvalidParameter.PageSize) at ENS, and 1100 at QingCloud. So are an unknown
//     zone and an unknown status at QingCloud; an unknown ID is 2100 there. A page
//     size above the limit is an error at ECS and SWAS. ENS and QingCloud use the
//     limit instead.
//   - A filter selects records without its field if older records lack that field:
//     Usable, Usage, IsSupportCloudinit, IsSupportIoOptimized, Features.
//   - QingCloud refuses timestamps that are too old, but not those in the future.
//   - Of a parameter that is sent twice, the first value counts; the query comes
//     before the form.
//   - A body that is not a form is ignored, except that ACS3-HMAC-SHA256 signs it.
//
// The package does not use the clients of this module. It is an independent reading
// of the vendors' documentation.
package fakecloud
