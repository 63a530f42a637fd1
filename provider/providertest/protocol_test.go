package providertest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
	"github.com/imagequery/imagequery/provider/httpapi"
	"github.com/imagequery/imagequery/provider/lenient"
	"github.com/imagequery/imagequery/provider/providertest"
)

// sign adds the parameters of the protocol.
func (a *model) sign(attempt *httpapi.Attempt) error {
	params, now := maps.Clone(attempt.Request.Params), time.Now().UTC().Format(time.RFC3339)
	nonce := cmp.Or(params.Get("nonce"), a.nonce())
	signature := fmt.Sprintf("signature of %s at %s with a secret", nonce, now)
	attempt.Hide(signature)
	maps.Copy(params, url.Values{
		"action": {attempt.Request.Action}, "key": {attempt.Credentials.AccessKeyID.Reveal()},
		"nonce": {nonce}, "stamp": {now}, "signature": {signature},
	})
	attempt.URL.RawQuery = params.Encode()
	return nil
}

func (a *model) nonce() string { return fmt.Sprint(a.nonces.Add(1)) }

var kinds = map[string]provider.Kind{
	"busy": provider.Unavailable, "slow down": provider.Throttled, "bad key": provider.Unauthenticated,
	"forbidden": provider.PermissionDenied, "bad request": provider.InvalidArgument,
}

// classify decides by the code of an error.
func (a *model) classify(r *httpapi.Response) httpapi.Outcome {
	kind, known := kinds[r.Status.Code]
	switch {
	case r.Status.Code == "gone": // the answer of a faulty transport
		return httpapi.Outcome{Kind: provider.Unavailable}
	case !known:
		return httpapi.ByStatus(r)
	}
	out := httpapi.FailureOf(kind, r.Header)
	if a.outcome != nil {
		a.outcome(a, r, &out)
	}
	if a.ownBudget && kind == provider.Throttled && !a.has("a throttle holds only one client") {
		a.config.Budget.Hold("here", r.Attempt.Request.Action, time.Now().Add(min(out.Wait, a.config.Retry.MaxWait)))
	}
	return out
}

func (a *model) send(ctx context.Context, action string, params url.Values) (*provider.Page, error) {
	release, err := a.admit(ctx, action)
	if err != nil {
		return nil, err
	}
	defer release()
	late, interrupted, stop := a.endLate(ctx)
	defer stop()
	page, err := a.api.Send(a.withHooks(late), action, params, a.decode)
	if e, ok := errors.AsType[*provider.Error](err); ok && a.failure != nil {
		a.failure(a, e)
	}
	switch {
	case err == nil || ctx.Err() == nil:
		return page, err
	case interrupted.Load() && a.has("the end of a context is taken for a failure"):
		return nil, &provider.Error{Kind: provider.BadResponse, Message: "gone"}
	default:
		return nil, &provider.Error{Err: ctx.Err()}
	}
}

// admit waits for the budget, if the model does so itself.
func (a *model) admit(ctx context.Context, action string) (release func(), err error) {
	if !a.ownBudget {
		return func() {}, nil
	}
	if a.has("the budget has another operation") {
		action = "any"
	}
	began := time.Now()
	release, waited, err := a.config.Budget.Acquire(ctx, "here", action)
	if hook := provider.ContextTrace(ctx).Throttle; hook != nil && waited > 0 {
		hook(ctx, provider.ThrottleInfo{Provider: "model", Region: "here", Action: action, Began: began, Wait: waited})
	}
	switch {
	case err != nil:
		return nil, &provider.Error{Err: err}
	case a.has("slots are kept"):
		return func() {}, nil
	case a.has("slots are released early"):
		release()
	}
	return release, nil
}

// endLate returns a context that ends when ctx does, or later for a model with a fault,
// and whether a request was in flight when it did. After stop it does not end.
func (a *model) endLate(ctx context.Context) (late context.Context, interrupted *atomic.Bool, stop func() bool) {
	interrupted = &atomic.Bool{}
	if a.late == nil {
		return ctx, interrupted, func() bool { return true }
	}
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop = context.AfterFunc(ctx, func() {
		interrupted.Store(a.inFlight.Load() > 0)
		if a.late(interrupted.Load()) {
			cancel()
		}
	})
	return late, interrupted, stop
}

