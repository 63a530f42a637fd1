package main

import (
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// sample is what one run cost this process. Times are in microseconds.
type sample struct{ Wall, CPU, Mallocs, Bytes float64 }

// variant is one way of doing the same.
type variant func() error

func measure(run variant) (sample, error) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := cpuTime(), time.Now()
	err := run()
	wall, used := time.Since(start), cpuTime()-cpu
	runtime.ReadMemStats(&after)
	return sample{
		Wall: inMicros(wall), CPU: inMicros(used),
		Mallocs: float64(after.Mallocs - before.Mallocs), Bytes: float64(after.TotalAlloc - before.TotalAlloc),
	}, err
}

// cpuTime is what this process has used, in user and system mode.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func inMicros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// interleave runs every variant once a round, each round beginning with another
// one, and returns the samples of each. A variant whose first run takes longer than
// slow is not run again.
func interleave(rounds int, slow time.Duration, variants []variant) ([][]sample, error) {
	samples := make([][]sample, len(variants))
	for round := range rounds {
		for i := range variants {
			at := (i + round) % len(variants)
			if len(samples[at]) > 0 && samples[at][0].Wall > inMicros(slow) {
				continue
			}
			s, err := measure(variants[at])
			if err != nil {
				return nil, err
			}
			samples[at] = append(samples[at], s)
		}
	}
	return samples, nil
}

// summary is the median of the samples of one variant, and the quartiles of its CPU.
type summary struct {
	sample
	low, high float64
}

func summarize(samples [][]sample) (out []summary) {
	for _, list := range samples {
		wall := func(s sample) float64 { return s.Wall }
		cpu := func(s sample) float64 { return s.CPU }
		out = append(out, summary{
			sample: sample{
				Wall: quantile(list, 0.5, wall), CPU: quantile(list, 0.5, cpu),
				Mallocs: quantile(list, 0.5, func(s sample) float64 { return s.Mallocs }), Bytes: quantile(list, 0.5, func(s sample) float64 { return s.Bytes }),
			},
			low: quantile(list, 0.25, cpu), high: quantile(list, 0.75, cpu),
		})
	}
	return out
}

// spread writes the quartiles of the CPU.
func (s summary) spread() string { return micros(s.low) + "–" + micros(s.high) }

// quantile returns the value below which a part of the samples lies, between the two
// nearest ones.
func quantile(list []sample, part float64, of func(sample) float64) float64 {
	var values []float64
	for _, s := range list {
		values = append(values, of(s))
	}
	slices.Sort(values)
	at, between := math.Modf(part * float64(len(values)-1))
	below, above := values[int(at)], values[min(int(at)+1, len(values)-1)]
	return below + between*(above-below)
}

// minus is what a costs beyond b, divided by n.
func (a sample) minus(b sample, n int) sample {
	f := float64(n)
	return sample{(a.Wall - b.Wall) / f, (a.CPU - b.CPU) / f, (a.Mallocs - b.Mallocs) / f, (a.Bytes - b.Bytes) / f}
}

// each divides every sample by n, after it subtracts those of without, which may be nil.
func each(samples, without []sample, n int) []sample {
	out := make([]sample, len(samples))
	for i, s := range samples {
		var base sample
		if without != nil {
			base = without[i]
		}
		out[i] = s.minus(base, n)
	}
	return out
}

// peakMB is the most memory that a process, or "self", ever had in RAM, in megabytes of
// a million bytes. What the parent had does not count, as it would in getrusage.
func peakMB(process string) float64 {
	status, _ := os.ReadFile("/proc/" + process + "/status")
	for line := range strings.Lines(string(status)) {
		if text, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "kB")), 64)
			return kb * 1024 / 1e6
		}
	}
	return 0
}
