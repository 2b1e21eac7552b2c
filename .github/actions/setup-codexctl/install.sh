#!/usr/bin/env bash
# Installs a released codexctl for this machine: takes the archive from a folder of release files, checks its SHA-256
# against that folder's SHA256SUMS (and against one that is given), and puts the binary into the tool cache and on PATH.
#
# CODEXCTL_REPOSITORY  owner/name whose GitHub releases are asked. Needed without CODEXCTL_BASE_URL
# CODEXCTL_VERSION     v1.2.3, 1.2.3 or latest (default)
# CODEXCTL_BASE_URL    URL of a folder with the archives and SHA256SUMS, instead: a mirror, file:///…
# CODEXCTL_SHA256      what the archive's SHA-256 must be, besides being the one in SHA256SUMS
# CODEXCTL_TARGET      target triple, instead of this machine's
# RUNNER_TOOL_CACHE    where binaries stay from run to run (default: ~/.cache)
#
# GITHUB_PATH, GITHUB_OUTPUT (version, path, sha256) are written where they are set.
set -euo pipefail

fail() {
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    printf '::error::setup-codexctl: %s\n' "$1" >&2
  else
    printf 'error: %s\n' "$1" >&2
  fi
  if [ "$#" -gt 1 ]; then printf 'hint: %s\n' "$2" >&2; fi
  exit 1
}

version=${CODEXCTL_VERSION:-latest}
base=${CODEXCTL_BASE_URL:-}
wanted=$(printf '%s' "${CODEXCTL_SHA256:-}" | tr '[:upper:]' '[:lower:]')
case $version in
  latest) tag='' ;;
  v[0-9]*) tag=$version ;;
  [0-9]*) tag=v$version ;;
  *) fail "\`$version\` is no version" "say v1.2.3, or latest" ;;
esac
case $version in *[!A-Za-z0-9.+-]*) fail "\`$version\` is no version" "say v1.2.3, or latest" ;; esac
if [ -n "$wanted" ] && ! [[ $wanted =~ ^[0-9a-f]{64}$ ]]; then
  fail "the expected SHA-256 is no 64 hexadecimal digits" "copy it from the release's SHA256SUMS"
fi

target=${CODEXCTL_TARGET:-}
if [ -z "$target" ]; then
  # RUNNER_OS and RUNNER_ARCH are the runner's own words; uname speaks elsewhere.
  case ${RUNNER_ARCH:-$(uname -m)} in
    X64 | x86_64 | amd64) arch=x86_64 ;;
    ARM64 | aarch64 | arm64) arch=aarch64 ;;
    *) fail "there is no codexctl for the architecture ${RUNNER_ARCH:-$(uname -m)}" "cargo install --locked builds one" ;;
  esac
  case ${RUNNER_OS:-$(uname -s)} in
    Linux) target=$arch-unknown-linux-musl ;;
    macOS | Darwin) target=$arch-apple-darwin ;;
    *) fail "there is no codexctl for ${RUNNER_OS:-$(uname -s)}" "use a Linux or macOS runner" ;;
  esac
fi
archive=codexctl-$target.tar.gz

if [ -z "$base" ]; then
  repository=${CODEXCTL_REPOSITORY:-}
  [[ $repository =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]] ||
    fail "the repository \`$repository\` is no owner/name" "set the input repository, or base-url"
  server=${GITHUB_SERVER_URL:-https://github.com}
  if [ -n "$tag" ]; then
    base=$server/$repository/releases/download/$tag
  else
    base=$server/$repository/releases/latest/download
  fi
fi
base=${base%/}

if command -v sha256sum >/dev/null 2>&1; then
  digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
else
  digest() { shasum -a 256 <"$1" | cut -d ' ' -f 1; }
fi

cache=${RUNNER_TOOL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/codexctl
mkdir -p "$cache"
# On the cache's own file system, so that the last step is a rename.
work=$(mktemp -d "$cache/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# fetch NAME: one file of the release, whole or not at all.
fetch() {
  local code=0
  # No redirect leads from https to anything weaker.
  curl --fail --silent --show-error --location --proto '=https,http,file' --proto-redir '=https' \
    --retry 3 --connect-timeout 20 --output "$work/$1" -- "${base// /%20}/$1" || code=$?
  case $code in
    0) ;;
    22 | 37) fail "$1 is not at $base" "does the release exist, with an archive for $target?" ;;
    18) fail "the download of $1 broke off" "run the job again" ;;
    *) fail "cannot download $base/$1 (curl ended with $code)" ;;
  esac
}

