#!/usr/bin/env bash
# Execution configs made by Cosmo's own packages: of every world of the checker, asked as ../conformance asks the
# supergraphs, and of the demo.
#
#   run.sh <signet binary> [options of ../conformance/run.sh]
#
# hotel counts when Cosmo's composition does not take it (a value type that subgraphs have in part), garden when its
# config is refused by name (@interfaceObject). The last line is `N passed, N failed`.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] && [ -x "$1" ] || { echo "run.sh: usage: run.sh <signet binary> [options]" >&2; exit 2; }
signet=$(realpath "$1")
shift

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
for part in worlds demo; do
  case "$part" in
    worlds) bash "$here/../conformance/run.sh" "$signet" --count 180 "$@" --composer "node $here/compose.mjs" ;;
    demo) node "$here/demo.mjs" "$signet" ;;
  esac > "$log.$part" || status=1
  cat "$log.$part"
  tail -1 "$log.$part" >> "$log"
  rm "$log.$part"
done
awk '{ for (i = 1; i < NF; i += 2) count[$(i + 1)] += $i }
     END { printf "%d passed, %d failed%s\n", count["passed,"], count["failed"] + count["failed,"],
           count["skipped"] ? ", " count["skipped"] " skipped" : "" }' "$log"
exit "$status"
