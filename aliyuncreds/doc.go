// Package aliyuncreds finds the credentials of Alibaba Cloud accounts: where the
// vendor's own tools look for them, in one profile, from the role of an instance,
// or by assuming a role.
//
// # Sources
//
// [Default] tries these sources in this order:
//
//  1. The access key in the environment: ALIBABA_CLOUD_ACCESS_KEY_ID and
//     ALIBABA_CLOUD_ACCESS_KEY_SECRET, for a session with
//     ALIBABA_CLOUD_SECURITY_TOKEN. The same names with ALIBABACLOUD_ and ALICLOUD_,
//     ALICLOUD_ACCESS_KEY with ALICLOUD_SECRET_KEY, and ACCESS_KEY_ID with
//     ACCESS_KEY_SECRET are read, too. A role beside the key, ALIBABA_CLOUD_ROLE_ARN,
//     is assumed with it.
//  2. An OIDC token: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and
//     ALIBABA_CLOUD_OIDC_TOKEN_FILE, or the same names with ALIBABACLOUD_.
//  3. A profile of the vendor's command, ~/.aliyun/config.json.
//  4. A profile of the vendor's SDKs, ~/.alibabacloud/credentials or the file that
//     ALIBABA_CLOUD_CREDENTIALS_FILE names. ALIBABA_CLOUD_PROFILE,
//     ALIBABACLOUD_PROFILE or ALICLOUD_PROFILE chooses a profile of either file;
//     ALIBABA_CLOUD_IGNORE_PROFILE=true ignores both files.
//  5. An address that returns a session: ALIBABA_CLOUD_CREDENTIALS_URI. A bearer
//     token, ALIBABA_CLOUD_BEARER_TOKEN, is an error here.
//  6. The role of the instance, the one that ALIBABA_CLOUD_ECS_METADATA names or
//     the only one, unless ALIBABA_CLOUD_ECS_METADATA_DISABLED is true.
//
// The file docs/accounts.md of this module has a table of every variable, file and
// mode.
//
// # Identity
//
// The caller's identity is never guessed. A source that is configured is used, or
// is an error that names it; a later source is tried only if the earlier ones are
// not configured at all. Half a key, two keys that differ, two names of one
// variable with different values, and a switch that is neither true nor false are
// errors. An empty key in a source is never replaced by one from another source.
//
// # Requests
//
// Every provider of this package keeps what it found until shortly before it
// expires, or for a minute, as [provider.Cache] does: however many requests wait,
// one of them is sent for credentials, and each waits no longer than its own
// context. All are safe for concurrent use, and drop credentials that a server
// calls expired. No request is sent and no file is read before the first use.
// Requests to the token service, the metadata service and a credentials URI are
// retried like those of an API.
//
// The Kinds of all errors: [provider.InvalidArgument] for a role, an address or a
// switch that is malformed; [provider.Unauthenticated] if credentials are missing,
// incomplete or refused; and those of the service that refused the request, such as
// [provider.PermissionDenied], [provider.Throttled] and [provider.Unavailable].
package aliyuncreds
