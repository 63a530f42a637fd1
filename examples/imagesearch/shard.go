package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/imagequery/imagequery/examples/targets"
	"github.com/imagequery/imagequery/provider"
)

// shard is one of several parts of the targets. The zero value is all of them.
type shard struct{ index, count int }

// maxShards bounds the time that it takes to find the shards of thousands of accounts.
const maxShards = 10_000

func parseShard(text string) (shard, error) {
	first, second, _ := strings.Cut(text, "/")
	index, errIndex := strconv.Atoi(first)
	count, errCount := strconv.Atoi(second)
	if errIndex != nil || errCount != nil || index < 0 || index >= count || count > maxShards {
		return shard{}, fmt.Errorf("want INDEX/COUNT with an index from 0 to COUNT-1 and a COUNT of at most %d, such as 0/16", maxShards)
	}
	return shard{index, count}, nil
}

// of returns the targets whose account falls to the shard.
func (s shard) of(all []targets.Target) []targets.Target {
	if s.count == 0 {
		return all
	}
	var named []provider.Target
	for _, t := range all {
		named = append(named, provider.Target{Name: t.Name, Account: t.Account})
	}
	chosen := map[string]bool{}
	for _, t := range provider.Shard(named, s.index, s.count) {
		chosen[t.Name] = true
	}
	var left []targets.Target
	for _, t := range all {
		if chosen[t.Name] {
			left = append(left, t)
		}
	}
	return left
}
