package fakecloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
)

// The body up to the fault is the same as without it, for every operation, over the
// transport and a socket.
func TestBodyFaultsDamageBodies(t *testing.T) {
	for _, op := range operations() {
		cloud := op.cloud(t)
		bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
			ask := func(faults ...fakecloud.Fault) outcome {
				if err := cloud.SetFaults(faults...); err != nil {
					t.Fatal(err)
				}
				return fetch(rt, op.request(t.Context(), base, 1, 0))
			}
			whole := len(ask().Body)
			for name, tt := range bodyFaults() {
				got := ask(tt.fault)
				if got.End != tt.end || len(got.Body) != tt.length(whole) {
					t.Errorf("%s, %s: %d bytes of %d, end %q", name, op.name, len(got.Body), whole, got.End)
				}
				if got.Early || got.Length != int64(tt.told(whole)) {
					t.Errorf("%s, %s: early %v, Content-Length %d", name, op.name, got.Early, got.Length)
				}
			}
			if got := ask(fakecloud.Fault{Do: fakecloud.Reset}); !got.Early || got.End != "reset" {
				t.Errorf("reset, %s: %+v", op.name, got)
			}
		})
	}
}

type bodyFault struct {
	fault  fakecloud.Fault
	end    string
	length func(whole int) int // of what comes
	told   func(whole int) int // the Content-Length
}

func bodyFaults() map[string]bodyFault {
	return map[string]bodyFault{
		"reset body": {fakecloud.Fault{Do: fakecloud.ResetBody, Bytes: 100}, "reset", exactly(100), more(0)},
		"truncate":   {fakecloud.Fault{Do: fakecloud.Truncate, Bytes: 100}, "cut", exactly(100), more(0)},
		"at the end": {fakecloud.Fault{Do: fakecloud.Truncate, Bytes: -1}, "cut", more(-1), more(0)},
		"no body":    {fakecloud.Fault{Do: fakecloud.Truncate}, "cut", exactly(0), more(0)},
		"short":      {fakecloud.Fault{Do: fakecloud.ShortBody, Bytes: 100}, "", exactly(100), exactly(100)},
		"near end":   {fakecloud.Fault{Do: fakecloud.ShortBody, Bytes: -1}, "", more(-1), more(-1)},
		"too long":   {fakecloud.Fault{Do: fakecloud.ShortBody, Bytes: 1 << 20}, "", more(0), more(0)},
		"cut":        {fakecloud.Fault{Do: fakecloud.Cut, Bytes: 100}, "cut", exactly(100), exactly(-1)},
		"garbage":    {fakecloud.Fault{Do: fakecloud.Garbage, Bytes: 100}, "", more(0), more(0)},
		"endless":    {fakecloud.Fault{Do: fakecloud.Endless}, "", exactly(1 << 20), exactly(-1)},
		"bomb":       {fakecloud.Fault{Do: fakecloud.GzipBomb}, "", exactly(1 << 20), exactly(-1)},
		"small bomb": {fakecloud.Fault{Do: fakecloud.GzipBomb, Bytes: 9}, "", exactly(256 << 10), exactly(-1)},
	}
}

func exactly(n int) func(int) int { return func(int) int { return n } }
func more(n int) func(int) int    { return func(whole int) int { return whole + n } }

func TestBodyOfAFaultIsTextOrJSON(t *testing.T) {
	cloud, op := faultCloud(t), operations()[4]
	ask := func(faults ...fakecloud.Fault) outcome {
		if err := cloud.SetFaults(faults...); err != nil {
			t.Fatal(err)
		}
		return fetch(cloud.Transport(), op.request(t.Context(), "http://cloud.example", 1, 1))
	}
	whole := ask().Body
	garbage := fakecloud.Fault{Do: fakecloud.Garbage, Bytes: 10}
	noise := ask(garbage).Body
	if noise[:10] != whole[:10] || noise == whole || ask(garbage).Body != noise {
		t.Errorf("garbage: %q", noise)
	}
	garbage.Seed = 1
	if ask(garbage).Body == noise {
		t.Error("garbage is the same with another seed")
	}
	endless := ask(fakecloud.Fault{Do: fakecloud.Endless}).Body
	if text := strings.TrimRight(endless, " "); text != whole[:len(whole)-1] {
		t.Errorf("endless: %q", text)
	}
	if text := strings.TrimLeft(ask(fakecloud.Fault{Do: fakecloud.GzipBomb, Bytes: 1 << 20}).Body, " "); text != "" {
		t.Errorf("bomb: %.20q", text)
	}
}

