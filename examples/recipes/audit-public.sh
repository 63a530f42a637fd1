#!/bin/sh
# Usage: audit-public.sh [FLAG...]
set -eu
exec imagesearch --source self --visibility public --sort target,id \
  --output csv --columns target,id,name,status,owner,created "$@"
