package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// importing measures what each library adds to the program that imports it. The
// build cache of each build holds what the baseline needs, and no more.
func (b *bench) importing() error {
	dir, err := os.MkdirTemp("", "importing")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	warm := filepath.Join(dir, "cache")
	base, err := build(dir, warm, "baseline")
	if err != nil {
		return err
	}
	t := table{
		Title:   "Importing",
		Note:    "What is added to a program that has net/http and encoding/json: cold build of everything else (wall and CPU), and the stripped binary.",
		Columns: []string{"", "build, s", "CPU, s", "binary, MB"},
	}
	for _, p := range []struct{ dir, name string }{
		{"imagequery", "imagequery, all adapters"},
		{"retryablehttp", "of these, go-retryablehttp alone"}, {"sdkutils", "of these, sdk/utils of alibaba-cloud-sdk-go alone"},
		{"errgroup", "of these, x/sync/errgroup alone"}, {"rate", "of these, x/time/rate alone"},
		{"alibaba", "vendor's clients of ECS, SWAS and ENS"},
		{"acs3", "core of the vendor's SDK V2.0 for Alibaba Cloud, without its typed clients"}, {"qingcloud", "vendor's client of QingCloud"},
	} {
		cache := filepath.Join(dir, p.dir)
		if err := os.CopyFS(cache, os.DirFS(warm)); err != nil {
			return err
		}
		built, err := build(dir, cache, p.dir)
		if err != nil {
			return err
		}
		t.add(p.name, fmt.Sprintf("%.1f", built.wall.Seconds()), fmt.Sprintf("%.1f", built.cpu.Seconds()), fmt.Sprintf("+%.2f", float64(built.bytes-base.bytes)/1e6))
		if err := os.RemoveAll(cache); err != nil {
			return err
		}
	}
	b.Tables = append(b.Tables, t)
	return nil
}

type built struct {
	wall, cpu time.Duration
	bytes     int64
}

// build builds one of the importers.
func build(dir, cache, name string) (built, error) {
	binary := filepath.Join(dir, name+".bin")
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "./bench/importers/"+name)
	command.Env = append(os.Environ(), "GOCACHE="+cache, "GOWORK=off", "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return built{}, fmt.Errorf("building %s (run this in internal/peers): %w", name, err)
	}
	state := command.ProcessState
	info, err := os.Stat(binary)
	if err != nil {
		return built{}, err
	}
	return built{time.Since(start), state.UserTime() + state.SystemTime(), info.Size()}, nil
}
