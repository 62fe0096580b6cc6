"""How fast Isthmus synthesizes, how that grows, and how fast others make the same stacks: `make bench`.

Five programs make full meshes of 1, 10 and 100 links (tools/mesh.py). They take turns, so
that a machine that slows down slows all of them, and ratios are taken round by round:

    isthmus        main.py
    plain          the same with ISTHMUS_FAST_LOADING=0: the bindings load the ordinary way, jsii waits for each answer
    js lazily      a JavaScript program on the same bindings that requires each module by its file (tools/peer.py)
    js ordinary    the same program, requiring the whole package of each provider
    floor          Python: `import cdktf` and the synthesis of an empty App, with jsii as it is

The two in JavaScript know beforehand what to make: they read no topology and work out no plan.

Growth. What a link costs at 10 and at 100, and `isthmus check` of 1,000.

Wall and CPU seconds of whole processes, medians, warm (each ran once before). Exit code 1: a bound was missed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import loading  # noqa: E402 - after the path is set
from tools import peer  # noqa: E402 - after the path is set
from tools.mesh import mesh  # noqa: E402 - after the path is set

FASTER_THAN_PLAIN: Final = 15.0
TIMES_THE_FLOOR: Final = 2.5
TIMES_THE_PEER: Final = {1: 4.5, 10: 3.0, 100: 2.5}
"""Wall time of Isthmus by that of JavaScript loaded lazily, by links: for one, most of it is Python's start."""
PLANNING_CPU_SECONDS: Final = 2.0
SIZES: Final = (1, 10, 100)
ROUNDS: Final = 5
SLOW_ROUNDS: Final = {"plain": 2, "js ordinary": 2}
"""They take many seconds a round; their share of noise is small."""
PLANNING_ROUNDS: Final = 3

FLOOR: Final = """
import sys
sys.path.insert(0, sys.argv[1])
import loading
with loading.node_started_inside():
    import constructs
import cdktf
cdktf.App(outdir=sys.argv[2]).synth()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: wall and CPU seconds, and the largest of it and its children in MiB."""

    wall: float
    cpu: float
    mebibytes: float


Runs = dict[str, list[Run]]
"""The rounds of each program."""


