#!/usr/bin/env bash
# Says whether those who started this run may start agents and take slots down: `allowed=true` or `false` in
# GITHUB_OUTPUT, the reason in the log and the summary.
#
# ACTOR, TRIGGERING_ACTOR  who caused the event, and who started the run (somebody else where it is run again)
# ALLOWED_ACTORS           logins, with commas or white space between them; empty: everybody with the permission
# REQUIRED_PERMISSION      read, write (default), admin: what they need in the repository; none: being named is enough
# GH_TOKEN                 reads the permission
# -f: a login such as dependabot[bot] is no pattern of file names.
set -feuo pipefail

allowed=${ALLOWED_ACTORS:-}
needed=${REQUIRED_PERMISSION:-write}

# verdict BOOL REASON: ends with it. A refusal is no failure: anybody may label, comment and close.
verdict() {
  printf 'allowed=%s\n' "$1" >>"$GITHUB_OUTPUT"
  if [ "$1" = true ]; then
    printf '%s\n' "$2"
  else
    printf '::warning::nothing was started: %s\n' "$2"
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then printf 'Nothing was started: %s.\n' "$2" >>"$GITHUB_STEP_SUMMARY"; fi
  fi
  exit 0
}

wrong() {
  printf '::error::%s\n' "$1" >&2
  exit 1
}

case $needed in
  none) if [ -z "${allowed//[, $'\t\r\n']/}" ]; then wrong 'required-permission is none: name those who may, in allowed-actors'; fi ;;
  read | write | admin) ;;
  *) wrong 'required-permission is none of: read, write, admin, none' ;;
esac

# lower TEXT: GitHub's logins have no case. Not ${x,,}: the bash of macOS does not know it.
lower() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }

# rank PERMISSION
rank() {
  case $1 in
    admin) echo 3 ;;
    write) echo 2 ;;
    read) echo 1 ;;
    *) echo 0 ;;
  esac
}

# shellcheck disable=SC2153 # they come from the environment
for actor in "$ACTOR" "$TRIGGERING_ACTOR"; do
  # The name becomes part of a URL.
  [[ $actor =~ ^[A-Za-z0-9_-]+(\[bot\])?$ ]] || verdict false 'the name of who started this is no login'
  if [ -n "${allowed//[, $'\t\r\n']/}" ]; then
    named=false
    for one in ${allowed//,/ }; do
      if [ "$(lower "$one")" = "$(lower "$actor")" ]; then named=true; fi
    done
    if [ "$named" = false ]; then verdict false "$actor is not in allowed-actors"; fi
  fi
  if [ "$needed" = none ]; then continue; fi
  if ! has=$(gh api "repos/$GITHUB_REPOSITORY/collaborators/$actor/permission" --jq .permission); then
    verdict false "the permission of $actor in $GITHUB_REPOSITORY cannot be read"
  fi
  if [ "$(rank "$has")" -lt "$(rank "$needed")" ]; then
    verdict false "$actor needs the permission $needed in $GITHUB_REPOSITORY"
  fi
done
verdict true "$ACTOR may start this"
