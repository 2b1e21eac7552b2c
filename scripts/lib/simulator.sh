# shellcheck shell=bash
# The simulated cluster of the scripts, and their working folder. Sourced after setup.sh, never run.

# in_folder DIR: $work is that folder, empty; it and the simulated cluster go with the script.
in_folder() {
  work=$1
  simulator=
  trap leave_folder EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  rm -rf "$work"
  mkdir -p "$work"
}

leave_folder() {
  if [ -n "$simulator" ]; then
    kill "$simulator" 2>/dev/null || true
    wait "$simulator" 2>/dev/null || true
  fi
  rm -rf "$work"
}

# start_simulator PROGRAM [FLAG...]: kubesim on loopback; its kubeconfig is $work/kubeconfig, its log $work/kubesim.log.
start_simulator() {
  "$@" --kubeconfig "$work/kubeconfig" >"$work/kubesim.log" 2>&1 &
  simulator=$!
  for _ in $(seq 100); do
    if [ -s "$work/kubeconfig" ]; then break; fi
    kill -0 "$simulator" 2>/dev/null || die "kubesim ended: $(cat "$work/kubesim.log")"
    sleep 0.1
  done
  [ -s "$work/kubeconfig" ] || die "kubesim did not start within 10 seconds"
  # kubectl keeps what it learns of a cluster in the home directory unless told otherwise.
  export KUBECACHEDIR=$work/cache
}