def main() -> int:
    """Measure both, print the figures, say which bounds hold."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Path(folder)
        print("Unpacking the JavaScript of the bindings, recording what to make", flush=True)
        peer.unpack(bench)
        runs = {links: _table(bench, links) for links in SIZES}
        good = [*_loading(runs), *_growth(bench, runs)]
    return 0 if all(good) else 1


def _table(folder: Path, links: int) -> Runs:
    """Let the programs take turns on a mesh of ``links`` links; prints a line for each, returns the rounds counted."""
    topology = folder / f"mesh{links}.yaml"
    topology.write_text(mesh(links), encoding="utf-8")
    recording = folder / f"{links}.jsonl"
    peer.record(topology, folder / "recorded", recording)
    runs: Runs = {name: [] for name in ("isthmus", "plain", "js lazily", "js ordinary", "floor")}
    for number in range(ROUNDS + 1):
        for name, measured in runs.items():
            if number <= SLOW_ROUNDS.get(name, ROUNDS):
                measured.append(_run(*_program(name, folder, topology, recording)))
    runs = {name: measured[1:] for name, measured in runs.items()}
    print(f"\n{links} links, {4 * links} tunnels: wall s, CPU s, and either by that of js lazily")
    for name, measured in runs.items():
        wall, cpu = statistics.median(r.wall for r in measured), statistics.median(r.cpu for r in measured)
        by_peer = (f"{_ratio(runs, name, 'js lazily', what):6.2f}" for what in ("wall", "cpu"))
        print(f"  {name:12s} {wall:7.2f} {cpu:7.2f} {' '.join(by_peer)}", flush=True)
    return runs


def _program(name: str, folder: Path, topology: Path, recording: Path) -> tuple[list[str], dict[str, str]]:
    """The command of a program, and what it adds to the environment."""
    outdir = folder / f"out-{name}"
    if name.startswith("js "):
        node = str(loading.own_node() or "node")
        return [node, str(peer.PROGRAM), name.removeprefix("js "), str(folder), str(recording), str(outdir)], {}
    if name == "floor":
        return [sys.executable, "-c", FLOOR, str(PROJECT), str(outdir)], {}
    environ = {"CDKTF_OUTDIR": str(outdir), "ISTHMUS_TOPOLOGY": str(topology)}
    if name == "plain":
        environ["ISTHMUS_FAST_LOADING"] = "0"
    return [sys.executable, str(PROJECT / "main.py")], environ


def _ratio(runs: Runs, name: str, other: str, what: str) -> float:
    """Median over the rounds of ``wall`` or ``cpu`` of one program by that of another in the same round."""
    pairs = zip(runs[name], runs[other], strict=False)
    ratios: list[float] = [getattr(one, what) / getattr(two, what) for one, two in pairs]
    return statistics.median(ratios)


def _loading(runs: Mapping[int, Runs]) -> list[bool]:
    print("\nLoading: wall time by wall time")
    faster, above = (_ratio(runs[1], *pair, "wall") for pair in (("plain", "isthmus"), ("isthmus", "floor")))
    return [
        _bound("plain / isthmus", faster, faster >= FASTER_THAN_PLAIN, f"at least {FASTER_THAN_PLAIN:g}"),
        _bound("isthmus / floor", above, above <= TIMES_THE_FLOOR, f"at most {TIMES_THE_FLOOR:g}"),
        *(
            _bound(f"isthmus / js lazily, {links}", ratio, ratio <= bound, f"at most {bound:g}")
            for links, bound in TIMES_THE_PEER.items()
            for ratio in [_ratio(runs[links], "isthmus", "js lazily", "wall")]
        ),
        *(
            _bound(f"js ordinary / isthmus, {links}", ratio, True, "for comparison")  # noqa: FBT003 - no bound
            for links in SIZES
            for ratio in [_ratio(runs[links], "js ordinary", "isthmus", "wall")]
        ),
    ]


def _growth(folder: Path, runs: Mapping[int, Runs]) -> list[bool]:
    print("\nGrowth: links, CPU ms a link beyond the first, MiB of the largest process")
    cpu = {links: statistics.median(run.cpu for run in runs[links]["isthmus"]) for links in SIZES}
    per_link = {links: (cpu[links] - cpu[1]) / (links - 1) for links in SIZES[1:]}
    for links, seconds in per_link.items():
        print(f"  {links:4d} {seconds * 1000:8.1f} {max(run.mebibytes for run in runs[links]['isthmus']):6.0f}")
    topology = folder / "mesh1000.yaml"
    topology.write_text(mesh(1000), encoding="utf-8")
    check = [sys.executable, "-m", "isthmus", "check", str(topology)]
    planning = statistics.median(_run(check, {}).cpu for _ in range(PLANNING_ROUNDS))
    ratio = per_link[100] / per_link[10]
    return [
        _bound("a link at 100 / at 10", ratio, ratio <= 1, "at most 1"),
        _bound("CPU s, 1,000 links", planning, planning <= PLANNING_CPU_SECONDS, f"at most {PLANNING_CPU_SECONDS:g}"),
    ]


def _run(command: list[str], environ: dict[str, str]) -> Run:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    # Modules are compiled once, as for any user: without the cache their compilation would be measured instead.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command, env={**inherited, **environ}, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(time.perf_counter() - began, cpu, used.ru_maxrss / 1024)


def _bound(what: str, value: float, good: bool, words: str) -> bool:  # noqa: FBT001 - a verdict to print
    print(f"  {what:28s} {value:6.2f}   ({words}{'' if good else ': MISSED'})", flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
