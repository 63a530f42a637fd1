#!/usr/bin/env bash
# Tests the provider with a real OpenTofu, which is not part of the usual tests: building
# it takes about ten minutes of two processors, and 3 GB in Go's caches.
#
#   acceptance.sh [DIRECTORY]
#
# DIRECTORY keeps the built commands for the next run; by default it is temporary.
# OPENTOFU_VERSION chooses a version. Needs Go, jq, and the Go module proxy.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=${OPENTOFU_VERSION:-v1.12.6}
work=${1:-}
if [ -z "$work" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
# The user's own configuration plays no part.
export GOWORK=off CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_CLI_CONFIG_FILE="$work/tofu.rc"
: > "$TF_CLI_CONFIG_FILE"

say() { printf '\n== %s\n' "$*"; }

# go install refuses a module with replace directives, and OpenTofu has some. So they
# are repeated in a module that requires OpenTofu.
build_tofu() {
  local mod
  mkdir -p "$work/build" && cd "$work/build"
  rm -f go.mod go.sum
  mod=$(go mod download -json "github.com/opentofu/opentofu@$version" | jq -r .GoMod)
  go mod init imagequery.example/tofu
  go mod edit -json "$mod" |
    jq -r '.Replace[]? | "\(.Old.Path)\(if .Old.Version then "@" + .Old.Version else "" end)=\(.New.Path)@\(.New.Version)"' |
    while read -r replace; do go mod edit -replace "$replace"; done
  go get "github.com/opentofu/opentofu@$version"
  CGO_ENABLED=0 go build -mod=mod -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
    -o "$work/tofu" github.com/opentofu/opentofu/cmd/tofu
}

if [ ! -x "$work/tofu" ]; then
  say "building OpenTofu $version"
  (build_tofu)
fi
"$work/tofu" version

say "acceptance tests"
cd "$here"
TF_ACC=1 TF_ACC_TERRAFORM_PATH="$work/tofu" TF_ACC_PROVIDER_HOST=registry.opentofu.org \
  go test -tags acceptance -count 1 -v -run TestAcceptance .

say "plan and apply by hand"
mkdir -p "$work/bin" "$work/configuration"
go build -o "$work/bin" ./terraform-provider-imagequery
(cd .. && env -u GOWORK go build -o "$work/bin/fakecloud" ./fakecloud)
"$work/bin/fakecloud" > "$work/targets.yaml" &
cloud=$!
trap 'kill "$cloud"; [ $# -gt 0 ] || rm -rf "$work"' EXIT
until grep -q '^targets:' "$work/targets.yaml"; do kill -0 "$cloud"; sleep 0.2; done

cat > "$TF_CLI_CONFIG_FILE" <<END
provider_installation {
  dev_overrides {
    "imagequery/imagequery" = "$work/bin"
  }
  direct {}
}
END
cat > "$work/configuration/main.tf" <<END
terraform {
  required_providers {
    imagequery = { source = "imagequery/imagequery" }
  }
}

provider "imagequery" {
  config = "$work/targets.yaml"
}

data "imagequery_image" "ubuntu" {
  platforms       = ["ubuntu"]
  archs           = ["amd64"]
  sources         = ["system"]
  skip_unreported = true
  per             = ["provider", "region"]
}

output "newest" {
  value = { for m in data.imagequery_image.ubuntu.images : "\${m.target}" => "\${m.id} \${m.created}" }
}
END
cd "$work/configuration"
rm -f terraform.tfstate
"$work/tofu" validate -no-color
"$work/tofu" plan -no-color
"$work/tofu" apply -no-color -auto-approve
say "a second plan"
"$work/tofu" plan -no-color -detailed-exitcode

say "the examples of the documentation"
for example in "$here"/examples/data-sources/*/; do
  directory="$work/examples/$(basename "$example")"
  mkdir -p "$directory"
  cp "$here/examples/provider/provider.tf" "$example"/*.tf "$directory"
  "$work/tofu" -chdir="$directory" validate -no-color
done
