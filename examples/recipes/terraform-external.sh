#!/bin/sh
# A program for Terraform's external data source. It reads a query as JSON, in which
# each key is a flag of imagesearch, and prints the newest image as JSON.
set -eu
flags=$(jq -r 'to_entries | map("--\(.key | gsub("_"; "-"))=\(.value)") | @sh')
eval "set -- $flags" # @sh has quoted each flag for the shell
hit=$(imagesearch --newest --output ndjson "$@")
printf '%s\n' "$hit" |
  jq '{target} + (.image | {id, name, region, created}) | map_values(. // "")'
