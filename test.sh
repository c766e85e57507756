#!/usr/bin/env bash
# Builds everything and runs every test: the fast suite, then the end-to-end suite against a real broker, database, mail server and
# browser, which start on free ports with throw-away data. What is missing is installed where this runs as root on Debian or Ubuntu;
# elsewhere the tests that need it are skipped and say so. Arguments go to both suites:
#   ./test.sh                                        everything
#   ./test.sh --fast                                 the fast suite only
#   ./test.sh --filter-class '*RabbitQueueTests'     some of it
set -u
cd "$(dirname "$0")"

fast_only=no
if [ "${1:-}" = --fast ]; then
  fast_only=yes
  shift
fi

arguments=("$@")
if ! command -v dotnet > /dev/null; then
  echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

missing_packages() {
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || echo rabbitmq-server
  ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || echo postgresql
  [ -d /usr/lib/python3/dist-packages/aiosmtpd ] || echo python3-aiosmtpd
  command -v chromium > /dev/null || command -v chromium-browser > /dev/null || command -v google-chrome > /dev/null || echo chromium
  command -v curl > /dev/null || echo curl
  command -v openssl > /dev/null || echo openssl
  command -v systemd-analyze > /dev/null || echo systemd
}

install_missing() {
  local missing
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    # A container is a machine where we are root.
    if docker compose version > /dev/null 2>&1 && docker info > /dev/null 2>&1; then
      echo "Not installed here, and not ours to install: $missing- running in a container instead." >&2
      exec docker compose --profile test run --rm tests ${arguments[@]+"${arguments[@]}"}
    fi

    echo "Not installed, and not ours to install (needs root and apt-get): $missing- their tests are skipped." >&2
    return 0
  fi

  echo "Installing $missing" >&2
  # No package may start a server of its own: the tests bring theirs.
  local policy=/usr/sbin/policy-rc.d ours=no
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && ours=yes
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2 || true
  local package
  for package in $missing; do
    apt-get install -y -qq --no-install-recommends "$package" > /dev/null 2>&1 || echo "Could not install $package: its tests are skipped." >&2
  done
  [ $ours = no ] || rm -f "$policy"
}

passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs one suite, which is a program of its own, and adds up its summary.
run_suite() {
  local name=$1 log="$work/$1.log" code
  shift
  echo "== $name"
  # 8 means that the filter left nothing to run, which is well where the other suite has it.
  "tests/$name/bin/Debug/net10.0/$name" --no-progress --no-ansi --ignore-exit-code 8 "$@" 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  local good bad left
  good=$(count succeeded "$log") bad=$(count failed "$log") left=$(count skipped "$log")
  # A suite that dies without a summary is a failure, not silence.
  if [ "$code" != 0 ] && [ "$bad" = 0 ]; then
    bad=1
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
}

count() {
  local number
  number=$(sed -n "s/^ *$1: *\([0-9][0-9]*\) *$/\1/p" "$2" | tail -1)
  echo "${number:-0}"
}

[ $fast_only = yes ] || install_missing
if ! dotnet build -nologo -v quiet; then
  echo "The build failed." >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

run_suite ThreatWatch.Tests "$@"
[ $fast_only = yes ] || run_suite ThreatWatch.EndToEnd "$@"

if [ $((passed + failed)) = 0 ]; then
  echo "No test ran." >&2
  failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
