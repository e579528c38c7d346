#!/usr/bin/env bash
# run_suite.sh SUITE PROGRAM
# Unpacks $TAPER_SUITES/SUITE.tar.zst once, beside the program, replays it and compares the number of passed cases with
# floors.tsv. The suite `own` is tests/cases. TAPER_SUITE_SHARE=N takes every N-th case of the others (then no floor holds,
# only that nothing crashes); TAPER_VERIFY_FLAGS are further options for `taper verify`. Exit code 77: skipped.
set -euo pipefail
suite=$1 program=$2
here=$(cd "$(dirname "$0")" && pwd)
share=${TAPER_SUITE_SHARE:-1}
read -ra flags <<<"${TAPER_VERIFY_FLAGS:-}"

cache=$(dirname "$program")/suites
mkdir -p "$cache"
if [ "$suite" = own ]; then
  origin=$(dirname "$here")/cases
  share=1
else
  archive=${TAPER_SUITES:+$TAPER_SUITES/$suite.tar.zst}
  if [ -z "$archive" ] || [ ! -f "$archive" ]; then
    if [ -n "$archive" ]; then echo "skipped: there is no $archive"; else echo "skipped: TAPER_SUITES is not set"; fi
    exit 77
  fi

  stamp=$(stat -c '%s %Y' "$archive")
  if [ "$(cat "$cache/$suite.stamp" 2>/dev/null)" != "$stamp" ]; then
    rm -rf "${cache:?}/$suite" "$cache/.unpack-$suite"
    mkdir "$cache/.unpack-$suite"
    tar --zstd -xf "$archive" -C "$cache/.unpack-$suite"
    index=$(find "$cache/.unpack-$suite" -maxdepth 2 -name index.tsv | head -1)
    mv "$(dirname "$index")" "$cache/$suite"
    rm -rf "$cache/.unpack-$suite"
    echo "$stamp" >"$cache/$suite.stamp"
  fi
  origin=$cache/$suite
fi

cases=$origin
if [ "$share" -gt 1 ]; then
  cases=$cache/$suite.1-in-$share
  rm -rf "$cases"
  mkdir "$cases"
  awk -v n="$share" 'NR % n == 1' "$origin/index.tsv" >"$cases/index.tsv"
  while IFS=$'\t' read -r name _; do
    mkdir -p "$cases/$(dirname "$name")"
    ln -s "$(realpath "$origin/$name")" "$cases/$name"
  done <"$cases/index.tsv"
fi

# An OpenBLAS that is older than the processor takes it for one without fused multiply-adds, which rounds otherwise.
if grep -qw avx2 /proc/cpuinfo 2>/dev/null && grep -qw fma /proc/cpuinfo; then
  export OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-Haswell}
fi

log=$cache/$suite.log
json=$cache/$suite.json
rm -f "$json"
status=0
"$program" verify --suite "$cases" --jobs "${TAPER_JOBS:-$(nproc)}" --json "$json" "${flags[@]}" >"$log" 2>&1 || status=$?
closing=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -1) || true
if [ "$status" -gt 1 ] || [ -z "$closing" ]; then
  tail -40 "$log"
  echo "$suite: taper verify ended with code $status"
  exit 1
fi
passed=${closing%% *}

crashed=$(grep -icE '"message": ?"(crashed|killed by signal)' "$json" || true)
# A row that names the options stands before the one that names none.
floor=$(awk -F'\t' -v s="$suite" -v f="${TAPER_VERIFY_FLAGS:-}" '$1 == s && $3 == "" {all = $2} $1 == s && $3 == f && f != "" {own = $2}
  END {print own == "" ? all : own}' "$here/floors.tsv")
[ "$share" -eq 1 ] || floor=0
echo "$suite: $closing (at least $floor must pass)"
if [ "$crashed" -gt 0 ]; then
  grep -iE 'crash|signal' "$log" | head -20
  echo "$suite: $crashed crashed"
  exit 1
fi
if [ "$passed" -lt "$floor" ]; then
  echo "$suite: $passed passed, $floor is the floor; see $log"
  exit 1
fi
