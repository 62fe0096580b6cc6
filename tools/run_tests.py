"""Runs the tests: `make test`. Arguments go to pytest, as `make test ARGS="tests/unit -k slot"`.

Without arguments two runs of pytest go side by side. The deployments mostly wait for the AWS provider; meanwhile the
others run, and what is said of the deployments is shown after them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
PYTEST: Final = (sys.executable, "-m", "pytest", "--color=yes" if sys.stdout.isatty() else "--color=no")
# In this order: what waits for whole deployments comes last, and the tests of state run meanwhile.
BEHIND: Final = ("tests/deploy", "tests/state")


def main(arguments: list[str]) -> int:
    """The exit code of pytest; of two runs the worse one."""
    if arguments:
        return subprocess.run([*PYTEST, *arguments], cwd=PROJECT, check=False).returncode
    tests = (PROJECT / "tests").iterdir()
    before = sorted(f"tests/{folder.name}" for folder in tests if any(folder.glob("test_*.py")))
    print(f"{', '.join(BEHIND)} in the background; its tests are told of at the end.", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        behind = subprocess.Popen([*PYTEST, *BEHIND], cwd=PROJECT, stdout=said, stderr=subprocess.STDOUT)
        try:
            front = subprocess.run([*PYTEST, *(f for f in before if f not in BEHIND)], cwd=PROJECT, check=False)
            if behind.poll() is None:
                print("Waiting for the deployments in the background …", flush=True)
            behind.wait()
        except BaseException:
            behind.terminate()
            behind.wait()
            raise
        said.seek(0)
        print(said.read(), flush=True)
    return max(front.returncode, behind.returncode, key=abs)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
