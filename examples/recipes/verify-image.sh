#!/bin/sh
# Usage: verify-image.sh LOCKFILE
set -eu
lock=${1:?usage: verify-image.sh LOCKFILE}
status=0
imagesearch --verify "$lock" || status=$?
if [ "$status" -eq 4 ]; then
  echo "verify-image: a locked image changed: test the new one, then write $lock again" >&2
fi
exit "$status"
