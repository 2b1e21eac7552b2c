#!/usr/bin/env bash
# Prints, as Markdown, what failed and the errors it ended with, as logged.sh kept them. What clusters and pods said is
# foreign text: it stands in a fence that it cannot leave.
set -euo pipefail

report=$RUNNER_TEMP/codexctl-report
if [ ! -s "$report/failed" ]; then
  echo 'A step failed before or beside codexctl; the log of the run tells which.'
  exit
fi
name=$(cat "$report/failed")
# Errors are workflow commands here: one line each, with the line ends encoded.
text=$(awk '
  /^::error/ { sub(/^::error[^:]*::/, "error: "); show = 1 }
  /^::(warning|debug|group|endgroup)/ { next }
  show { gsub(/%0D/, ""); gsub(/%0A/, "\n"); gsub(/%25/, "%"); print }
' "$report/$name.err")
# doctor, for one, says all it has to say on stdout.
if [ -z "$text" ]; then text=$(cat "$report/$name.out" "$report/$name.err" | tail -n 40); fi
# A comment has room for 65536 characters, a reader for less.
if [ "${#text}" -gt 6000 ]; then text="${text:0:6000}"$'\n… (the log of the run has the rest)'; fi
fence='```'
while [[ $text == *"$fence"* ]]; do fence+='`'; done
# shellcheck disable=SC2016 # the backquotes are Markdown
printf 'Failed: `%s`\n\n%s\n%s\n%s\n' "$name" "$fence" "$text" "$fence"
