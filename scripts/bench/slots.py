"""`manage-env create` with many slots taken, beside the loop that tries number after number with one kubectl each."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TAKEN = (0, 30, 300)
STATE = "codex-system"

# What the Go tool does: `kubectl create` for slot 1, 2, 3 … until one is not there yet.
LOOP = """\
n=1
until kubectl create configmap "codex-env-$n" --namespace codex-system --from-literal="slot=$n" >/dev/null 2>&1; do
  n=$((n + 1))
done
"""


@dataclass
class Row:
    taken: int
    processes: int = 0
    ours: list[float] = field(default_factory=list)  # seconds
    theirs: list[float] = field(default_factory=list)


def measure(codexctl: str, kubectl: str, kubeconfig: Path, folder: Path, rounds: int) -> Iterator[Row]:
    (folder / "bin").mkdir(parents=True)
    shutil.copy(kubeconfig, folder / "kubeconfig")
    (folder / "services.yaml").write_text("project: bench\nenvironments: {ai: {kubeconfig: kubeconfig}}\n")
    calls = folder / "calls"
    counting = folder / "bin/kubectl"
    counting.write_text(f'#!/bin/sh\necho "$1" >> {calls}\nexec {kubectl} "$@"\n')
    counting.chmod(0o755)
    own = {**os.environ, "KUBECONFIG": str(folder / "kubeconfig")}
    own["PATH"] = f"{Path(kubectl).parent}:{os.environ['PATH']}"
    counted = {**own, "PATH": f"{counting.parent}:{os.environ['PATH']}"}

    def manage(*words: str, env: dict[str, str] = own) -> float:
        start = time.perf_counter()
        command = [codexctl, "manage-env", words[0], "--env", "ai", *words[1:]]
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        return time.perf_counter() - start

    taken = 0
    for wanted in TAKEN:
        while taken < wanted:
            taken += 1
            manage("create", "--issue", str(taken), "--no-wait")
        free = str(taken + 1)
        row = Row(wanted)
        # The state namespace is there, for both.
        manage("create", "--issue", "9999", "--no-wait", env=counted)
        row.processes = len(calls.read_text().splitlines())
        calls.unlink()
        manage("cleanup", "--slot", free, "--yes")
        for _ in range(rounds):
            row.ours.append(manage("create", "--issue", "9999", "--no-wait"))
            manage("cleanup", "--slot", free, "--yes")
            start = time.perf_counter()
            subprocess.run(["sh", "-c", LOOP], env=own, check=True)
            row.theirs.append(time.perf_counter() - start)
            record = ["configmap", f"codex-env-{free}", "--namespace", STATE]
            subprocess.run([kubectl, "delete", *record], env=own, check=True, stdout=subprocess.DEVNULL)
        yield row