# finish DIR: hands the cached binary on.
finish() {
  local found
  found=$("$1/codexctl" --version) || fail "the installed codexctl does not run on this machine ($target)"
  found=${found#codexctl }
  if [ -n "$tag" ] && [ "$found" != "${tag#v}" ]; then
    fail "the archive holds codexctl $found, not ${tag#v}" "is base-url the folder of that version?"
  fi
  if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$1" >>"$GITHUB_PATH"; fi
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'version=%s\npath=%s\nsha256=%s\n' "$found" "$1/codexctl" "${1##*/}" >>"$GITHUB_OUTPUT"
  fi
  printf 'codexctl %s: %s/codexctl (%s)\n' "$found" "$1" "$2"
}

# cached SHA256: whether the cache has this archive's binary, unharmed.
cached() {
  [ -s "$cache/$1/digest" ] && [ -x "$cache/$1/codexctl" ] &&
    [ "$(cat "$cache/$1/digest")" = "$(digest "$cache/$1/codexctl")" ]
}

# With a given digest the answer is known without asking anybody.
if [ -n "$wanted" ] && cached "$wanted"; then
  finish "$cache/$wanted" 'from the cache'
  exit
fi

fetch SHA256SUMS
sums=()
while read -r sum name _ || [ -n "${sum:-}" ]; do
  if [ "${name#\*}" = "$archive" ]; then sums+=("$sum"); fi
done <"$work/SHA256SUMS"
[ "${#sums[@]}" -gt 0 ] || fail "SHA256SUMS of the release has no line for $archive" "there may be no build for $target"
[ "${#sums[@]}" -eq 1 ] || fail "SHA256SUMS of the release has ${#sums[@]} lines for $archive"
sum=${sums[0]}
[[ $sum =~ ^[0-9a-f]{64}$ ]] || fail "SHA256SUMS of the release has no SHA-256 for $archive"
if [ -n "$wanted" ] && [ "$wanted" != "$sum" ]; then
  fail "$archive should have the SHA-256 $wanted, the release says $sum" "somebody replaced the release, or the given value is of another version"
fi

if cached "$sum"; then
  finish "$cache/$sum" 'from the cache'
  exit
fi

fetch "$archive"
got=$(digest "$work/$archive")
[ "$got" = "$sum" ] ||
  fail "$archive has the SHA-256 $got, SHA256SUMS says $sum" "the download is damaged or was tampered with; nothing was installed"
mkdir "$work/files"
tar -xzf "$work/$archive" -C "$work/files"
binary=$work/files/codexctl-$target/codexctl
[ -f "$binary" ] || fail "$archive holds no codexctl-$target/codexctl"
mkdir "$work/ready"
mv "$binary" "$work/ready/codexctl"
chmod 755 "$work/ready/codexctl"
digest "$work/ready/codexctl" >"$work/ready/digest"
# Another job may have been faster: what is whole stays, because it may be running already. What is damaged goes.
if [ -e "$cache/$sum" ] && ! cached "$sum"; then mv "$cache/$sum" "$work/damaged"; fi
if ! [ -e "$cache/$sum" ]; then
  mv "$work/ready" "$cache/$sum" 2>/dev/null || cached "$sum" || fail "cannot write to the tool cache $cache"
  # Where one came in between, mv has put this one into that one.
  rm -rf "${cache:?}/$sum/ready"
fi
finish "$cache/$sum" "$archive, SHA-256 checked"
