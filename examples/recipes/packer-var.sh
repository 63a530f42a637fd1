#!/bin/sh
# Usage: packer-var.sh TEMPLATE [FLAG...]
set -eu
template=${1:?usage: packer-var.sh TEMPLATE [FLAG...]}
shift
[ $# -gt 0 ] || set -- --platform ubuntu --arch amd64 --skip-unreported
hit=$(imagesearch --newest --template '{{.Region}} {{.ID}}' "$@")
exec packer build -var "region=${hit%% *}" -var "source_image=${hit#* }" "$template"
