#!/usr/bin/env bash
# Usage: curl-images.sh [NAME=VALUE...]
# Sends DescribeImages of ECS with curl and prints the response. The arguments are
# further parameters. openssl computes the signature.
set -euo pipefail
: "${ALIBABA_CLOUD_ACCESS_KEY_ID:?}" "${ALIBABA_CLOUD_ACCESS_KEY_SECRET:?}" "${ALIBABA_CLOUD_REGION_ID:?}"
endpoint=${ENDPOINT:-http://${ALIBABA_CLOUD_ENDPOINT:?}}

# encode TEXT percent-encodes all bytes but letters, digits, "-", "_", "." and "~".
encode() {
  local LC_ALL=C text=$1 i c
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in
      [A-Za-z0-9._~-]) printf %s "$c" ;;
      *) printf '%%%02X' $(($(printf %d "'$c") & 255)) ;;
    esac
  done
}

params=(
  Action=DescribeImages Version=2014-05-26 Format=JSON "RegionId=$ALIBABA_CLOUD_REGION_ID"
  "AccessKeyId=$ALIBABA_CLOUD_ACCESS_KEY_ID" SignatureMethod=HMAC-SHA1 SignatureVersion=1.0
  "SignatureNonce=$(openssl rand -hex 16)" "Timestamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$@"
)
[ -z "${ALIBABA_CLOUD_SECURITY_TOKEN:-}" ] || params+=("SecurityToken=$ALIBABA_CLOUD_SECURITY_TOKEN")

# The parameters in the order of their names, each name and value encoded.
canonical=$(for param in "${params[@]}"; do
  printf '%s=%s\n' "$(encode "${param%%=*}")" "$(encode "${param#*=}")"
done | LC_ALL=C sort -t= -k1,1 | paste -sd '&')

# The secret is an argument of openssl, which other users of the machine can see.
signature=$(printf %s "POST&%2F&$(encode "$canonical")" |
  openssl dgst -sha1 -hmac "$ALIBABA_CLOUD_ACCESS_KEY_SECRET&" -binary | openssl base64)

# Credentials travel in the body, which no proxy logs.
printf %s "$canonical&Signature=$(encode "$signature")" |
  curl --silent --show-error --fail-with-body --data-binary @- "$endpoint/"
