#!/bin/sh
# Plays gh: takes a token from stdin, as the real one does, and refuses `bad`.
echo "gh $*" >>"$POD/processes"
case "$*" in
*--with-token*)
  read -r token
  echo "$token" >"$POD/gh.token"
  [ "$token" != bad ] || { echo "error validating token: HTTP 401" >&2; exit 1; }
  ;;
esac
