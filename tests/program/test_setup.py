"""The commands that setup writes: what they set for the programs that they start."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tools import setup

CLI = """#!/bin/sh
echo "$CDKTF_OUTPUT"
mkdir -p cdktf.out && touch cdktf.out/plan terraform.new.tfstate terraform.old.tfstate
"""


@pytest.fixture
def cdktf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `cdktf` of setup, with a program behind it that writes what the CLI does."""
    bin_, cli = tmp_path / "bin", tmp_path / "node_modules" / ".bin" / "cdktf"
    for folder in (bin_, cli.parent, tmp_path / "here"):
        folder.mkdir(parents=True)
    cli.write_text(CLI, encoding="utf-8")
    cli.chmod(0o755)
    monkeypatch.setattr(setup, "BIN", bin_)
    monkeypatch.setattr(setup, "PROJECT", tmp_path)
    setup._commands()
    return bin_ / "cdktf"


def run(cdktf: Path, *words: str, **variables: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CDKTF_")}
    here = cdktf.parents[1] / "here"
    done = subprocess.run([cdktf, *words], cwd=here, env={**kept, **variables}, umask=0o022, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().strip()


def test_nobody_else_reads_what_has_keys(cdktf: Path) -> None:
    here = cdktf.parents[1] / "here"
    for name in ("terraform.old.tfstate", "terraform.old.tfstate.backup"):
        (here / name).touch()
        # As an earlier run left it.
        (here / name).chmod(0o644)
    run(cdktf, "deploy")
    assert len(found := list(here.rglob("*"))) == 5
    assert [path for path in found if path.stat().st_mode & 0o077] == []


def test_it_uses_the_folder_that_isthmus_synth_does(cdktf: Path) -> None:
    assert run(cdktf, "synth", CDKTF_OUTDIR="a", CDKTF_OUTPUT="b") == "a"
    assert run(cdktf, "synth", CDKTF_OUTPUT="b") == "b"
    assert run(cdktf, "get", CDKTF_OUTDIR="a") == ""
