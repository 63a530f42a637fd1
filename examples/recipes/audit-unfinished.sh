#!/bin/sh
# Usage: audit-unfinished.sh [AGE [FLAG...]]
set -eu
age=${1:-24h}
[ $# -eq 0 ] || shift
exec imagesearch --status failed --status pending --created-before "$age" --sort target,status,id \
  --output csv --columns target,status,progress,id,name,created "$@"
