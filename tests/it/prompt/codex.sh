#!/bin/sh
# Plays Codex: notes what it gets, checks its flags, and does what $POD/behave says.
echo "$*" >>"$POD/processes"
case "$1 $2" in
"login --with-api-key")
  cat >"$POD/codex.login"
  exit 0
  ;;
"exec resume") [ "$3 $4" = "--last --json" ] || exit 64 ;;
"exec --json") [ "$3" = --cd ] && [ -d "$4" ] || exit 64 ;;
*)
  echo "unexpected: $*" >&2
  exit 64
  ;;
esac
for last in "$@"; do :; done
[ "$last" = - ] || exit 65
[ -e "$HOME/.codex/config.toml" ] || exit 66
[ "$(pwd)" = "$POD/workspace" ] || exit 67
cat >"$POD/codex.stdin"
# shellcheck source=/dev/null
. "$POD/behave"
