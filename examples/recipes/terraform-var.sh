#!/bin/sh
# Usage: terraform-var.sh DIRECTORY [FLAG...]
set -eu
directory=${1:?usage: terraform-var.sh DIRECTORY [FLAG...]}
shift
[ $# -gt 0 ] || set -- --platform ubuntu --arch amd64 --skip-unreported
image_id=$(imagesearch --newest --output id "$@")
exec terraform -chdir="$directory" plan -input=false -var "image_id=$image_id"