// withoutHooks is a context without the hooks of a trace.
type withoutHooks struct{ context.Context }

func (withoutHooks) Value(any) any { return nil }

// withHooks returns a context with the hooks that a model with a fault calls.
func (a *model) withHooks(ctx context.Context) context.Context {
	was := provider.ContextTrace(ctx)
	if a.hooks == nil || was.Start == nil {
		return ctx
	}
	hooks := *was
	hooks.Start = func(_ context.Context, i provider.SpanInfo) (context.Context, provider.EndSpan) {
		return was.Start(ctx, i)
	}
	hooks.Retry = func(_ context.Context, i provider.RetryInfo) { was.Retry(ctx, i) }
	hooks.Throttle = func(_ context.Context, i provider.ThrottleInfo) { was.Throttle(ctx, i) }
	a.hooks(ctx, was, &hooks)
	return provider.WithTrace(withoutHooks{ctx}, &hooks)
}

// RoundTrip makes the model the transport of its requests.
func (a *model) RoundTrip(r *http.Request) (*http.Response, error) {
	a.inFlight.Add(1)
	defer a.inFlight.Add(-1)
	if a.transport != nil {
		return a.transport(a, r)
	}
	return a.next.RoundTrip(r)
}

// insteadOfError is a transport that responds where the connection breaks.
func insteadOfError(status int, body string) func(*model, *http.Request) (*http.Response, error) {
	return func(a *model, r *http.Request) (*http.Response, error) {
		out, err := a.next.RoundTrip(r)
		if err != nil && r.Context().Err() == nil {
			return answer(status, body), nil
		}
		return out, err
	}
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// ask sends a request that is of no use.
func (a *model) ask() {
	client := http.Client{Transport: a.cloud, Timeout: time.Hour}
	if response, err := client.Get("https://model.invalid/?action=list"); err == nil {
		response.Body.Close()
	}
}

// memo keeps what the sessions of all models would work out again and again.
type memo[K comparable, V any] struct{ values sync.Map }

func (m *memo[K, V]) get(key K, find func() V) V {
	if known, ok := m.values.Load(key); ok {
		return known.(V)
	}
	known, _ := m.values.LoadOrStore(key, find())
	return known.(V)
}

var (
	worlds memo[int, []image.Image]
	rows   memo[rowKey, *row]
	pages  memo[uint64, decoded] // by the hash of the response body
	seed   = maphash.MakeSeed()
)

// worldOf is what the cloud can express.
func worldOf(n int) []image.Image {
	return worlds.get(n, func() []image.Image {
		out := providertest.Images((&model{}).Info(), n)
		for i := range out {
			m := &out[i]
			if m.Source == "" {
				m.Source = image.SourceSelf
			}
			m.Version, m.OSName, m.BootMode = "", "", ""
		}
		return out
	})
}

// row is an image with its state and its record.
type row struct {
	image.Image
	state  string
	record []byte
}

type rowKey struct {
	id      string
	created time.Time
}

func rowOf(m image.Image) *row {
	return rows.get(rowKey{m.ID, m.Created}, func() *row {
		r := &row{Image: m, state: "frozen"}
		if words := lenient.Words(states, []image.Status{m.Status}); len(words) > 0 {
			r.state = words[len(m.ID)%len(words)]
		}
		m.Ref, m.Status = image.Ref{ID: m.ID}, image.Status(r.state)
		r.record, _ = json.Marshal(m)
		return r
	})
}

var states = map[string]image.Status{
	"creating": image.StatusPending, "queued": image.StatusPending,
	"active": image.StatusAvailable, "old": image.StatusDeprecated, "broken": image.StatusFailed,
}

// record is an image as the cloud words it: with a state of its own in place of a status.
type record struct {
	ID, Name, Description, Source, Owner, Visibility, Status, Progress, OS, Platform, Arch, Created lenient.Text

	OSVersion       lenient.Text `json:"os_version"`
	SizeGiB         lenient.Text `json:"size_gib"`
	StatusChanged   lenient.Text `json:"status_changed"`
	SourceInstance  lenient.Text `json:"source_instance"`
	Disks           lenient.List[disk]
	SourceSnapshots lenient.List[lenient.Text] `json:"source_snapshots"`
	Tags            map[string]lenient.Text
}

type disk struct {
	Type, Device, Format, Encrypted lenient.Text

	SnapshotID lenient.Text `json:"snapshot_id"`
	SizeGiB    lenient.Text `json:"size_gib"`
}

// named maps the words of a vocabulary to its values.
func named[E ~string](values []E) map[string]E {
	out := map[string]E{}
	for _, v := range values {
		out[string(v)] = v
	}
	return out
}

var (
	sources      = named(image.Sources())
	visibilities = named(image.Visibilities())
	oses         = named(image.OSes())
	archs        = named(image.Archs())
)

func (r record) image(c *lenient.Converter) image.Image {
	m := image.Image{
		Ref:  image.Ref{Provider: "model", Region: "here", ID: string(r.ID)},
		Name: string(r.Name), Description: string(r.Description), Owner: string(r.Owner), Platform: image.ParsePlatform(string(r.Platform)),
		OSVersion: string(r.OSVersion), SourceInstance: string(r.SourceInstance),
		Source: lenient.Enum(c, "source", r.Source, sources), Visibility: lenient.Enum(c, "visibility", r.Visibility, visibilities),
		Status: lenient.Enum(c, "status", r.Status, states), OS: lenient.Enum(c, "os", r.OS, oses), Arch: lenient.Enum(c, "arch", r.Arch, archs),
		Progress: c.Int("progress", r.Progress), SizeGiB: c.Int("size_gib", r.SizeGiB),
		Created: c.Time("created", r.Created), StatusChanged: c.Time("status_changed", r.StatusChanged),
	}
	for _, d := range r.Disks {
		m.Disks = append(m.Disks, image.Disk{
			Type: string(d.Type), Device: string(d.Device), Format: string(d.Format), SnapshotID: string(d.SnapshotID),
			SizeGiB: c.Int("disks.size_gib", d.SizeGiB), Encrypted: c.Bool("disks.encrypted", d.Encrypted),
		})
	}
	for _, s := range r.SourceSnapshots {
		m.SourceSnapshots = append(m.SourceSnapshots, string(s))
	}
	for key, value := range r.Tags {
		if m.Tags == nil {
			m.Tags = map[string]string{}
		}
		m.Tags[key] = string(value)
	}
	return m
}

// decoded is a response as a right adapter decodes it.
type decoded struct {
	page   provider.Page
	status httpapi.Status
	states []lenient.Text // of the images
	isList bool           // there is a list of images
	err    error
}

func decode(body []byte) (out decoded) {
	var content struct {
		Total, Code, Message lenient.Text
		Images               lenient.List[record]
	}
	if out.err = lenient.Unmarshal(body, &content); out.err != nil {
		return out
	}
	var c lenient.Converter
	out.status = httpapi.Status{Code: string(content.Code), Message: string(content.Message)}
	out.page.Total, out.isList = c.Int("Total", content.Total), content.Images != nil
	for _, r := range content.Images {
		out.page.Images, out.states = append(out.page.Images, r.image(&c)), append(out.states, r.Status)
	}
	out.page.Unreadable = c.Unreadable
	return out
}

// copies returns images that share no memory with others.
func copies(images []image.Image) []image.Image {
	out := slices.Clone(images)
	for i := range out {
		m := &out[i]
		m.Name, m.Tags, m.Disks = strings.Clone(m.Name), maps.Clone(m.Tags), slices.Clone(m.Disks)
		m.SourceSnapshots, m.Native = slices.Clone(m.SourceSnapshots), slices.Clone(m.Native)
	}
	return out
}
