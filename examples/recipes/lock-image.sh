#!/bin/sh
# Usage: lock-image.sh LOCKFILE [FLAG...]
set -eu
lock=${1:?usage: lock-image.sh LOCKFILE [FLAG...]}
shift
[ $# -gt 0 ] || set -- --platform ubuntu --arch amd64 --skip-unreported
exec imagesearch --newest --lock "$lock" --output id "$@"
