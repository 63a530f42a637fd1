#!/bin/sh
# Usage: diff-days.sh OLD.ndjson NEW.ndjson
set -eu
old=${1:?usage: diff-days.sh OLD.ndjson NEW.ndjson}
new=${2:?usage: diff-days.sh OLD.ndjson NEW.ndjson}
# shellcheck disable=SC2016 # the dollar signs are those of jq
jq -cn --slurpfile old "$old" --slurpfile new "$new" '
  def by_image: INDEX(.[]; "\(.target) \(.image.region) \(.image.id)");
  ($old | by_image) as $before | ($new | by_image) as $after
  | ($before + $after | keys[]) as $key
  | $before[$key].image as $was | $after[$key].image as $is
  | ($before[$key] // $after[$key]) as $hit
  | {target: $hit.target, id: $hit.image.id, name: $hit.image.name} as $image
  | if $was == null then {change: "added"} + $image
    elif $is == null then {change: "removed"} + $image
    elif $was == $is then empty
    else {change: "changed"} + $image + {fields: (
      [$was + $is | keys[] | select($was[.] != $is[.]) | {(.): [$was[.], $is[.]]}] | add)}
    end'
