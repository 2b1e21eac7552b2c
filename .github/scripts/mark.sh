#!/usr/bin/env bash
# mark.sh running|done|failed: shows on an issue or pull request how far its agent is, by one of three labels; the
# first also by a reaction. That it cannot is a warning: the work goes on.
#
# NUMBER, LABEL (their common beginning), GH_TOKEN, GITHUB_REPOSITORY
set -euo pipefail

state=$1
api=repos/$GITHUB_REPOSITORY/issues/$NUMBER
if [ "$state" = running ]; then
  gh api --silent -X POST "$api/reactions" -f content=eyes || echo '::warning::cannot react'
fi
# A label that does not exist yet is made by this call.
gh api --silent -X POST "$api/labels" -f "labels[]=$LABEL:$state" || echo "::warning::cannot add the label $LABEL:$state"
for other in "running" "done" "failed"; do
  if [ "$other" = "$state" ]; then continue; fi
  # Most often it is not there: GitHub answers 404.
  gh api --silent -X DELETE "$api/labels/$LABEL:$other" 2>/dev/null || true
done
