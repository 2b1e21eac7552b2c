#!/usr/bin/env bash
# `credentials.sh write`: puts what secrets hold into files that only this user can read, and their paths into the
# variables of the following steps. `credentials.sh remove`: takes them away.
#
# KUBECONFIG_DATA      a kubeconfig, as it is or in base64; empty: kubectl's own default is used
# KUBECONFIG_VARIABLE  a variable that gets its path too, besides KUBECONFIG
# VARIABLES            template variables (YAML or dotenv) for CODEXCTL_VAR_FILE
# RUNNER_TEMP, GITHUB_ENV
set -euo pipefail
umask 077

dir=$RUNNER_TEMP/codexctl-credentials

fail() {
  printf '::error::%s\n' "$1" >&2
  exit 1
}

# mask FILE: keeps its keys and tokens out of the log. GitHub knows the secret as a whole, not what was inside of it.
mask() {
  local name value
  while read -r name value; do
    # A list item may begin with the key.
    if [ "$name" = - ]; then read -r name value <<<"$value"; fi
    case $name in
      token: | password: | client-key-data: | client-secret: | id-token: | refresh-token:)
        value=${value#[\"\']}
        value=${value%[\"\']}
        if [ "${#value}" -ge 4 ]; then printf '::add-mask::%s\n' "$value"; fi
        ;;
    esac
  done <"$1"
}

case ${1:-} in
  write) ;;
  remove)
    rm -rf "$dir"
    exit
    ;;
  *) fail 'credentials.sh: say write or remove' ;;
esac

rm -rf "$dir"
mkdir -p "$dir"

if [ -n "${KUBECONFIG_DATA:-}" ]; then
  file=$dir/kubeconfig
  case $KUBECONFIG_DATA in
    *clusters:* | *'"clusters"'*) printf '%s\n' "$KUBECONFIG_DATA" >"$file" ;;
    *)
      if ! printf '%s' "$KUBECONFIG_DATA" | tr -d ' \r\n' | base64 --decode >"$file" 2>/dev/null; then
        rm -f "$file"
        fail 'the secret CODEXCTL_KUBECONFIG is neither a kubeconfig nor one in base64'
      fi
      ;;
  esac
  if ! grep -q clusters "$file"; then
    rm -f "$file"
    fail 'the secret CODEXCTL_KUBECONFIG holds no kubeconfig: it names no clusters'
  fi
  mask "$file"
  printf 'KUBECONFIG=%s\n' "$file" >>"$GITHUB_ENV"
  if [ -n "${KUBECONFIG_VARIABLE:-}" ]; then
    [[ $KUBECONFIG_VARIABLE =~ ^[A-Z_][A-Z0-9_]*$ ]] ||
      fail 'kubeconfig-variable is no name of a variable: capital letters, digits and _'
    case $KUBECONFIG_VARIABLE in
      PATH | HOME | LD_* | DYLD_* | BASH* | GITHUB_* | RUNNER_* | ACTIONS_* | NODE_OPTIONS)
        fail "kubeconfig-variable cannot be $KUBECONFIG_VARIABLE" ;;
    esac
    printf '%s=%s\n' "$KUBECONFIG_VARIABLE" "$file" >>"$GITHUB_ENV"
  fi
fi

if [ -n "${VARIABLES:-}" ]; then
  printf '%s\n' "$VARIABLES" >"$dir/variables"
  printf 'CODEXCTL_VAR_FILE=%s\n' "$dir/variables" >>"$GITHUB_ENV"
fi
