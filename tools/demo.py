"""The main job on the embedded example: `make demo`. Needs no cloud account and no credentials."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tools import terraform  # noqa: E402 - after the path is set


def main() -> int:
    """Check, plan, synthesize; validate each stack whose provider is to be had."""
    example = PROJECT / "isthmus.yaml"
    for step in ("check", "plan", "synth"):
        _headline(f"isthmus {step}")
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "isthmus", step, os.path.relpath(example)], check=False)
        if done.returncode:
            return done.returncode
        print(f"({time.monotonic() - began:.1f} s)")
    _headline("terraform validate")
    return max(_validate(stack) for stack in sorted((PROJECT / "cdktf.out" / "stacks").iterdir()))


def _validate(stack: Path) -> int:
    print(f"{stack.name}: ", end="", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            verdict = terraform.validate(stack, Path(folder))
        except terraform.UnavailableError as error:
            print(f"not validated here: {error}")
            return 0
    print(verdict.text)
    return 0 if verdict.valid else 1


def _headline(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
