#!/bin/sh
# Usage: newest-per-region.sh [FLAG...]
set -eu
[ $# -gt 0 ] || set -- --source system --platform ubuntu --arch arm64 --skip-unreported
hits=$(imagesearch --newest-per region --output json "$@")
printf '%s\n' "$hits" | jq -S 'map({key: (.image.region // ""), value: .image.id}) | from_entries'
