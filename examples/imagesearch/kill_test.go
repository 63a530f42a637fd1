package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/imagequery/imagequery/fakecloud"
	"github.com/imagequery/imagequery/provider"
)

// killedAccounts is more than a journal records at the same time, so that some wait.
const killedAccounts = 24

// killedImages returns the number of images of an account. The hits of some accounts
// take several blocks of a file.
func killedImages(account int) int {
	if account%8 == 0 {
		return 40
	}
	return 5
}

// killedWorld has an account for each target, with its images in one region.
func killedWorld() fakecloud.World {
	w := fakecloud.World{Regions: map[string][]string{"aliyunecs": {"cn-hangzhou"}}}
	for account := range killedAccounts {
		a := fakecloud.Account{
			Name: fmt.Sprintf("team-%d", account), ID: fmt.Sprint(1000 + account),
			Keys: []fakecloud.Key{{ID: fmt.Sprintf("key-%d", account), Secret: "canary-secret"}},
		}
		for i := range killedImages(account) {
			m := webImage()
			m.ID, m.Name = fmt.Sprintf("m-%d-%d", account, i), fmt.Sprintf("image %d", i)
			a.Images = append(a.Images, fakecloud.Image{Image: m})
		}
		w.Accounts = append(w.Accounts, a)
	}
	return w
}

func killedConfig() string {
	var b strings.Builder
	b.WriteString("targets:\n")
	for account := range killedAccounts {
		fmt.Fprintf(&b, "  - name: team-%[1]d\n    provider: aliyunecs\n    regions: [cn-hangzhou]\n    endpoint: %%[1]s\n"+
			"    credentials: {access_key_id: key-%[1]d, access_key_secret: canary-secret}\n", account)
	}
	return b.String()
}

// killer serves a cloud, and calls a function when a number of requests has arrived.
type killer struct {
	cloud *fakecloud.Cloud
	left  atomic.Int64
	kill  atomic.Pointer[func()]
}

func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if k.left.Add(-1) == 0 {
		(*k.kill.Load())()
	}
	k.cloud.ServeHTTP(w, r)
}

// TestKilledRunsContinue kills the process at a random request, at most three times
// in a row, and then lets it end. Whatever the journal holds then is complete,
// without duplicates, and no file is left that belongs to no target.
func TestKilledRunsContinue(t *testing.T) {
	t.Parallel()
	cloud, err := fakecloud.New(killedWorld())
	if err != nil {
		t.Fatal(err)
	}
	seeds := 100
	if testing.Short() {
		seeds = 3
	}
	// The journals stay until all runs have ended: ext4 is slow to create files where
	// others were just deleted.
	journals := t.TempDir()
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			k := &killer{cloud: cloud}
			server := httptest.NewServer(k)
			defer server.Close()
			file, dir := writeConfig(t, killedConfig(), server.URL), filepath.Join(journals, fmt.Sprint(seed))
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			for range 1 + random.IntN(3) {
				k.runAndKill(t, random, "--config", file, "--journal", dir, "--output", "ndjson")
			}
			k.left.Store(0)
			if text, err := asProcess(t, "--config", file, "--journal", dir, "--output", "ndjson").CombinedOutput(); err != nil {
				t.Fatalf("the last run: %v\n%s", err, text)
			}
			checkJournalIsWhole(t, file, dir)
			cloud.Reset() // the garbage collector would mark the requests of all runs
		})
	}
}

// runAndKill kills the process, as SIGKILL does, when it has sent a random number of
// requests, or a little later.
func (k *killer) runAndKill(t *testing.T, random *rand.Rand, args ...string) {
	command := asProcess(t, args...)
	delay := time.Duration(random.IntN(3000)) * time.Microsecond
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { time.AfterFunc(delay, func() { _ = command.Process.Kill() }) }
	k.kill.Store(&kill)
	k.left.Store(1 + random.Int64N(killedAccounts))
	_ = command.Wait() // killed, or complete if few targets were missing
}

func checkJournalIsWhole(t *testing.T, file, dir string) {
	got := imagesearch(t.Context(), "--config", file, "--from-journal", dir, "--output", "ndjson")
	var ids []string
	for line := range strings.Lines(got.stdout) {
		var hit provider.Hit
		if err := json.Unmarshal([]byte(line), &hit); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, hit.Image.ID)
	}
	var want []string
	for account := range killedAccounts {
		for i := range killedImages(account) {
			want = append(want, fmt.Sprintf("m-%d-%d", account, i))
		}
	}
	slices.Sort(ids)
	slices.Sort(want)
	if got.status != exitComplete || !slices.Equal(ids, want) {
		t.Errorf("status %d, %d hits, want %d different ones\n%s", got.status, len(ids), len(want), got.stderr)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2*killedAccounts+1 {
		t.Errorf("%d files, want two for each target and the lock", len(entries))
	}
}
