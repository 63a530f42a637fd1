package fakecloud

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// sessionKeyPrefix begins the ID of every temporary key.
const sessionKeyPrefix = "STS."

// The limits of DurationSeconds. The upper one is what a role can allow at the most.
const (
	sessionDefault = time.Hour
	sessionShort   = 15 * time.Minute
	sessionLong    = 12 * time.Hour
)

func stsService() service {
	return service{provider: providerSTS, product: "Sts", operations: map[string]operation{
		"GetCallerIdentity": {run: getCallerIdentity},
		"AssumeRole": {run: assumeRole, denied: deniedAssumeRole, params: []string{
			"DurationSeconds", "ExternalId", "Policy", "RoleArn", "RoleSessionName", "SourceIdentity",
		}},
	}}
}

func deniedAssumeRole(in *call) error {
	return in.forbidden(http.StatusForbidden, "NoPermission", "sts")
}

// getCallerIdentity returns the role of a temporary key, or a user with the name of the
// account.
func getCallerIdentity(in *call) (listing, error) {
	id := in.account.ID
	fields := map[string]any{"AccountId": id}
	if s := in.x.session; s != nil {
		fields["IdentityType"], fields["Arn"] = "AssumedRoleUser", s.arn(id)
		fields["RoleId"], fields["PrincipalId"] = s.roleID(id), s.roleID(id)+":"+s.Name
	} else {
		user := numericID("user", id, in.account.Name)
		fields["IdentityType"], fields["Arn"] = "RAMUser", "acs:ram::"+id+":user/"+in.account.Name
		fields["UserId"], fields["PrincipalId"] = user, user
	}
	return listing{fields: fields}, in.err
}

var (
	roleARN     = regexp.MustCompile(`^acs:ram::([^:/]+):role/([^:/]+)$`)
	sessionName = regexp.MustCompile(`^[a-zA-Z0-9.@_-]+$`) // of 2 to 64
)

// assumeRole returns a temporary key of the account that RoleArn names. Every role of
// an account exists, and any key may assume it.
func assumeRole(in *call) (listing, error) {
	s := session{Name: in.mandatory("RoleSessionName"), Nonce: in.x.cloud.served.Load()}
	if in.err == nil && (len(s.Name) < 2 || len(s.Name) > 64 || !sessionName.MatchString(s.Name)) {
		in.fail(http.StatusBadRequest, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.")
	}
	id := in.setRole(&s, in.mandatory("RoleArn"))
	expires := in.x.now.Add(in.sessionDuration()).Truncate(time.Second)
	s.Expires = expires.Unix()
	if policy := in.text("Policy"); policy != "" && !json.Valid([]byte(policy)) {
		in.fail(http.StatusBadRequest, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.")
	}
	key := in.x.cloud.sessions.key(s)
	return listing{fields: map[string]any{
		"AssumedRoleUser": record{"Arn": s.arn(id), "AssumedRoleId": s.roleID(id) + ":" + s.Name},
		"Credentials": record{
			"AccessKeyId": key.ID, "AccessKeySecret": key.Secret, "SecurityToken": key.Token, "Expiration": formatTime(expires),
		},
	}}, in.err
}

// mandatory is a parameter that must be there, with the code of the security service.
func (in *call) mandatory(name string) string {
	if in.text(name) == "" {
		in.setErr(missingError(name))
	}
	return in.text(name)
}

// setRole sets the role of a session, and returns the ID of its account.
func (in *call) setRole(s *session, arn string) (accountID string) {
	parts := roleARN.FindStringSubmatch(arn)
	if parts == nil {
		in.fail(http.StatusBadRequest, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.")
		return ""
	}
	s.Role = parts[2]
	for i := range in.world.Accounts {
		if a := &in.world.Accounts[i]; a.ID == parts[1] {
			s.Account = a.Name
			return a.ID
		}
	}
	in.fail(http.StatusNotFound, "EntityNotExist.Role", "The specified Role not exists.")
	return ""
}

func (in *call) sessionDuration() time.Duration {
	text := in.text("DurationSeconds")
	if text == "" {
		return sessionDefault
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	d := time.Duration(seconds) * time.Second
	if err != nil || d < sessionShort || d > sessionLong {
		in.fail(http.StatusBadRequest, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/12hr.")
	}
	return d
}

// session is an assumed role. The token of its key holds it, so that the emulator
// keeps no list of sessions.
type session struct {
	Account string // the name
	Role    string
	Name    string
	Expires int64  // in seconds since 1970
	Nonce   uint64 // differs for each session
}

func (s session) arn(accountID string) string {
	return "acs:sts::" + accountID + ":assumed-role/" + s.Role + "/" + s.Name
}

func (s session) roleID(accountID string) string { return numericID("role", accountID, s.Role) }

// numericID returns 18 digits that depend on the parts only.
func numericID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	const least = 100_000_000_000_000_000
	return strconv.FormatUint(least+binary.BigEndian.Uint64(sum[:])%(9*least), 10)
}

// sessions issues and recognizes the keys of sessions of one [Cloud].
type sessions struct{ secret [32]byte }

func newSessions() sessions {
	var s sessions
	_, _ = rand.Read(s.secret[:]) // it never fails
	return s
}

// sum authenticates a text for one purpose.
func (s *sessions) sum(purpose, text string) []byte {
	m := hmac.New(sha256.New, s.secret[:])
	m.Write([]byte(purpose + "\x00" + text))
	return m.Sum(nil)
}

// key returns the key of a session.
func (s *sessions) key(of session) Key {
	text, _ := marshal(of) // plain fields
	return s.tokenKey(base64.StdEncoding.EncodeToString(append(s.sum("token", string(text)), text...)))
}

// tokenKey returns the key that belongs to a token.
func (s *sessions) tokenKey(token string) Key {
	return Key{
		ID:     sessionKeyPrefix + hex.EncodeToString(s.sum("id", token))[:24],
		Secret: hex.EncodeToString(s.sum("secret", token)),
		Token:  token,
	}
}

// parse returns the session of a token, and whether the Cloud issued it.
func (s *sessions) parse(token string) (of session, ok bool) {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(text) < sha256.Size || !hmac.Equal(text[:sha256.Size], s.sum("token", string(text[sha256.Size:]))) {
		return session{}, false
	}
	err = json.Unmarshal(text[sha256.Size:], &of)
	return of, err == nil
}

// owner returns the owner of a temporary key at a time.
func (s *sessions) owner(c *catalog, keyID, token string, now time.Time) (keyOwner, error) {
	if token == "" {
		return keyOwner{}, missingError("SecurityToken")
	}
	of, ok := s.parse(token)
	if !ok {
		return keyOwner{}, newAPIError(http.StatusBadRequest, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
	}
	key := s.tokenKey(token)
	if key.ID != keyID {
		return keyOwner{}, newAPIError(http.StatusBadRequest, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatches with AccessKey.")
	}
	key.Expired = now.Unix() >= of.Expires
	for i := range c.Accounts {
		if c.Accounts[i].Name == of.Account {
			return keyOwner{key: key, account: &c.Accounts[i], session: &of}, nil
		}
	}
	return keyOwner{}, unknownKeyError()
}
