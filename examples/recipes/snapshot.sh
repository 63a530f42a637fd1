#!/bin/sh
# Usage: snapshot.sh DIRECTORY [FLAG...]
set -eu
directory=${1:?usage: snapshot.sh DIRECTORY [FLAG...]}
shift
file=$directory/$(date -u +%Y-%m-%d).ndjson
part=$file.$$
trap 'rm -f "$part"' EXIT
imagesearch --output ndjson "$@" >"$part"
mv "$part" "$file"
printf '%s\n' "$file"
