#!/bin/sh
# Usage: audit-old.sh [AGE [FLAG...]]
set -eu
age=${1:-365d}
[ $# -eq 0 ] || shift
exec imagesearch --source self --created-before "$age" --sort created,target,id \
  --output csv --columns target,id,name,created,size_gib,owner,resource_group "$@"
