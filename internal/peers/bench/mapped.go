package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/imagequery/imagequery/image"
)

// openerOf makes a pager.
type openerOf[R any] func(target, api) (pager[R], error)

// mapping makes images of a vendor's structs, given the region that was asked.
func mapping[R any](open openerOf[R], images func(page []R, region string) []image.Image) openerOf[image.Image] {
	return func(to target, a api) (pager[image.Image], error) {
		get, err := open(to, a)
		return func(number, size int) ([]image.Image, int, error) {
			page, total, err := get(number, size)
			return images(page, a.region), total, err
		}, err
	}
}

func openMapped(to target, a api) (fetcher, error) { return counted(a.mapped(to, a)) }

// What follows is for more than one mapping.

func account(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func number(text string) int {
	if text == "" {
		return 0
	}
	n, _ := strconv.Atoi(text) // no number is no size
	return n
}

func moment(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text) // no time is the zero one
	return at.UTC()
}

func joined(name, version string) string { return strings.TrimSpace(name + " " + version) }

// given returns the texts that are not empty.
func given(texts ...string) []string {
	var out []string
	for i, text := range texts {
		if text == "" {
			continue
		}
		if out == nil {
			out = make([]string, 0, len(texts)-i)
		}
		out = append(out, text)
	}
	return out
}

func osOf(text string) image.OS {
	os, _ := image.ParseOS(text)
	return os
}

func archOf(text string) image.Arch {
	arch, _ := image.ParseArch(text)
	return arch
}
