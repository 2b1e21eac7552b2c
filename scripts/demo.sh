#!/usr/bin/env bash
# Builds codexctl and shows its main job on a simulated cluster: render, apply, status, apply again, destroy.
# Everything it makes lies below target/; the simulated cluster ends with the script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh
# shellcheck source=scripts/lib/simulator.sh
. scripts/lib/simulator.sh

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1;36m' dim=$'\e[1m' plain=$'\e[0m'
else
  bold='' dim='' plain=''
fi
heading() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
# Shows a command as a reader would type it, then runs it.
show() {
  printf '%s$ %s%s\n' "$dim" "$*" "$plain"
  "$@"
}

heading "Setting up: Rust, a linker, kubectl"
need_rust
need_kubectl "$PWD/target/tools"
printf 'cargo:   %s\nkubectl: %s\n' "$(cargo --version)" "$(command -v kubectl)"

heading "Building codexctl and the simulated cluster (a few minutes the first time)"
cargo build --release --locked --bin codexctl
cargo build --locked -p kubesim

clean_environment
in_folder "$PWD/target/demo"

heading "Starting the simulated cluster on loopback"
start_simulator target/debug/kubesim --pod-ready-ms 1500
cat "$work/kubesim.log"

# examples/shop reads these two: every environment points at the simulated cluster.
export SHOP_KUBECONFIG=$work/kubeconfig SHOP_CONTEXT=kubesim
export PATH="$PWD/target/release:$PATH"
cd examples/shop

heading "render: what the cluster would get (two of its parts)"
show codexctl render --env dev --only-infra core-config --only-services mailbox

heading "apply: hooks, documents, and the wait for readiness"
show codexctl apply --env dev --wait

heading "status: one row per workload"
show codexctl status --env dev

heading "apply again: nothing has changed"
show codexctl apply --env dev --wait 2>&1 | tee "$work/second"
changed=$(grep -E '^[a-z.0-9]+/\S+ ' "$work/second" | grep -cv ' unchanged$' || true)
[ "$changed" -eq 0 ] || die "$changed objects changed in the second apply"

heading "destroy: everything goes, in reverse order"
show codexctl destroy --env dev --yes

heading "A slot: a numbered copy of the stack for one issue"
show codexctl manage-env create --env ai --issue 12 --no-wait
show codexctl manage-env create --env ai --issue 12 --no-wait
show codexctl apply --env ai --slot 1 --wait --only-services mailbox
show codexctl manage-env comment --env ai --slot 1
show codexctl manage-env list --env ai
show codexctl manage-env gc --env ai --ttl 0s

heading "Done. The same commands, for a cluster of your own:"
printf '  cd examples/shop\n  SHOP_KUBECONFIG=~/.kube/config SHOP_CONTEXT=<context> ../../target/release/codexctl apply --env dev\n'
