#!/usr/bin/env bash
# The steps of a release, the same here and in .github/workflows/release.yml:
#
#   release.sh check-tag TAG       the tag is the version of Cargo.toml, and CHANGELOG.md has a chapter about it
#   release.sh notes TAG           that chapter
#   release.sh build TARGET DIR    builds codexctl for a target by `cargo install --locked`: DIR/TARGET/codexctl
#   release.sh pack TARGET DIR     DIR/codexctl-TARGET.tar.gz from that, with what else belongs to it
#   release.sh sums DIR            DIR/SHA256SUMS of all archives there
#
# Linux binaries are static. A target of another processor needs a linker: for aarch64-unknown-linux-musl it is
# aarch64-linux-gnu-gcc of Debian's gcc-aarch64-linux-gnu, which is used where it is there. CODEXCTL_RELEASE_RUNNER
# is a program that runs the built binary (qemu-aarch64-static), whose own help is packed with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

usage() {
  say "usage: release.sh check-tag TAG | notes TAG | build TARGET DIR | pack TARGET DIR | sums DIR"
  exit 2
}

version() { sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1; }

# chapter VERSION: what stands in CHANGELOG.md between its heading and the next one.
chapter() {
  awk -v wanted="$1" '
    /^## / { inside = ($2 == wanted || $2 == "[" wanted "]"); next }
    inside { print }
  ' CHANGELOG.md
}

check_tag() {
  local tag=$1 version
  version=$(version)
  [ "$tag" = "v$version" ] || die "the tag is $tag, Cargo.toml says $version" "tag v$version, or change Cargo.toml"
  grep -A1 -Fx 'name = "codexctl"' Cargo.lock | grep -Fqx "version = \"$version\"" ||
    die "Cargo.lock has another version of codexctl than Cargo.toml" "cargo check, and commit Cargo.lock"
  [ -n "$(chapter "$version" | tr -d '[:space:]')" ] ||
    die "CHANGELOG.md says nothing about $version" "add a chapter: ## $version"
  say "$tag: Cargo.toml, Cargo.lock and CHANGELOG.md agree"
}

build() {
  local target=$1 dir=$2 flags=${RUSTFLAGS:-}
  need_rust
  case $target in
    *-linux-gnu)
      flags+=' -C target-feature=+crt-static'
      # Relocations take little room so; the start-up code of glibc reads them from 2.36 on.
      if printf 'glibc 2.36\n%s\n' "$(getconf GNU_LIBC_VERSION 2>/dev/null)" | sort -CV; then
        flags+=' -C link-arg=-Wl,-z,pack-relative-relocs'
      fi
      ;;
    aarch64-unknown-linux-musl)
      if command -v aarch64-linux-gnu-gcc >/dev/null 2>&1; then
        export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=aarch64-linux-gnu-gcc
      fi
      ;;
  esac
  make_stage "$dir"
  # What users are told to do is what makes the release.
  RUSTFLAGS=$flags CARGO_INCREMENTAL=0 cargo install --locked --path . --bin codexctl --target "$target" \
    --no-track --root "$stage" >&2
  mkdir -p "$dir/$target"
  mv -f "$stage/bin/codexctl" "$dir/$target/codexctl"
  say "$dir/$target/codexctl: $(wc -c <"$dir/$target/codexctl" | tr -d ' ') bytes"
}

# make_stage DIR: a folder in DIR, in $stage, that goes with this script.
make_stage() {
  mkdir -p "$1"
  stage=$(mktemp -d "$1/.stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
}

pack() {
  local target=$1 dir=$2 name=codexctl-$1 shell commands
  local binary=$dir/$target/codexctl
  [ -x "$binary" ] || die "$binary is missing" "release.sh build $target $dir makes it"
  local run=(${CODEXCTL_RELEASE_RUNNER:+"$CODEXCTL_RELEASE_RUNNER"} "$binary")
  make_stage "$dir"
  local top=$stage/$name
  mkdir "$top"
  cp LICENSE README.md README.ru.md CHANGELOG.md "$binary" "$top/"
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
  export SOURCE_DATE_EPOCH
  # Completions and manual pages come from the binary itself, where it has those commands.
  commands=$("${run[@]}" --help) ||
    die "the built codexctl does not run here" "set CODEXCTL_RELEASE_RUNNER to a program that runs it"
  if grep -Eq '^ +completions( |$)' <<<"$commands"; then
    mkdir "$top/completions"
    for shell in bash zsh fish powershell; do
      "${run[@]}" completions "$shell" >"$top/completions/codexctl.$shell"
    done
  fi
  if grep -Eq '^ +man( |$)' <<<"$commands"; then "${run[@]}" man "$top/man" >&2; fi
  # The same content gives the same bytes, where tar is GNU's.
  local same=()
  case $(tar --version 2>/dev/null) in
    *'GNU tar'*) same=(--sort=name --owner=0 --group=0 --numeric-owner "--mtime=@$SOURCE_DATE_EPOCH") ;;
  esac
  tar -C "$stage" ${same[@]+"${same[@]}"} -cf - "$name" | gzip -9n >"$stage/archive"
  mv "$stage/archive" "$dir/$name.tar.gz"
  say "$dir/$name.tar.gz"
}

sums() {
  local name
  cd "$1"
  for name in codexctl-*.tar.gz; do
    [ -f "$name" ] || die "no archives in $1" "release.sh build makes them"
    if command -v sha256sum >/dev/null 2>&1; then sha256sum "$name"; else shasum -a 256 "$name"; fi
  done >SHA256SUMS.part
  mv SHA256SUMS.part SHA256SUMS
}

case ${1:-} in
  check-tag) [ "$#" -eq 2 ] || usage && check_tag "$2" ;;
  notes) [ "$#" -eq 2 ] || usage && chapter "${2#v}" ;;
  build) [ "$#" -eq 3 ] || usage && build "$2" "$3" ;;
  pack) [ "$#" -eq 3 ] || usage && pack "$2" "$3" ;;
  sums) [ "$#" -eq 2 ] || usage && sums "$2" ;;
  *) usage ;;
esac
