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

// Cloud answers requests about one [World]. Make it with [New]. It is safe for
// concurrent use.
type Cloud struct {
	// Now is the clock that request times are judged by; nil is [time.Now]. Set it
	// before the first request.
	Now func() time.Time

	live   liveCatalog
	rpc    rpc
	log    requestLog
	served atomic.Uint64
	script atomic.Pointer[script]

	writers sync.Pool // of *bufio.Writer
}

// New returns a Cloud in which w is true, or an error that joins one for every
// account, key, setting or image that cannot be: it names them, the field and the
// reason. Later changes to w do not show; see [Cloud.Insert] and [Cloud.Delete].
func New(w World) (*Cloud, error) {
	catalog, err := newCatalog(w)
	if err != nil {
		return nil, err
	}
	c := &Cloud{rpc: rpc{services: rpcServices()}}
	c.live.current.Store(catalog)
	return c, nil
}

// protocol is the family of a service: how it parses, authenticates and answers requests.
type protocol interface {
	// parseRequest decodes a request as far as to know who asks what of whom.
	parseRequest(*exchange) error
	// authenticate finds out who signed it.
	authenticate(*exchange) error
	// run asks the operation.
	run(*exchange) (listing, error)
	// faultError is a fault in the words of the family.
	faultError(*exchange, Fault) error
	// writeReply and writeError write an answer.
	writeReply(*exchange, reply) answer
	writeError(*exchange, error) answer
}

// protocolOf finds the family by the path.
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

// respond answers one request and keeps it in the log. An error is the end of the
// connection, without an answer.
func (c *Cloud) respond(r *http.Request) (answer, error) {
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
		return answer{}, broken
	}
	if passed {
		a = x.serve(w, err)
	}
	x.applyBodyFaults(&a)
	x.request.Status, x.request.Code = a.status, a.code
	x.updateLog()
	return a, nil
}

// serve has the service answer a request that err may have spoiled already.
func (x *exchange) serve(w protocol, err error) answer {
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
	x.applyWorldFaults(found)
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

// requestID numbers the requests in the shape of a UUID.
func (c *Cloud) requestID() string {
	sum := sha256.Sum256([]byte("request " + strconv.FormatUint(c.served.Add(1), 10)))
	h := strings.ToUpper(hex.EncodeToString(sum[:16]))
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// exchange is one request on its way to an answer.
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
	rpc     rpcRequest
}

// updateLog shows what is known in the log.
func (x *exchange) updateLog() { x.cloud.log.update(x.logged, x.request) }

// setClaimed notes which key a request names, authentic or not.
func (x *exchange) setClaimed(keyID, region string) {
	x.keyID, x.request.Region = keyID, region
}

// accountName is the name of the account whose key the request names.
func (x *exchange) accountName() string {
	if owner, ok := x.catalog.keys[x.keyID]; ok {
		return owner.account.Name
	}
	return ""
}

// setIdentity notes who an authentic request comes from.
func (x *exchange) setIdentity(owner keyOwner) {
	x.account, x.key, x.request.Account = owner.account, owner.key, owner.account.Name
}

// call is an operation that the authentic account runs.
type call struct {
	*args
	world   *catalog
	account *Account
	action  string
}

func (x *exchange) call(code string) *call {
	return &call{args: &args{params: x.operationParams(), code: code}, world: x.catalog, account: x.account, action: x.request.Action}
}

// unknownPath answers on every path that no service has: it recognises nothing.
type unknownPath struct{ protocol }

func (unknownPath) parseRequest(x *exchange) error {
	_, _ = x.decode() // for the log
	return newAPIError(http.StatusNotFound, "NotFound", "fakecloud serves Alibaba services on / and QingCloud on /iaas/")
}

func (unknownPath) writeError(x *exchange, err error) answer {
	e := asAPIError(err, "InternalError")
	return x.answerJSON(e.status, e.code, reply{fields: map[string]any{"message": e.message}})
}
