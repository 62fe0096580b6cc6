"""How fast Isthmus synthesizes: `make bench`.

Three programs take turns, so that a machine that slows down slows all of them:

    as it is    main.py on the example
    plain       the same with ISTHMUS_FAST_LOADING=0: the bindings load the ordinary way
    floor       `import cdktf` and the synthesis of an empty App: nobody gets below that

Wall seconds of whole processes, medians, warm (each ran once before). Exit code 1: a ratio missed its bound.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
FASTER_THAN_PLAIN: Final = 15.0
TIMES_THE_FLOOR: Final = 2.5
ROUNDS: Final = 9
PLAIN_ROUNDS: Final = 3
"""The plain way takes half a minute a round; its share of noise is small."""

FLOOR: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from isthmus import bindings
with bindings.node_started_inside():
    import constructs
import cdktf
cdktf.App(outdir=sys.argv[2]).synth()
"""


def main() -> int:
    """Run the three in turn, print medians and ratios."""
    print("seconds, one line a round; the first is not counted")
    times: dict[str, list[float]] = {"as it is": [], "plain": [], "floor": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS + 1):
            for name, measured in times.items():
                if name == "plain" and number > PLAIN_ROUNDS:
                    continue
                measured.append(_seconds(name, Path(folder)))
            shown = "  ".join(f"{name} {m[-1]:6.2f}" for name, m in times.items() if len(m) == number + 1)
            print(shown, flush=True)
    median = {name: statistics.median(measured[1:]) for name, measured in times.items()}
    print("\nmedians: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in median.items()))
    faster = median["plain"] / median["as it is"]
    above = median["as it is"] / median["floor"]
    print(f"plain / as it is   {faster:5.1f}   (at least {FASTER_THAN_PLAIN:g})")
    print(f"as it is / floor   {above:5.2f}   (at most {TIMES_THE_FLOOR:g})")
    print(f"plain / floor      {median['plain'] / median['floor']:5.1f}")
    return 0 if faster >= FASTER_THAN_PLAIN and above <= TIMES_THE_FLOOR else 1


def _seconds(name: str, folder: Path) -> float:
    environ = {**os.environ, "CDKTF_OUTDIR": str(folder / name), "ISTHMUS_TOPOLOGY": str(PROJECT / "isthmus.yaml")}
    command = [sys.executable, str(PROJECT / "main.py")]
    if name == "plain":
        environ["ISTHMUS_FAST_LOADING"] = "0"
    if name == "floor":
        command = [sys.executable, "-c", FLOOR, str(PROJECT), str(folder / name)]
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
