// Package aliyuncreds finds the credentials of Alibaba Cloud accounts: where the
// vendor's own tools look for them, in one profile, from the role of an instance,
// or by assuming a role.
//
// Every provider of this package keeps what it found until shortly before it
// expires, or for a minute, as [provider.Cache] does: however many requests wait,
// one of them is sent for credentials, and each waits no longer than its own
// context. All are safe for concurrent use, and drop credentials that a server
// calls expired. Nothing is sent and no file is read before the first request.
//
// # What the vendor's SDK does
//
// A role for an OIDC token is taken by the credentials provider of
// alibaba-cloud-sdk-go, made afresh for each session. It asks over https only,
// through the settings of [net/http.DefaultTransport], and cannot be interrupted:
// after the context has ended it goes on in the background for at most 15 seconds.
// What it panics about is an error, and its errors are given by code, since they
// may quote answers.
//
// The rest is this package's own. The SDK's providers for roles and instances
// take no context, share no refresh and ask fixed addresses; those for profiles
// fill an empty key from the environment, which may be another account's, and
// quote the whole file in an error; and its default chain keeps to the first
// source that failed.
//
// # Identity
//
// An empty key is an error wherever it is found, and never filled from elsewhere.
//
// The Kinds of all errors: [provider.InvalidArgument] for a role or an address
// that cannot be asked; [provider.Unauthenticated] where credentials are missing,
// incomplete or refused; and those of the service that was asked, such as
// [provider.PermissionDenied], [provider.Throttled] and [provider.Unavailable].
package aliyuncreds
