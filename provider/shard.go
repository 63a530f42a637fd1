package provider

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// Shard returns the targets of shard index of count, in their order, so that count
// processes which each search one shard search every target once. The index counts
// from 0. An account is never split: its targets are in one shard, and its budget
// is in one process.
//
// The shard of an account depends on [Target.Account] and count only, by rendezvous
// hashing, and is the same in every process, on every platform and in every version
// of this module. If count grows by one, accounts move to the new shard only. A
// shard can be empty, which [Search] refuses as a list without targets.
//
// The time that it takes is proportional to count times the number of accounts.
//
// Shard panics if count is below 1, or if index is not between 0 and count-1.
func Shard(targets []Target, index, count int) []Target {
	if count < 1 || index < 0 || index >= count {
		panic(fmt.Sprintf("provider.Shard: shard %d of %d: want a count of at least 1 and an index from 0 to count-1", index, count))
	}
	var chosen []Target
	shards := map[string]int{}
	for _, target := range targets {
		account := target.account()
		shard, known := shards[account]
		if !known {
			shard = shardOf(account, count)
			shards[account] = shard
		}
		if shard == index {
			chosen = append(chosen, target)
		}
	}
	return chosen
}

// account returns the account of a target by the rule of [Target.Account].
func (t Target) account() string {
	if t.Account != "" {
		return t.Account
	}
	account, _, _ := strings.Cut(t.Name, "/")
	return account
}

// shardOf returns the shard with the greatest weight for an account, the first of
// them if two weights are equal.
func shardOf(account string, count int) int {
	best, bestWeight := 0, uint64(0)
	for shard := range count {
		if weight := shardWeight(account, shard); weight > bestWeight {
			best, bestWeight = shard, weight
		}
	}
	return best
}

// shardWeight is the start of the SHA-256 of "SHARD ACCOUNT". Changing it moves
// accounts of running deployments to other shards.
func shardWeight(account string, shard int) uint64 {
	sum := sha256.Sum256([]byte(strconv.Itoa(shard) + " " + account))
	return binary.BigEndian.Uint64(sum[:])
}
