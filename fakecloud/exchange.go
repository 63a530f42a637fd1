package fakecloud

import (
	"net/http"
	"time"
)

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

// learned shows what is known in the log.
func (x *exchange) learned() { x.cloud.log.update(x.logged, x.request) }

// claim notes which key a request names, authentic or not.
func (x *exchange) claim(keyID, region string) {
	x.keyID, x.request.Region = keyID, region
}

// claimed is the name of the account whose key the request names.
func (x *exchange) claimed() string {
	if owner, ok := x.catalog.keys[x.keyID]; ok {
		return owner.account.Name
	}
	return ""
}

// signedBy notes who an authentic request comes from.
func (x *exchange) signedBy(owner keyOwner) {
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
	return &call{args: &args{params: x.params, code: code}, world: x.catalog, account: x.account, action: x.request.Action}
}

// nowhere answers on every path that no service has: it recognises nothing.
type nowhere struct{ wire }

func (nowhere) recognise(x *exchange) error {
	_, _ = x.decode() // for the log
	return refuse(http.StatusNotFound, "NotFound", "fakecloud serves Alibaba services on / and QingCloud on /iaas/")
}

func (nowhere) refuse(x *exchange, err error) answer {
	e := asRefusal(err, "InternalError")
	return x.answerJSON(e.status, e.code, reply{fields: map[string]any{"message": e.message}})
}
