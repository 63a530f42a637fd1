//go:build unix

package scale

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/imagequery/imagequery/image"
	"github.com/imagequery/imagequery/provider"
)

// The defaults are a simulation for each run of the tests. The one of docs/scaling.md:
//
//	go test ./internal/scale -run Simulation -targets 100000 -accounts 20000 -shards 64 -print -v -timeout 1h
var (
	targetCount  = flag.Int("targets", 2000, "number of targets")
	accountCount = flag.Int("accounts", 400, "number of accounts")
	shardCounts  = flag.String("shards", "4", "numbers of shards, with commas between them")
	withBudgets  = flag.Bool("budgets", true, "set budgets for the accounts that need many requests")
	printTable   = flag.Bool("print", false, "print a table with a row for each shard; needs -v")
)

// result is one shard, or the sum and the maxima of several.
type result struct {
	shard                      string
	accounts, targets, images  int
	failed, throttled          int // targets
	requests, refused, retries int
	peak                       int           // requests in flight
	makespan                   time.Duration // in virtual time
	cpu                        time.Duration
	memory                     uint64 // peak, heap and stacks
}

func TestSimulation(t *testing.T) {
	all := population(*targetCount, *accountCount)
	var rows []result
	for text := range strings.SplitSeq(*shardCounts, ",") {
		count, err := strconv.Atoi(text)
		if err != nil || count < 1 {
			t.Fatalf("-shards %q: want numbers with commas between them, such as 4,16", *shardCounts)
		}
		total := result{shard: fmt.Sprintf("all of %d", count)}
		for shard := range count {
			r := simulate(t, all, shard, count)
			total.add(r)
			if count > 1 {
				rows = append(rows, r)
			}
		}
		if total.targets != len(all) {
			t.Errorf("%d shards have %d targets, want %d", count, total.targets, len(all))
		}
		rows = append(rows, total)
	}
	if *printTable {
		printRows(rows)
	}
}

// simulate searches one shard in a bubble of virtual time.
func simulate(t *testing.T, all []target, shard, count int) result {
	t.Helper()
	debug.FreeOSMemory()
	r := result{shard: fmt.Sprintf("%d/%d", shard, count)}
	began := cpuTime()
	synctest.Test(t, func(t *testing.T) {
		chosen := shardOf(all, shard, count)
		c := newCloud(chosen, func() { r.memory = max(r.memory, memoryInUse()) })
		r.search(t, c, chosen)
		r.targets, r.requests, r.refused, r.peak = len(chosen), c.requests, c.refusals, c.peak
	})
	r.cpu = cpuTime() - began
	return r
}

// shardOf returns the targets of a shard as [provider.Shard] chooses them.
func shardOf(all []target, shard, count int) []target {
	byName := make(map[string]target, len(all))
	named := make([]provider.Target, len(all))
	for i, t := range all {
		named[i] = provider.Target{Name: t.name(), Account: t.account}
		byName[t.name()] = t
	}
	var chosen []target
	for _, t := range provider.Shard(named, shard, count) {
		chosen = append(chosen, byName[t.Name])
	}
	return chosen
}

// search runs the search of a shard, and holds its reports to what the cloud has.
func (r *result) search(t *testing.T, c *cloud, chosen []target) {
	reported := map[string]int{}
	ctx := provider.WithTrace(t.Context(), &provider.Trace{Target: func(_ context.Context, report provider.Report) {
		reported[report.Target]++
		r.retries += report.Retries
		of := c.targets[report.Target]
		switch {
		case of.failure == 0 && errors.Is(report.Err, provider.Throttled):
			r.throttled++
		case report.Complete != (of.failure == 0), report.Complete && report.Matched != of.images:
			t.Errorf("%s: complete %t with %d images, want %d: %v", report.Target, report.Complete, report.Matched, of.images, report.Err)
		}
	}})
	began := time.Now()
	for _, err := range provider.Search(ctx, r.providerTargets(t, c, chosen), image.Query{}, nil) {
		if err != nil {
			r.failed++
			continue
		}
		r.images++
	}
	r.makespan = time.Since(began)
	for _, of := range chosen {
		if reported[of.name()] != 1 {
			t.Errorf("%s has %d reports, want one", of.name(), reported[of.name()])
		}
	}
	if *withBudgets && r.throttled > 0 {
		t.Errorf("%d targets failed because they were throttled, want none", r.throttled)
	}
}

// providerTargets makes the clients of a shard, with one budget for each account.
func (r *result) providerTargets(t *testing.T, c *cloud, chosen []target) []provider.Target {
	requests := map[string]int{}
	for _, of := range chosen {
		requests[of.account] += of.pages()
	}
	budgets := map[string]*provider.Budget{}
	targets := make([]provider.Target, len(chosen))
	for i, of := range chosen {
		if budgets[of.account] == nil {
			budgets[of.account] = new(provider.Budget)
			if *withBudgets {
				budgets[of.account] = of.limit.budget(requests[of.account])
			}
		}
		client, err := c.newClient(of, budgets[of.account])
		if err != nil {
			t.Fatal(err)
		}
		targets[i] = provider.Target{Name: of.name(), Account: of.account, Client: client}
	}
	r.accounts = len(budgets)
	return targets
}

// add sums the counts of another shard, and keeps the larger of what each process has
// by itself.
func (r *result) add(o result) {
	r.accounts, r.targets, r.images = r.accounts+o.accounts, r.targets+o.targets, r.images+o.images
	r.failed, r.throttled = r.failed+o.failed, r.throttled+o.throttled
	r.requests, r.refused, r.retries = r.requests+o.requests, r.refused+o.refused, r.retries+o.retries
	r.peak, r.makespan, r.cpu, r.memory = max(r.peak, o.peak), max(r.makespan, o.makespan), max(r.cpu, o.cpu), max(r.memory, o.memory)
}

func printRows(rows []result) {
	fmt.Println("| shard | accounts | targets | images | requests | refused | retries | failed | of them throttled | in flight | makespan | CPU s | MB |")
	fmt.Println("|---" + strings.Repeat("|--:", 12) + "|")
	for _, r := range rows {
		fmt.Printf("| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %v | %.1f | %d |\n", r.shard, r.accounts, r.targets, r.images, r.requests,
			r.refused, r.retries, r.failed, r.throttled, r.peak, r.makespan.Round(time.Second), r.cpu.Seconds(), r.memory/1e6)
	}
}

// memoryInUse returns the bytes of heap objects, garbage included, and of stacks.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() + samples[1].Value.Uint64()
}

// cpuTime is what this process has used, in user and system mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestPopulationIsSkewed(t *testing.T) {
	all := population(10_000, 2000)
	regions := map[string]int{}
	for _, of := range all {
		regions[of.account]++
	}
	var sizes []int
	for _, n := range regions {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	if len(all) != 10_000 || len(sizes) != 2000 || sizes[len(sizes)/2] > 3 || sizes[len(sizes)-1] < 30 {
		t.Errorf("%d targets in %d accounts, median %d, largest %d", len(all), len(sizes), sizes[len(sizes)/2], sizes[len(sizes)-1])
	}
}
