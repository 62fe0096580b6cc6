"""Runs the program as its users do, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DATA = PROJECT / "tests" / "data"
EXAMPLE = PROJECT / "isthmus.yaml"
EXAMPLES = {path.stem: path for path in sorted(PROJECT.joinpath("examples").glob("*.yaml"))}
CDKTF = PROJECT / "node_modules" / ".bin" / "cdktf"

# What the program, the bindings and terraform take from the environment; a test says what it wants of these.
_STEERING = ("ISTHMUS_", "CDKTF_", "TF_", "CHECKPOINT_", "PYTHON")


def environment(**changes: str) -> dict[str, str]:
    """The environment of this process without what would steer the program, and with ``changes``."""
    return {k: v for k, v in os.environ.items() if not k.startswith(_STEERING)} | changes


def run(
    *arguments: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the environment's Python with ``arguments`` and return what came of it, whatever that is."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment() if env is None else env,
        capture_output=True,
        text=True,
        check=False,
    )


def synthesize(topology: Path, outdir: Path) -> Path:
    """Synthesize ``topology`` into ``outdir`` and return that."""
    done = run(PROJECT / "main.py", env=environment(ISTHMUS_TOPOLOGY=str(topology), CDKTF_OUTDIR=str(outdir)))
    assert done.returncode == 0, done.stderr
    return outdir


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``, by its relative path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
