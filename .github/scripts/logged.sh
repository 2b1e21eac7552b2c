#!/usr/bin/env bash
# logged.sh NAME COMMAND...: runs a command. What it prints goes to the log, and to NAME.out and NAME.err in
# RUNNER_TEMP/codexctl-report for summary.sh and why.sh. Its exit code is the command's; where that is not 0,
# NAME is noted as what failed.
set -euo pipefail

name=$1
shift
report=$RUNNER_TEMP/codexctl-report
mkdir -p "$report"
rm -f "$report/failed"

code=0
{ "$@" 2>&1 1>&3 3>&- | tee "$report/$name.err" >&2; } 3>&1 | tee "$report/$name.out" || code=$?
if [ "$code" -ne 0 ]; then printf '%s\n' "$name" >"$report/failed"; fi
exit "$code"
