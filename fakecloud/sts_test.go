package fakecloud_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/imagequery/imagequery/fakecloud"
)

const stsVersion = "2015-04-01"

// rolesWorld has two accounts with an image each, and keys of the first one.
func rolesWorld() fakecloud.World {
	return fakecloud.World{Accounts: []fakecloud.Account{
		{Name: "prod", ID: "100", Images: []fakecloud.Image{ecsImage("m-prod", 1, nil)}, Keys: []fakecloud.Key{
			ecsKey, {ID: "denied", Secret: "secret", Denied: true}, {ID: "sts", Secret: "secret", Token: "token"},
		}},
		{Name: "dev", ID: "200", Images: []fakecloud.Image{ecsImage("m-dev", 1, nil)}},
	}}
}

// ask sends a signed request to any of the Alibaba services.
func ask(t *testing.T, cloud *fakecloud.Cloud, k fakecloud.Key, version, action string, params ...string) answer {
	t.Helper()
	values := add(common(k.ID, version, action), params...)
	values.Set("Timestamp", cloud.Now().Format("2006-01-02T15:04:05Z"))
	if k.Token != "" {
		values.Set("SecurityToken", k.Token)
	}
	return send(t, cloud.Transport(), get(t.Context(), "https://cloud.example/", signRPC(http.MethodGet, k.Secret, values)))
}

// assume returns the key that AssumeRole returns.
func assume(t *testing.T, cloud *fakecloud.Cloud, k fakecloud.Key, params ...string) fakecloud.Key {
	t.Helper()
	got := ask(t, cloud, k, stsVersion, "AssumeRole", append([]string{"RoleArn=acs:ram::200:role/reader", "RoleSessionName=alice"}, params...)...)
	if got.status != 200 {
		t.Fatalf("AssumeRole: %v", got.body)
	}
	text := func(name string) string { return fmt.Sprint(at(got.body, "Credentials", name)) }
	return fakecloud.Key{ID: text("AccessKeyId"), Secret: text("AccessKeySecret"), Token: text("SecurityToken")}
}

func TestAssumeRoleReturnsATemporaryKey(t *testing.T) {
	cloud := newCloud(t, rolesWorld())
	got := ask(t, cloud, ecsKey, stsVersion, "AssumeRole", "RoleArn=acs:ram::200:role/reader", "RoleSessionName=alice", "DurationSeconds=900")
	want := map[string]any{
		"Arn": "acs:sts::200:assumed-role/reader/alice", "Expiration": "2026-11-22T15:00:05Z",
	}
	for name, value := range map[string]any{
		"Arn": at(got.body, "AssumedRoleUser", "Arn"), "Expiration": at(got.body, "Credentials", "Expiration"),
	} {
		if value != want[name] {
			t.Errorf("%s is %v, want %v", name, value, want[name])
		}
	}
	role, session, _ := strings.Cut(fmt.Sprint(at(got.body, "AssumedRoleUser", "AssumedRoleId")), ":")
	if len(role) != 18 || session != "alice" {
		t.Errorf("AssumedRoleId is %s:%s", role, session)
	}
}

func TestTemporaryKeyIsOneOfTheAccountOfTheRole(t *testing.T) {
	cloud := newCloud(t, rolesWorld())
	first, second := assume(t, cloud, ecsKey), assume(t, cloud, ecsKey)
	if first.ID == second.ID || first.Secret == second.Secret || first.Token == second.Token {
		t.Error("two sessions have the same key")
	}
	for _, key := range []fakecloud.Key{first, second, assume(t, cloud, first)} {
		got := ecs(t, cloud, key, "DescribeImages", "RegionId=cn-hangzhou")
		if diff := cmp.Diff([]string{"m-dev"}, ids(at(got.body, "Images", "Image"), "ImageId")); diff != "" {
			t.Errorf("images differ (-want +got):\n%s", diff)
		}
	}
	r := get(t.Context(), ecsHost, url.Values{"RegionId": {"cn-hangzhou"}})
	r.Method = http.MethodPost
	signV3(r, first, "DescribeImages", "2014-05-26", "")
	if got := send(t, cloud.Transport(), r); got.status != 200 {
		t.Errorf("the newer signature is refused: %v", got.body)
	}
}

func TestTemporaryKeyIsRefusedAfterItsExpiration(t *testing.T) {
	cloud := newCloud(t, rolesWorld())
	key := assume(t, cloud, ecsKey, "DurationSeconds=900")
	for after, want := range map[time.Duration]string{
		0: "", 899 * time.Second: "", 900 * time.Second: "InvalidSecurityToken.Expired", 48 * time.Hour: "InvalidSecurityToken.Expired",
	} {
		cloud.Now = func() time.Time { return clock.Add(after) }
		if got := ask(t, cloud, key, "2014-05-26", "DescribeImages", "RegionId=cn-hangzhou"); got.code != want {
			t.Errorf("after %s: code %q, want %q", after, got.code, want)
		}
	}
}

