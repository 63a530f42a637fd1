#!/bin/sh
# Usage: packer-image-step.sh SOURCE_IMAGE
# Runs Packer's alicloud builder against the emulator, up to the check of the source
# image. The next step would create a key pair, which the emulator does not serve.
set -eu
image=${1:?usage: packer-image-step.sh SOURCE_IMAGE}
: "${ALICLOUD_ACCESS_KEY:?}" "${ALICLOUD_SECRET_KEY:?}" "${ALICLOUD_REGION:?}"
template=$(dirname "$0")/packer/image.pkr.hcl
# The builder sends plain http, so the emulator can be its proxy.
export HTTP_PROXY="http://${ALIBABA_CLOUD_ENDPOINT:?}" CHECKPOINT_DISABLE=1
out=$(packer build -color=false -var "source_image=$image" "$template" 2>&1) || true
printf '%s\n' "$out"
case $out in
  *"Found image ID: $image"*) ;;
  *) echo "packer-image-step: Packer did not find $image" >&2; exit 1 ;;
esac
