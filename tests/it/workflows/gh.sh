#!/bin/sh
# Plays gh on the runner: notes each call, wants a token and the permission that GitHub would want, and answers from
# the files of $GH_FOLDER. PERMISSIONS is what the job has, as `issues=write pull-requests=read`.
{
  printf 'gh'
  for one in "$@"; do printf ' %s' "$one"; done
  printf '\n'
} >>"$GH_FOLDER/calls"
if [ -z "$GH_TOKEN" ]; then
  echo 'gh: set the GH_TOKEN environment variable' >&2
  exit 4
fi
may() {
  for one in "$@"; do
    case " $PERMISSIONS " in *" $one "*) return ;; esac
  done
  # The token of a person has its own rights.
  case $GH_TOKEN in pat-*) return ;; esac
  echo "gh: HTTP 403: Resource not accessible by integration ($*)" >&2
  exit 1
}
case "$*" in
"api repos/shop-team/shop/collaborators/"*"/permission --jq .permission")
  login=${2#repos/shop-team/shop/collaborators/}
  login=${login%/permission}
  if [ ! -e "$GH_FOLDER/permission.$login" ]; then
    echo "gh: $login is not a user (HTTP 404)" >&2
    exit 1
  fi
  cat "$GH_FOLDER/permission.$login"
  ;;
"api --silent -X POST repos/shop-team/shop/issues/"*"/reactions -f content=eyes" | \
  "api --silent -X POST repos/shop-team/shop/issues/"*"/labels -f labels[]="*:*)
  may issues=write
  ;;
"api --silent -X DELETE repos/shop-team/shop/issues/"*"/labels/"*)
  may issues=write
  exit 1
  ;;
"issue comment "[0-9]*" --repo shop-team/shop --body-file "*)
  may issues=write
  { printf '== issue %s\n' "$3" && cat -- "$7"; } >>"$GH_FOLDER/comments"
  ;;
"pr comment "[0-9]*" --repo shop-team/shop --body-file -")
  may pull-requests=write
  { printf '== pr %s\n' "$3" && cat; } >>"$GH_FOLDER/comments"
  ;;
"issue comment "[0-9]*" --body-file -" | "pr comment "[0-9]*" --body-file -")
  # codexctl itself, which tells gh its repository by GH_REPO.
  [ "$GH_REPO" = shop-team/shop ] || exit 64
  may issues=write
  { printf '== %s %s\n' "$1" "$3" && cat; } >>"$GH_FOLDER/comments"
  ;;
"pr list --repo shop-team/shop --state open --head codex/issue-"[0-9]*" --json number,isCrossRepository --jq "*)
  may pull-requests=read pull-requests=write
  jq -r --arg head "$8" "map(select(.headRefName == \$head)) | ${12}" "$GH_FOLDER/pulls"
  ;;
"pr view "[0-9]*" --repo shop-team/shop --json headRefName,isCrossRepository --jq "*)
  may pull-requests=read pull-requests=write
  jq -r ".[] | select(.number == $3) | $9" "$GH_FOLDER/pulls"
  ;;
*)
  echo "gh: unexpected: $*" >&2
  exit 64
  ;;
esac
