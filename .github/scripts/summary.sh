#!/usr/bin/env bash
# Adds to the summary of the run what a deployment did: the images, what was applied, the workloads; why it failed,
# where it did. Reads what logged.sh kept.
#
# TITLE, GITHUB_STEP_SUMMARY
set -euo pipefail

report=$RUNNER_TEMP/codexctl-report
here=$(dirname "${BASH_SOURCE[0]}")

# fenced HEADING FILE: the file as it is; nothing without one.
fenced() {
  if [ ! -s "$2" ]; then return; fi
  local text fence='```'
  text=$(cat "$2")
  while [[ $text == *"$fence"* ]]; do fence+='`'; done
  printf '\n### %s\n\n%s\n%s\n%s\n' "$1" "$fence" "$text" "$fence"
}

{
  printf '## %s\n\n' "$TITLE"
  if [ -s "$report/failed" ]; then
    bash "$here/why.sh"
  elif [ -s "$report/apply.out" ]; then
    echo 'Applied, and ready.'
  fi
  fenced 'Workloads' "$report/status.out"
  fenced 'Images copied' "$report/mirror.out"
  fenced 'Images built' "$report/build.out"
  if [ -s "$report/apply.out" ]; then
    grep -E ' (created|configured|unchanged|serverside-applied|deleted)$' "$report/apply.out" >"$report/applied" || true
    fenced 'Applied' "$report/applied"
  fi
} >>"$GITHUB_STEP_SUMMARY"
