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

	truth  truth
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
	c.truth.now.Store(catalog)
	return c, nil
}

// wire is the family of a service: how it recognises, authenticates and answers.
type wire interface {
	// recognise decodes a request as far as to know who asks what of whom.
	recognise(*exchange) error
	// authenticate finds out who signed it.
	authenticate(*exchange) error
	// run asks the operation.
	run(*exchange) (listing, error)
	// spoil is a fault in the words of the family.
	spoil(*exchange, Fault) error
	// accept and refuse write an answer.
	accept(*exchange, reply) answer
	refuse(*exchange, error) answer
}

// wireOf finds the family by the path.
func (c *Cloud) wireOf(r *http.Request) wire {
	switch r.URL.Path {
	case "", "/":
		return &c.rpc
	case "/iaas", "/iaas/":
		return qing{}
	default:
		return nowhere{}
	}
}

// respond answers one request and keeps it in the log. An error is the end of the
// connection, without an answer.
func (c *Cloud) respond(r *http.Request) (answer, error) {
	x := c.begin(r)
	w := c.wireOf(r)
	err := w.recognise(x)
	x.learned()
	x.skew()
	if err == nil {
		err = w.authenticate(x)
	}
	a, passed, broken := x.passGateway()
	if broken != nil {
		x.learned()
		return answer{}, broken
	}
	if passed {
		a = x.serve(w, err)
	}
	x.spoilBody(&a)
	x.request.Status, x.request.Code = a.status, a.code
	x.learned()
	return a, nil
}

// serve has the service answer a request that err may have spoiled already.
func (x *exchange) serve(w wire, err error) answer {
	if err == nil {
		err = x.passService(w)
	}
	if err != nil {
		return w.refuse(x, err)
	}
	found, err := w.run(x)
	if err != nil {
		return w.refuse(x, err)
	}
	x.changeWorld(found)
	return w.accept(x, x.reply(found))
}

func (c *Cloud) begin(r *http.Request) *exchange {
	x := &exchange{http: r, cloud: c, catalog: c.truth.now.Load(), script: c.script.Load(), id: c.requestID(), now: c.now()}
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
