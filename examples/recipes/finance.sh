#!/bin/sh
# Usage: finance.sh FILE.csv [FLAG...]
set -eu
file=${1:?usage: finance.sh FILE.csv [FLAG...]}
shift
part=$file.$$
trap 'rm -f "$part"' EXIT
imagesearch --source self --sort target,id --output csv \
  --columns target,provider,region,id,name,size_gib,status,created,resource_group,tags.app,tags.env \
  "$@" >"$part"
mv "$part" "$file"
