#!/usr/bin/env bash
# Installs what the tests need, where it is missing, and runs them all. Arguments go to `cargo test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh

need_rust
# The tests of hooks and of signals use them.
need git git
need ps procps
# The tests of sync-code compare both ways to copy.
need rsync rsync
# They play the agent's pod: its shells and a server (tests/it/prompt).
need python3 python3
need dash dash
need busybox busybox
# The tests of completions and manual pages: the real shells, and strict readers.
need zsh zsh
need fish fish
need mandoc mandoc
need groff groff-base
need_codex "$PWD/target/tools"
# They check and play the workflows.
need shellcheck shellcheck
need jq jq
need curl curl
need_actionlint "$PWD/target/tools"
# They draw what `codexctl graph` writes.
need dot graphviz
need_mermaid "$PWD/target/tools"
need_kubectl "$PWD/target/tools"
# A new one beside it: some of what kubectl does has changed. In a subshell, which PATH does not leave.
(CODEXCTL_KUBECTL_VERSION=1.37.1 need_kubectl "$PWD/target/tools")
CODEXCTL_TEST_KUBECTL=$(command -v kubectl)
export CODEXCTL_TEST_KUBECTL
say "kubectl: $CODEXCTL_TEST_KUBECTL"

# Discovery caches of the tests' clusters belong below target/, not into the home directory.
mkdir -p target/kube-cache
export KUBECACHEDIR=$PWD/target/kube-cache

# The tests of images: real registries, and an engine.
need docker-registry docker-registry
need htpasswd apache2-utils
need openssl openssl
trap stop_engine EXIT
need_engine

need_release "$PWD/target/dist"

# Not exec: the engine has to be stopped, which says nothing: the last lines are the test runner's own, and so is the
# exit code (`set -e`).
cargo test --workspace --lib --bins --tests --locked "$@"
