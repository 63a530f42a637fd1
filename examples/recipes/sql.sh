#!/bin/sh
# Usage: sql.sh QUERY.sql [FLAG...]
set -eu
query=${1:?usage: sql.sh QUERY.sql [FLAG...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
status=0
imagesearch --output ndjson --report "$data/report.json" "$@" >"$data/images.ndjson" || status=$?
[ "$status" -le 1 ] || exit "$status" # 1: incomplete, which query.mjs reports by target
node "$here/sql/query.mjs" "$data" "$query"
exit "$status"
