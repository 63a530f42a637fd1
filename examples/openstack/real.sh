#!/usr/bin/env bash
# Runs the adapter against a real Image API: Debian's glance-api, on a loopback port,
# with SQLite, a file store and a filter that believes every token. It takes about five
# minutes and needs root only to install glance-api.
#
# The test creates 1,000 images, lists them by pages of 25, compares each listing with
# the server's database, and deletes, hides and withdraws images meanwhile.
# Arguments are passed on to go test, such as -run 'TestRealServer/filters'.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v glance-api > /dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  timeout 900 apt-get install -yq --no-install-recommends glance-api
fi

dir=$(mktemp -d)
server=
cleanup() {
  status=$?
  if [ -n "$server" ]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  fi
  if [ "$status" != 0 ] && [ -f "$dir/log" ]; then
    echo "the end of the server's log:" >&2
    tail -n 20 "$dir/log" >&2
  fi
  rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$dir/images" "$dir/staging"
: > "$dir/policy.yaml"

cat > "$dir/paste.ini" << END
[pipeline:glance-api]
pipeline = versionnegotiation fakeauth context rootapp

[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app

[app:apiversions]
paste.app_factory = glance.api.versions:create_resource

[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory

[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory

[filter:fakeauth]
paste.filter_factory = fakeauth:factory

[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
END

cat > "$dir/glance.conf" << END
[DEFAULT]
bind_host = 127.0.0.1
bind_port = $port
workers = 0
api_limit_max = 100
node_staging_uri = file://$dir/staging

[database]
connection = sqlite:///$dir/glance.sqlite
sqlite_synchronous = false

[glance_store]
stores = file
default_store = file
filesystem_store_datadir = $dir/images

[oslo_policy]
policy_file = $dir/policy.yaml

[paste_deploy]
config_file = $dir/paste.ini
END

dpkg-query -W glance-api
timeout 120 glance-manage --config-file "$dir/glance.conf" db_sync > "$dir/log" 2>&1
echo "creating 1,000 images"
timeout 600 /usr/bin/python3 testdata/seed.py "$dir/glance.conf" >> "$dir/log" 2>&1
PYTHONPATH=$PWD/testdata PYTHONDONTWRITEBYTECODE=1 glance-api --config-file "$dir/glance.conf" >> "$dir/log" 2>&1 &
server=$!
for _ in $(seq 240); do
  kill -0 "$server"
  /usr/bin/python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2> /dev/null && listens=yes && break
  sleep 0.5
done
[ "${listens:-}" = yes ] || { echo "glance-api does not listen on port $port" >&2; exit 1; }

GOWORK=off GLANCE_ENDPOINT="http://127.0.0.1:$port" GLANCE_DATABASE="$dir/glance.sqlite" \
  go test -tags glance -run TestRealServer -count 1 -timeout 20m -v "$@" .
