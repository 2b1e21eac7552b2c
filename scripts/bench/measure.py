#!/usr/bin/env python3
"""Runs the benchmark's programs in turn and prints Markdown tables; with --plot it also draws cost over size.

Called by scripts/bench.sh, which sets everything up. A program that takes more than ONCE seconds is run once.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import generate  # noqa: E402
import plot  # noqa: E402
import slots  # noqa: E402

ONCE = 5.0


@dataclass
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    rss: float  # MiB, at the peak


def run(command: list[str], out: Path, cwd: Path | None = None) -> Cost:
    """Runs a command with its output in a file. GNU time reports: a child of this process would inherit its peak."""
    report = out.with_suffix(".time")
    timed = ["/usr/bin/time", "--quiet", "-f", "%U %S %M", "-o", str(report), *command]
    with out.open("wb") as stdout, out.with_suffix(".err").open("wb") as stderr:
        start = time.perf_counter()
        code = subprocess.run(timed, stdout=stdout, stderr=stderr, cwd=cwd, check=False).returncode
        wall = time.perf_counter() - start
    if code != 0:
        sys.exit(f"{' '.join(command)} failed: {out.with_suffix('.err').read_text()}")
    user, system, peak = report.read_text().split()
    return Cost(wall, float(user) + float(system), int(peak) / 1024)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, field) for cost in costs) for field in ("wall", "cpu", "rss")))


def seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def renders(args: argparse.Namespace) -> None:
    print("### render\n")
    series: plot.Series = {}
    print("| services (documents) | program | wall | CPU | peak memory | wall, relative | wall per service |")
    print("|---|---|---|---|---|---|---|")
    for count in args.counts:
        folder = args.work / f"stack-{count}"
        for dialect in ("go", "jinja"):
            generate.generate(folder / dialect, count, dialect)
        # kustomize gets the same documents as files, one each.
        files = folder / "files"
        codexctl = [str(args.codexctl), "--log-level", "warn"]
        render = {
            dialect: [*codexctl, "-c", str(folder / dialect / "services.yaml"), "render", "--env", "dev"]
            for dialect in ("go", "jinja")
        }
        programs = {
            "codexctl, Go syntax": render["go"],
            "codexctl, Jinja": render["jinja"],
            "Python Jinja2 + PyYAML": [sys.executable, str(HERE / "jinja_baseline.py"), str(folder / "jinja"), "dev"],
        }
        if count <= args.kustomize_limit:
            subprocess.run([*render["go"], "-o", str(files), "--split"], check=True)
            resources = sorted(str(path.relative_to(files)) for path in files.rglob("*.yaml"))
            lines = "".join(f"  - {path}\n" for path in resources if path != "kustomization.yaml")
            (files / "kustomization.yaml").write_text(f"resources:\n{lines}")
            programs["kubectl kustomize"] = [args.kubectl, "kustomize", str(files)]
        costs: dict[str, list[Cost]] = {name: [] for name in programs}
        for round_number in range(args.rounds):
            # In turn, so that a slow minute of the machine hits all of them.
            for name, command in programs.items():
                if round_number == 0 or costs[name][0].wall <= ONCE:
                    costs[name].append(run(command, folder / "out"))
        base = median(costs["codexctl, Go syntax"]).wall
        for name in programs:
            cost = median(costs[name])
            series.setdefault(name, []).append((count, cost.wall, cost.rss))
            print(
                f"| {count} ({count * 4}) | {name} | {seconds(cost.wall)} | {seconds(cost.cpu)} | {cost.rss:.0f} MiB "
                f"| {cost.wall / base:.1f} | {cost.wall / count * 1e6:.0f} µs |",
                flush=True,
            )
        shutil.rmtree(folder)
    print()
    if args.plot:
        plot.draw(series, args.plot)


def checks(args: argparse.Namespace) -> None:
    """What else people wait for: doctor on a healthy cluster, validate beside render, images by --jobs."""
    folder = args.work / "checks"
    generate.generate(folder, 1000, "go")
    shutil.copy(args.kubeconfig, folder / "kubeconfig")
    codexctl = [str(args.codexctl), "-c", str(folder / "services.yaml"), "--log-level", "error"]
    programs = {
        "render --env dev": [*codexctl, "render", "--env", "dev"],
        "validate --env dev": [*codexctl, "validate", "--env", "dev"],
        "doctor --env dev": [*codexctl, "doctor", "--env", "dev"],
    }
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(args.rounds):
        for name, command in programs.items():
            costs[name].append(run(command, folder / "out"))
    print("### checks, 1000 services, simulated cluster\n")
    print("| command | wall | CPU | peak memory |")
    print("|---|---|---|---|")
    for name in programs:
        cost = median(costs[name])
        print(f"| `{name}` | {seconds(cost.wall)} | {seconds(cost.cpu)} | {cost.rss:.0f} MiB |")
    print(flush=True)

    # A docker whose builds take a second each, so that only the order of work is measured.
    project = args.work / "images"
    (project / "bin").mkdir(parents=True)
    docker = project / "bin/docker"
    info = '{"OSType":"linux","ServerVersion":"1"}'
    docker.write_text(f"#!/bin/sh\n[ \"$1\" = build ] && exec sleep 1\necho '{info}'\n")
    docker.chmod(0o755)
    (project / "Dockerfile").write_text("FROM scratch\n")
    lines = "".join(f"  i{n}: {{type: build, repository: localhost:1/i{n}, tag: '1'}}\n" for n in range(8))
    (project / "services.yaml").write_text(f"project: bench\nenvironments: {{dev: {{}}}}\nimages:\n{lines}")
    print("### images build, 8 images of 1 s\n")
    print("| jobs | wall | 8 s / jobs |")
    print("|---|---|---|")
    path = {**os.environ, "PATH": f"{docker.parent}:{os.environ['PATH']}"}
    for jobs in (1, 2, 4, 8):
        build = [str(args.codexctl), "images", "build", "--env", "dev", "--no-push", "--jobs", str(jobs)]
        start = time.perf_counter()
        subprocess.run(build, cwd=project, env=path, check=True, capture_output=True)
        print(f"| {jobs} | {seconds(time.perf_counter() - start)} | {8 / jobs:.0f} s |", flush=True)
    print()


def slot_create(args: argparse.Namespace) -> None:
    print("### manage-env create\n")
    print("| taken slots | create --issue | kubectl processes | one `kubectl create` per number | ratio |")
    print("|---|---|---|---|---|")
    for row in slots.measure(str(args.codexctl), args.kubectl, args.kubeconfig, args.work / "slots", args.rounds):
        ours, theirs = statistics.median(row.ours), statistics.median(row.theirs)
        print(
            f"| {row.taken} | {seconds(ours)} | {row.processes} | {seconds(theirs)} | {theirs / ours:.1f} |",
            flush=True,
        )
    print()


def start_up(args: argparse.Namespace) -> None:
    print("### start-up\n")
    size = args.codexctl.stat().st_size
    print(f"Size of the binary: {size / 1e6:.1f} MB.\n")
    print("| command | wall | system calls | files opened | threads and children |")
    print("|---|---|---|---|---|")
    strace = shutil.which("strace")
    for command in ([str(args.codexctl), "--version"], [str(args.codexctl), "--help"], ["/bin/true"]):
        times = []
        for _ in range(200):
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - start)
        counts = ["?", "?", "?"]
        if strace:
            log = args.work / "strace"
            subprocess.run([strace, "-f", "-o", str(log), *command], stdout=subprocess.DEVNULL, check=True)
            calls = [line.split(maxsplit=1)[1] for line in log.read_text().splitlines()]
            opened = [call for call in calls if call.startswith("open")]
            forks = [call for call in calls if call.startswith(("clone", "fork", "vfork"))]
            counts = [str(len(calls)), str(len(opened)), str(len(forks))]
        shown = " ".join([Path(command[0]).name, *command[1:]])
        print(f"| `{shown}` | {seconds(statistics.median(times))} | {' | '.join(counts)} |", flush=True)
    print()


def cluster(args: argparse.Namespace) -> None:
    """kubectl processes per command, and apply against `kubectl apply`, on the simulated cluster."""
    folder = args.work / "cluster"
    generate.generate(folder, args.cluster_services, "go")
    shutil.copy(args.kubeconfig, folder / "kubeconfig")
    wrapper, calls = folder / "bin", folder / "calls"
    wrapper.mkdir()
    (wrapper / "kubectl").write_text(f'#!/bin/sh\necho "$*" >> {calls}\nexec {args.kubectl} "$@"\n')
    (wrapper / "kubectl").chmod(0o755)
    codexctl = [str(args.codexctl), "-c", str(folder / "services.yaml"), "--log-level", "warn"]

    print("### kubectl processes\n")
    print("| command | kubectl processes |")
    print("|---|---|")
    counting = {**os.environ, "PATH": f"{wrapper}:{os.environ['PATH']}"}
    for words in (
        "render --env dev",
        "apply --env dev",
        "apply --env dev --dry-run=server",
        "apply --env dev --wait",
        "diff --env dev",
        "status --env dev",
        "destroy --env dev --yes",
        "destroy --env dev --yes --delete-namespace",
    ):
        calls.write_text("")
        done = subprocess.run(
            [*codexctl, *words.split()], env=counting, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            sys.exit(f"codexctl {words} failed: {done.stderr}")
        verbs = [" ".join(line.split()[:2]) for line in calls.read_text().splitlines()]
        print(f"| `{words}` | {len(verbs)}: {', '.join(verbs)} |" if verbs else f"| `{words}` | 0 |", flush=True)
    print()

    documents = args.cluster_services * 4
    print(f"### apply, {documents} documents, simulated cluster\n")
    print("| case | kubectl apply -f | codexctl apply | ratio |")
    print("|---|---|---|---|")
    kubectl = [args.kubectl, "--kubeconfig", str(folder / "kubeconfig")]
    created: tuple[list[Cost], list[Cost]] = ([], [])
    unchanged: tuple[list[Cost], list[Cost]] = ([], [])
    for number in range(args.rounds):
        names = (f"bench-kubectl-{number}", f"bench-codexctl-{number}")
        rendered = folder / f"rendered-{number}.yaml"
        for name in names:
            subprocess.run([*kubectl, "create", "namespace", name], check=True, stdout=subprocess.DEVNULL)
        with rendered.open("wb") as out:
            subprocess.run([*codexctl, "render", "--env", "dev", "-n", names[0]], stdout=out, check=True)
        for kept in (created, unchanged):
            kept[0].append(run([*kubectl, "apply", "-f", str(rendered)], folder / "out"))
            kept[1].append(run([*codexctl, "apply", "--env", "dev", "-n", names[1]], folder / "out"))
        for name in names:
            subprocess.run([*kubectl, "delete", "namespace", name], check=True, stdout=subprocess.DEVNULL)
    for case, kept in (("all created", created), ("all unchanged", unchanged)):
        plain, ours = median(kept[0]).wall, median(kept[1]).wall
        print(f"| {case} | {seconds(plain)} | {seconds(ours)} | {ours / plain:.2f} |", flush=True)
    print()


PARTS = {"render": renders, "start-up": start_up, "cluster": cluster, "slots": slot_create, "checks": checks}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codexctl", type=Path, required=True)
    parser.add_argument("--kubectl", required=True)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--counts", type=lambda text: [int(n) for n in text.split(",")], default=[100, 1000, 5000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kustomize-limit", type=int, default=1000)
    parser.add_argument("--cluster-services", type=int, default=50)
    parser.add_argument("--only", choices=list(PARTS), action="append")
    parser.add_argument("--plot", type=Path, help="draw cost over size into this SVG file")
    arguments = parser.parse_args()
    for part in arguments.only or PARTS:
        PARTS[part](arguments)
