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
// Version of ECS (2014-05-26), SWAS (2020-06-01) or ENS (2017-11-10), and path
// /iaas or /iaas/ for QingCloud.
//
// # Truth
//
// Each world image is the [image.Image] that a correct client reports. [New]
// refuses an image whose wire record would be read as anything else, so that
// tests can compare answers with [World.Visible].
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
//
// The package knows nothing of the clients in this module: it is a second,
// independent reading of the vendors' documentation.
package fakecloud
