#!/usr/bin/env bash
# The differential checker of ../shared/conformance against `signet dev`: random operations over composed worlds, each
# answer compared with graphql-js over the same data in one process.
#
#   run.sh <signet binary> [--count N] [--worlds a,b] [--seed N] [--composer COMMAND]
#
# --count is for bakery (300); every other world gets a third of it. Besides the checker's worlds there are those in
# worlds/ here: kiosk is asked with the supergraph that federation 1 composed, in join v0.1. SIGNET_CONFORMANCE names
# another place of the checker. With --composer the graphs are made by `COMMAND <base URL> <folder of the world>` instead
# (exit code 3: it does not take the world), as ../cosmo-config does. The last line is `N passed, N failed`, in operations (a world that cannot be asked counts as one failure).
set -euo pipefail

fail() { echo "run.sh: $1" >&2; exit 2; }
skip() { echo "skipped: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }

[ $# -ge 1 ] && [ -x "$1" ] || fail "usage: run.sh <signet binary> [--count N] [--worlds a,b] [--seed N] [--composer COMMAND]"
export SIGNET
SIGNET=$(realpath "$1")
shift
count=300 worlds=bakery,clinic,freight,hotel,passport,bookshelf,foundry,moving,museum,observatory,garden,kiosk seed=1 composer=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case "$1" in
    --count) count=$2 ;;
    --worlds) worlds=$2 ;;
    --seed) seed=$2 ;;
    --composer) composer=$2 ;;
    *) fail "$1: write --count, --worlds, --seed or --composer" ;;
  esac
  shift 2
done
[[ $count =~ ^[1-9][0-9]*$ ]] || fail "--count $count: a number from 1"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
checker=${SIGNET_CONFORMANCE:-$root/../shared/conformance}
command -v npm > /dev/null || skip "npm is not installed"
[ -f "$checker/run.mjs" ] || skip "the checker is not at $checker (SIGNET_CONFORMANCE names another place)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Runs in the foreground end on a signal by themselves (each router is in a process group that the checker ends).
trap 'exit 130' INT TERM
tar -C "$checker" --exclude=node_modules -cf - . | tar -C "$work" -xf - --no-same-owner
chmod -R u+w "$work"
cd "$work"
npm ci --no-audit --no-fund > npm.log 2>&1 || skip "npm ci failed: $(tail -1 npm.log)"

passed=0 failed=0
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# round <world> <operations> [options]: one run of the checker; findings and its summary lines are printed. $supergraph
# is the file that the router is given.
supergraph='{supergraph}'
round() {
  local world=$1 operations=$2 status=0 summary bad port graph=$supergraph
  shift 2
  port=$(free_port)
  if [ -n "$composer" ]; then
    graph=$PWD/$world.graph
    compose "$world" "$port" > "$graph" || status=$?
    if [ "$status" != 0 ]; then
      echo "$world is not composed: exit $status"
      failed=$((failed + 1))
      return 0
    fi
  fi
  echo "== $world, $operations operations, seed $seed${*:+, $*}"
  node run.mjs --world "$world" --count "$operations" --seed "$seed" --port "$port" "$@" \
    --start-cmd "exec \"\$SIGNET\" dev --supergraph $graph --listen 127.0.0.1:{port}" > round.log 2>&1 || status=$?
  cat round.log
  summary=$(grep '^worlds=1 ' round.log | tail -1) || true
  if [ -z "$summary" ] || [ "$status" -gt 1 ]; then
    failed=$((failed + 1))
    return 0
  fi
  bad=$(tr ' ' '\n' <<< "$summary" | awk -F= '/^(mismatches|order_mismatches|path_mismatches|router_restarts)=/ { n += $2 } END { print n }')
  # A complaint of a subgraph that stayed without effect is a wrong fetch all the same; faults are complaints too.
  if [[ " $* " != *" --faults "* ]] && [[ ! $summary =~ subgraph_complaints=0( |$) ]]; then bad=$((bad + 1)); fi
  # The checker stops a world after many findings; what it did not ask is not counted.
  asked=$(sed -E 's/.* queries=([0-9]+) .*/\1/' <<< "$summary")
  failed=$((failed + bad))
  passed=$((passed + (asked > bad ? asked - bad : 0)))
}

own_worlds=$root/tests/counterparts/conformance/worlds

# compose <world> <port of its subgraphs>
compose() {
  local folder=$checker/worlds/$1
  [ -d "$folder" ] || folder=$own_worlds/$1
  $composer "http://127.0.0.1:$2" "$folder"
}

# What is not supported must be refused when it is loaded, by its name.
refused() {
  echo "== garden is refused, naming @interfaceObject"
  local status=0 place='[0-9]*:[0-9]*: '
  if [ -n "$composer" ]; then
    compose garden 1 > garden.graphql
    place='engineConfig\.'
  else
    node run.mjs --supergraph garden > garden.graphql
  fi
  "$SIGNET" check --supergraph garden.graphql > check.log 2>&1 || status=$?
  if [ "$status" = 1 ] && grep -q "^garden.graphql: \\?$place.*@interfaceObject" check.log; then
    grep -m1 -o '@interfaceObject on .*' check.log || true
    passed=$((passed + 1))
  else
    echo "exit $status, expected 1 and an error that names @interfaceObject:"
    cat check.log
    failed=$((failed + 1))
  fi
}

# not_composed <world>: the composer takes less than the checker's, and says so.
not_composed() {
  echo "== $1 is not taken by the composer"
  local status=0
  compose "$1" 1 > compose.log 2>&1 || status=$?
  head -1 compose.log
  [ "$status" = 3 ] && passed=$((passed + 1)) || failed=$((failed + 1))
}

# A world of this folder under the supergraph that another composition made of it; the golden file's places are made up.
federation_1() {
  local port
  port=$(free_port)
  sed -E "s#http://([a-z]+)\.test/graphql#http://127.0.0.1:$port/kiosk/\\1#" "$root/tests/golden/supergraphs/kiosk.graphql" > kiosk.v01.graphql
  supergraph=$PWD/kiosk.v01.graphql round kiosk "$1" --worlds-dir "$own_worlds" --port "$port"
}

third=$(((count + 2) / 3))
for world in ${worlds//,/ }; do
  case "$world" in
    bakery) round "$world" "$count" ;;
    garden) refused ;;
    kiosk) if [ -n "$composer" ]; then round kiosk "$third" --worlds-dir "$own_worlds"; else federation_1 "$third"; fi ;;
    hotel) if [ -n "$composer" ]; then not_composed hotel; else round hotel "$third"; fi ;;
    *) round "$world" "$third" ;;
  esac
  if [ "$world" = freight ]; then round "$world" "$third" --faults 0.04 --jitter 5; fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