// The client decompresses the body itself.
func TestGzipBombIsSmall(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.GzipBomb, Bytes: 64 << 20})
	bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
		r := operations()[0].request(t.Context(), base, 1, 0)
		r.Header.Set("Accept-Encoding", "gzip")
		got := fetch(rt, r)
		if got.Header.Get("Content-Encoding") != "gzip" || len(got.Body) > 1<<17 || got.End != "" {
			t.Errorf("%d bytes, %s, %q", len(got.Body), got.Header.Get("Content-Encoding"), got.End)
		}
	})
}

func TestHangEndsWithTheConnection(t *testing.T) {
	for _, op := range operations() {
		cloud := op.cloud(t)
		bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
			for name, tt := range map[string]struct {
				faults []fakecloud.Fault
				bytes  int // that come before; negative: no response comes
			}{
				"hang":          {[]fakecloud.Fault{{Do: fakecloud.Hang}}, -1},
				"slow, no end":  {[]fakecloud.Fault{{Do: fakecloud.Latency, Wait: time.Hour}}, -1},
				"hang body":     {[]fakecloud.Fault{{Do: fakecloud.HangBody, Bytes: 100}}, 100},
				"headers only":  {[]fakecloud.Fault{{Do: fakecloud.HangBody}}, 0},
				"in an error":   {[]fakecloud.Fault{{Do: fakecloud.HTMLPage}, {Do: fakecloud.HangBody, Bytes: 5}}, 5},
				"trickle, hang": {[]fakecloud.Fault{{Do: fakecloud.HangBody, Bytes: 3}, {Do: fakecloud.Trickle, Wait: time.Millisecond}}, 3},
			} {
				if err := cloud.SetFaults(tt.faults...); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				err := hangs(rt, op.request(ctx, base, 1, 0), tt.bytes, func() {
					time.AfterFunc(5*time.Millisecond, func() { cancel(context.DeadlineExceeded) })
				})
				if ending(err) != "timeout" {
					t.Errorf("%s, %s: %v", name, op.name, err)
				}
				cancel(nil)
			}
		})
	}
}

// hangs returns the error of a request which comes to a halt after so many bytes.
func hangs(rt http.RoundTripper, r *http.Request, bytes int, giveUp func()) error {
	if bytes < 0 {
		giveUp()
	}
	resp, err := rt.RoundTrip(r)
	if err != nil {
		if bytes >= 0 {
			return fmt.Errorf("no answer: %v", err)
		}
		return err
	}
	defer resp.Body.Close()
	if _, err := io.ReadFull(resp.Body, make([]byte, max(bytes, 0))); err != nil {
		return err
	}
	giveUp()
	if n, err := resp.Body.Read(make([]byte, 1)); n == 0 {
		return err
	}
	return errors.New("more comes")
}

// As with net/http, Close may be called during Read.
func TestClosingABodyEndsItsRead(t *testing.T) {
	cloud := faultCloud(t, fakecloud.Fault{Do: fakecloud.HangBody, Bytes: 1})
	bothWays(t, cloud, func(t *testing.T, rt http.RoundTripper, base string) {
		resp, err := rt.RoundTrip(operations()[0].request(t.Context(), base, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		read := make(chan error)
		go func() {
			_, err := resp.Body.Read(make([]byte, 1))
			read <- err
		}()
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
		if err := <-read; err == nil {
			t.Error("the read went on")
		}
	})
}