func TestTemporaryKeyNeedsItsTokenAndSecret(t *testing.T) {
	cloud, other := newCloud(t, rolesWorld()), newCloud(t, rolesWorld())
	key, second, foreign := assume(t, cloud, ecsKey), assume(t, cloud, ecsKey), assume(t, other, ecsKey)
	changed := "A"
	if strings.HasPrefix(key.Token, changed) {
		changed = "B"
	}
	for _, tt := range []struct {
		name string
		key  fakecloud.Key
		want string
	}{
		{"no token", fakecloud.Key{ID: key.ID, Secret: key.Secret}, "MissingSecurityToken"},
		{"token of another session", fakecloud.Key{ID: key.ID, Secret: key.Secret, Token: second.Token}, "InvalidSecurityToken.MismatchWithAccessKey"},
		{"changed token", fakecloud.Key{ID: key.ID, Secret: key.Secret, Token: changed + key.Token[1:]}, "InvalidSecurityToken.Malformed"},
		{"short token", fakecloud.Key{ID: key.ID, Secret: key.Secret, Token: "AAAA"}, "InvalidSecurityToken.Malformed"},
		{"key of another cloud", foreign, "InvalidSecurityToken.Malformed"},
		{"another secret", fakecloud.Key{ID: key.ID, Secret: "secret", Token: key.Token}, "SignatureDoesNotMatch"},
		{"token with a lasting key", fakecloud.Key{ID: "key", Secret: "secret", Token: key.Token}, "InvalidSecurityToken.MismatchWithAccessKey"},
	} {
		if got := ask(t, cloud, tt.key, "2014-05-26", "DescribeImages", "RegionId=cn-hangzhou"); got.code != tt.want {
			t.Errorf("%s: code %q, want %q", tt.name, got.code, tt.want)
		}
	}
}

func TestAssumeRoleRefusesInvalidRequests(t *testing.T) {
	for _, tt := range []struct {
		key, pair string
		status    int
		code      string
	}{
		{"key", "RoleArn=", 400, "MissingRoleArn"},
		{"key", "RoleSessionName=", 400, "MissingRoleSessionName"},
		{"key", "RoleSessionName=a", 400, "InvalidParameter.RoleSessionName"},
		{"key", "RoleSessionName=a b", 400, "InvalidParameter.RoleSessionName"},
		{"key", "RoleArn=reader", 400, "InvalidParameter.RoleArn"},
		{"key", "RoleArn=acs:ram::300:role/reader", 404, "EntityNotExist.Role"},
		{"key", "DurationSeconds=899", 400, "InvalidParameter.DurationSeconds"},
		{"key", "DurationSeconds=43201", 400, "InvalidParameter.DurationSeconds"},
		{"key", "DurationSeconds=long", 400, "InvalidParameter.DurationSeconds"},
		{"key", "Policy={", 400, "InvalidParameter.PolicyGrammar"},
		{"denied", "ExternalId=x", 403, "NoPermission"},
		{"nobody", "ExternalId=x", 404, "InvalidAccessKeyId.NotFound"},
	} {
		got := ask(t, newCloud(t, rolesWorld()), fakecloud.Key{ID: tt.key, Secret: "secret"}, stsVersion, "AssumeRole",
			"RoleArn=acs:ram::200:role/reader", "RoleSessionName=alice", tt.pair)
		if got.status != tt.status || got.code != tt.code {
			t.Errorf("%s %s: got %d %s, want %d %s", tt.key, tt.pair, got.status, got.code, tt.status, tt.code)
		}
	}
}

func TestGetCallerIdentityNamesTheCaller(t *testing.T) {
	cloud := newCloud(t, rolesWorld())
	for _, tt := range []struct {
		key        fakecloud.Key
		kind, want string
	}{
		{ecsKey, "RAMUser", "acs:ram::100:user/prod"},
		{fakecloud.Key{ID: "denied", Secret: "secret"}, "RAMUser", "acs:ram::100:user/prod"},
		{assume(t, cloud, ecsKey), "AssumedRoleUser", "acs:sts::200:assumed-role/reader/alice"},
	} {
		got := ask(t, cloud, tt.key, stsVersion, "GetCallerIdentity")
		account := strings.Split(tt.want, ":")[3]
		if got.body["IdentityType"] != tt.kind || got.body["Arn"] != tt.want || got.body["AccountId"] != account || got.body["PrincipalId"] == "" {
			t.Errorf("got %v, want a %s with %s", got.body, tt.kind, tt.want)
		}
		if _, hasRole := got.body["RoleId"]; hasRole != (tt.kind == "AssumedRoleUser") {
			t.Errorf("RoleId is %v", got.body["RoleId"])
		}
	}
}

// Faults and the log know the account of a temporary key.
func TestFaultsActOnTemporaryKeys(t *testing.T) {
	cloud := newCloud(t, rolesWorld())
	key := assume(t, cloud, ecsKey)
	if err := cloud.SetFaults(fakecloud.Fault{Do: fakecloud.Throttle, Account: "dev", Provider: "aliyunecs"}); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, cloud, key, "2014-05-26", "DescribeImages", "RegionId=cn-hangzhou"); got.code != "Throttling.User" {
		t.Errorf("got %v, want Throttling.User", got.body)
	}
	last := cloud.Requests()[1]
	if last.Account != "dev" || cloud.Requests()[0].Provider != "aliyunsts" {
		t.Errorf("logged %+v", last)
	}
}
