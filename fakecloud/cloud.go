package fakecloud

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Cloud responds to requests about one [World]. [New] returns one. It is safe
// for concurrent use.
type Cloud struct {
	// Now returns the time that signatures are checked against; nil means
	// [time.Now]. Set it before the first request.
	Now func() time.Time
	// OnResponse is called with each request before its response is sent, or before
	// its connection is closed without one; nil means no calls. The function owns the
	// value, and may be called by several goroutines at once. The response waits for
	// it. Set it before the first request.
	OnResponse func(Request)

	live     liveCatalog
	rpc      rpc
	sessions sessions
	log      requestLog
	served   atomic.Uint64
	script   atomic.Pointer[script]

	writers sync.Pool // of *bufio.Writer
}

// New returns a Cloud that holds w. If accounts, keys, settings or images of w
// are invalid, it returns an error that joins the first error of each kind, at
// most ten. An error names the account, key or image, the field, the reason and
// a remedy. The Cloud does not see later changes to w; use [Cloud.Insert] and
// [Cloud.Delete].
func New(w World) (*Cloud, error) {
	catalog, err := newCatalog(w)
	if err != nil {
		return nil, err
	}
	c := &Cloud{rpc: rpc{services: rpcServices()}, sessions: newSessions()}
	c.live.current.Store(catalog)
	return c, nil
}

// protocol is the protocol of a service: how it parses, authenticates and
// responds to requests.
type protocol interface {
	// parseRequest decodes a request far enough to know its key, region and
	// operation.
	parseRequest(*exchange) error
	// authenticate checks the signature, and sets the account.
	authenticate(*exchange) error
	// run returns the listing that the operation selects.
	run(*exchange) (listing, error)
	// faultError returns a fault of the service as an error of the vendor.
	faultError(*exchange, Fault) error
	// writeReply and writeError write a response.
	writeReply(*exchange, reply) response
	writeError(*exchange, error) response
}

// protocolOf returns the protocol of the path.
func (c *Cloud) protocolOf(r *http.Request) protocol {
	switch r.URL.Path {
	case "", "/":
		return &c.rpc
	case "/iaas", "/iaas/":
		return qing{}
	default:
		return unknownPath{}
	}
}

// respond returns the response to a request, and logs both. If it returns an
// error, the connection must end without a response.
func (c *Cloud) respond(r *http.Request) (response, error) {
	x := c.begin(r)
	w := c.protocolOf(r)
	err := w.parseRequest(x)
	x.updateLog()
	x.applyClockFaults()
	if err == nil {
		err = w.authenticate(x)
	}
	a, passed, broken := x.applyGatewayFaults()
	if broken != nil {
		x.updateLog()
		x.report()
		return response{}, broken
	}
	if passed {
		a = x.serve(w, err)
	}
	x.applyBodyFaults(&a)
	x.request.Status, x.request.Code = a.status, a.code
	x.updateLog()
	x.report()
	return a, nil
}

// serve has the service respond to a request; err is the error of an earlier
// stage.
func (x *exchange) serve(w protocol, err error) response {
	if err == nil {
		err = x.applyServiceFault(w)
	}
	if err != nil {
		return w.writeError(x, err)
	}
	found, err := w.run(x)
	if err != nil {
		return w.writeError(x, err)
	}
	if found.selects() {
		x.applyWorldFaults(found)
	}
	return w.writeReply(x, x.reply(found))
}

func (c *Cloud) begin(r *http.Request) *exchange {
	x := &exchange{http: r, cloud: c, catalog: c.live.current.Load(), script: c.script.Load(), id: c.requestID(), now: c.now()}
	x.request = Request{
		Time: x.now, ID: x.id, Method: r.Method, Host: r.Host, Path: r.URL.EscapedPath(), Header: r.Header.Clone(),
	}
	x.logged = c.log.open(x.request)
	return x
}

func (c *Cloud) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// requestID returns the next request ID, in the form of a UUID.
func (c *Cloud) requestID() string {
	sum := sha256.Sum256([]byte("request " + strconv.FormatUint(c.served.Add(1), 10)))
	h := strings.ToUpper(hex.EncodeToString(sum[:16]))
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// exchange is the state of one request while it is processed.
type exchange struct {
	http    *http.Request
	cloud   *Cloud
	catalog *catalog
	script  *script
	id      string // the request id
	now     time.Time
	request Request  // what is known for the log
	logged  *Request // where the log keeps it

	params  params
	keyID   string // of the access key that the request names
	account *Account
	key     Key
	session *session // of a temporary key, or nil
	rpc     rpcRequest
}

// updateLog writes what is known about the request to the log.
func (x *exchange) updateLog() { x.cloud.log.update(x.logged, x.request) }

// setClaimed sets the key and the region that a request has, before it is
// authenticated.
func (x *exchange) setClaimed(keyID, region string) {
	x.keyID, x.request.Region = keyID, region
}

// accountName returns the name of the account that owns the key of the request.
func (x *exchange) accountName() string {
	if owner, err := x.owner(); err == nil {
		return owner.account.Name
	}
	return ""
}

// owner returns the owner of the key that the request names, or the error of an
// Alibaba service if there is none.
func (x *exchange) owner() (keyOwner, error) {
	if owner, ok := x.catalog.keys[x.keyID]; ok {
		return owner, nil
	}
	if strings.HasPrefix(x.keyID, sessionKeyPrefix) {
		return x.cloud.sessions.owner(x.catalog, x.keyID, x.rpc.token, x.now)
	}
	return keyOwner{}, unknownKeyError()
}

// setIdentity sets the account of an authentic request.
func (x *exchange) setIdentity(owner keyOwner) {
	x.account, x.key, x.session, x.request.Account = owner.account, owner.key, owner.session, owner.account.Name
}

// call is an operation that an account runs.
type call struct {
	*args
	x       *exchange
	world   *catalog
	account *Account
	action  string
}

func (x *exchange) call(code string) *call {
	return &call{x: x, args: &args{params: x.operationParams(), code: code}, world: x.catalog, account: x.account, action: x.request.Action}
}

// unknownPath responds on every path that belongs to no service.
type unknownPath struct{ protocol }

func (unknownPath) parseRequest(x *exchange) error {
	_, _ = x.decode() // for the log
	return newAPIError(http.StatusNotFound, "NotFound", "fakecloud serves Alibaba services on / and QingCloud on /iaas/")
}

func (unknownPath) writeError(x *exchange, err error) response {
	e := asAPIError(err, "InternalError")
	return x.newJSONResponse(e.status, e.code, reply{fields: map[string]any{"message": e.message}})
}
