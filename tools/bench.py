"""How fast Isthmus synthesizes, and how that grows: `make bench`.

Loading. Three programs take turns, so that a machine that slows down slows all of them:

    as it is    main.py on the example
    plain       the same with ISTHMUS_FAST_LOADING=0: the bindings load the ordinary way
    floor       `import cdktf` and the synthesis of an empty App: nobody gets below that

Growth. main.py on full meshes of 1, 10 and 100 links (tools/graph.py), and `isthmus check` of 1,000.

Wall seconds of whole processes, medians, warm (each ran once before). Exit code 1: a bound was missed.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools.graph import mesh  # noqa: E402 - after the path is set

FASTER_THAN_PLAIN: Final = 15.0
TIMES_THE_FLOOR: Final = 2.5
PLANNING_CPU_SECONDS: Final = 2.0
ROUNDS: Final = 9
PLAIN_ROUNDS: Final = 3
"""The plain way takes half a minute a round; its share of noise is small."""
GROWTH_ROUNDS: Final = 3

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


def main() -> int:
    """Measure both, print the figures, say which bounds hold."""
    with tempfile.TemporaryDirectory() as folder:
        good = [*_loading(Path(folder)), *_growth(Path(folder))]
    return 0 if all(good) else 1


def _loading(folder: Path) -> list[bool]:
    print("Loading: seconds, one line a round; the first is not counted")
    times: dict[str, list[float]] = {"as it is": [], "plain": [], "floor": []}
    for number in range(ROUNDS + 1):
        for name, measured in times.items():
            if name != "plain" or number <= PLAIN_ROUNDS:
                measured.append(_one_of_three(name, folder))
        shown = "  ".join(f"{name} {m[-1]:6.2f}" for name, m in times.items() if len(m) == number + 1)
        print(f"  {shown}", flush=True)
    median = {name: statistics.median(measured[1:]) for name, measured in times.items()}
    print("  medians: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in median.items()))
    faster = median["plain"] / median["as it is"]
    above = median["as it is"] / median["floor"]
    return [
        _bound("plain / as it is", faster, faster >= FASTER_THAN_PLAIN, f"at least {FASTER_THAN_PLAIN:g}"),
        _bound("as it is / floor", above, above <= TIMES_THE_FLOOR, f"at most {TIMES_THE_FLOOR:g}"),
        _bound("plain / floor", median["plain"] / median["floor"], True, "for comparison"),  # noqa: FBT003 - no bound
    ]


def _growth(folder: Path) -> list[bool]:
    print("\nGrowth: links, tunnels, seconds, ms a tunnel, CPU ms a link beyond the first, MiB of the largest process")
    per_link: dict[int, float] = {}
    first = 0.0
    for links in (1, 10, 100):
        topology = folder / f"mesh{links}.yaml"
        topology.write_text(mesh(links), encoding="utf-8")
        environ = {"ISTHMUS_TOPOLOGY": str(topology), "CDKTF_OUTDIR": str(folder / f"out{links}")}
        runs = [_run([sys.executable, str(PROJECT / "main.py")], environ) for _ in range(GROWTH_ROUNDS + 1)][1:]
        wall = statistics.median(run.wall for run in runs)
        cpu = statistics.median(run.cpu for run in runs)
        first = first or cpu
        per_link[links] = (cpu - first) / (links - 1) if links > 1 else 0.0
        print(
            f"  {links:4d} {4 * links:5d} {wall:7.2f} {wall * 1000 / (4 * links):8.1f} {per_link[links] * 1000:8.1f} "
            f"{max(run.mebibytes for run in runs):6.0f}",
            flush=True,
        )
    topology = folder / "mesh1000.yaml"
    topology.write_text(mesh(1000), encoding="utf-8")
    check = [sys.executable, "-m", "isthmus", "check", str(topology)]
    cpu = statistics.median(_run(check, {}).cpu for _ in range(GROWTH_ROUNDS))
    ratio = per_link[100] / per_link[10]
    return [
        _bound("a link at 100 / at 10", ratio, ratio <= 1, "at most 1"),
        _bound("CPU s, 1,000 links", cpu, cpu <= PLANNING_CPU_SECONDS, f"at most {PLANNING_CPU_SECONDS:g}"),
    ]


def _one_of_three(name: str, folder: Path) -> float:
    environ = {"CDKTF_OUTDIR": str(folder / name), "ISTHMUS_TOPOLOGY": str(PROJECT / "isthmus.yaml")}
    if name == "plain":
        environ["ISTHMUS_FAST_LOADING"] = "0"
    floor = [sys.executable, "-c", FLOOR, str(PROJECT), str(folder / name)]
    return _run(floor if name == "floor" else [sys.executable, str(PROJECT / "main.py")], environ).wall


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
    print(f"  {what:24s} {value:6.2f}   ({words}{'' if good else ': MISSED'})", flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
