// Package fakecloud emulates the image listings of four clouds, for tests that
// would otherwise need an account: Alibaba Cloud ECS (DescribeImages and
// DescribeImageFromFamily), SWAS (ListCustomImages), ENS (DescribeSelfImages) and
// QingCloud (DescribeImages).
//
// A [World] says what is true: accounts with their keys, and images in neutral
// terms. A [Cloud] made from it answers requests as the vendors document it:
// required parameters, page limits, defaults that hide rows, filters, error codes
// and statuses, both kinds of envelope, and full checks of signature, clock and
// nonce. It is an [net/http.Handler]; [Cloud.Transport] serves without sockets,
// and [Cloud.Listen] on a loopback address.
//
//	cloud, err := fakecloud.New(fakecloud.Sample())
//	client := &http.Client{Transport: cloud.Transport()}
//
// The services are told apart as on the wire, whatever the host: path / with the
// version of ECS (2014-05-26), SWAS (2020-06-01) or ENS (2017-11-10), and path
// /iaas or /iaas/ for QingCloud.
//
// [Cloud.Requests], [Cloud.Find] and [Cloud.Count] tell what was asked, also while
// it is not answered yet.
//
// # Truth
//
// Each world image is the [image.Image] that a correct client reports. [New]
// refuses an image whose wire record would be read as anything else, so that
// tests can compare answers with [World.Visible]. [Cloud.Insert] and
// [Cloud.Delete] change the world later, and [Cloud.Visible] follows.
//
// # Worlds in JSON
//
// [ReadWorld] reads an object with the fields of [World] in snake case. Images are
// written as [image.Image] is, and have extra, omit, hidden and expired besides:
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
//	  "fuzzy": "substring", "empty_family": "missing", "image_id_list": false, "system_snapshot_only": false,
//	  "image_ids_anywhere": false, "omit_totals": false, "strict": false
//	}
//
// # Faults
//
// A script of faults says what goes wrong, at which requests and how often. Each
// [Fault] does one thing, its [FaultKind]; faults that match the same request add up.
// [Cloud.SetFaults] sets a script at any time, and [ReadFaults] reads one:
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
//	    {"do": "replay", "action": "DescribeRegions", "status": 200, "body": {"Regions": {"Region": []}}}
//	  ]
//	}
//
// A request passes these stages. The gateway: latency, hang, reset, html, replay.
// Then clock, key, token, signature and nonce are checked, under clock_skew. The
// service: throttle, server_error, expired_token, unknown_key, unknown_region. The
// world: insert, delete. The page: total_missing, total_zero, total_add,
// total_drift, total_text, total_number, page_cap, page_clamp, page_short,
// page_empty, page_repeat, duplicate_rows. The body, also that of an error:
// hang_body, reset_body, truncate, cut, garbage, gzip_bomb, trickle, endless.
//
// What takes time waits on timers and contexts only. So in a bubble of
// testing/synctest, over [Cloud.Transport], hours pass at once. Rates and
// latencies go by the time of the process, not by the Now of a Cloud.
//
// # Dialects
//
// Real clients of the Alibaba services write the same request in several ways, and
// all of them are understood:
//
//   - Signed by HMAC-SHA1 with the parameters in the query, in the form of a POST,
//     or in both. An empty SignatureType or SecurityToken is signed like any other
//     parameter. SignatureDoesNotMatch names the text that should have been signed.
//   - Signed by ACS3-HMAC-SHA256 in the header Authorization, over the headers that
//     it lists: at least host, x-acs-action, x-acs-version, x-acs-date,
//     x-acs-signature-nonce and x-acs-content-sha256, and the token and key headers
//     where they are sent. A missing one is named like its parameter in the other
//     dialect. Where a signature does not match, the message names the text that
//     should have been signed and the canonical request behind it.
//   - Format=JSON in any case; without a Format the answer is XML, as documented,
//     but in the second dialect JSON. In XML, every field is an element, a list is as
//     many elements of its name, and null is none. Errors are XML too.
//   - Booleans in any case, + or %20 for a space, parameters in any order.
//
// QingCloud requests may have the method POST, no version, lists that count from 0
// or 1, and extra parameters of one client or another; the path is signed as sent.
// Targets may be in absolute form.
//
// # Readings
//
// Where the vendors' words allow several readings, a setting of World chooses one.
// Where they say nothing at all, the package does this:
//
//   - Listings are ordered by creation time, the newest first, then by id.
//   - A status filter with all six documented words is no restriction: it finds
//     images in undocumented states too. ECS also takes the word ALL for it.
//   - An ECS query by tag or resource group finds the first 1,000 images, and says
//     that there are no more.
//   - A value of a wrong type or beyond its limits is InvalidParamter on ECS,
//     InvalidParameter on SWAS, InvalidParameter.PageSize (and so on) on ENS, and
//     1100 on QingCloud, as are an unknown zone and an illegal status there; an
//     unknown id is 2100. Pages beyond the limit are refused by ECS and SWAS, and
//     cut by ENS and QingCloud.
//   - A filter on a field that a record does not have passes it if the field is one
//     that older records lack: Usable, Usage, IsSupportCloudinit,
//     IsSupportIoOptimized, Features.
//   - QingCloud refuses time stamps that are too old, not those ahead of its clock.
//   - A parameter that is sent twice counts once: the first value, the query before
//     the form.
//   - A body that is no form is not looked at, but by ACS3-HMAC-SHA256.
//
// The package knows nothing of the clients in this module: it is a second,
// independent reading of the vendors' documentation.
package fakecloud
