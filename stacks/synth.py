"""Writes the Terraform JSON of a plan, all of it or nothing."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from pathlib import Path

import loading
from constructs.crosscloud import providers as tf
from isthmus.plan import Plan
from isthmus.plan.types import CloudState, LocalState
from isthmus.printable import one_line

from . import build
from .readme import readmes


def synthesize(plan: Plan, outdir: Path) -> list[Path]:
    """Synthesize every stack of ``plan`` into ``outdir`` and return the files written, sorted.

    Files are written to a folder beside ``outdir`` and renamed into place, the manifest last. What Terraform
    keeps in a stack's folder stays. The configuration of a stack that is no longer planned goes, unless Terraform
    has been there: to destroy what may be deployed it needs it still.

    Raises:
        OSError: ``outdir`` cannot be written.
    """
    if outdir.exists() and not outdir.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(outdir))
    outdir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{outdir.name}.", dir=outdir.parent) as folder:
        with loading.types_unchecked():
            # Of its checks, the one for a cloud block runs `terraform version`, once a stack: an auditor has none.
            app = tf.App(outdir=folder, stack_traces=False, skip_validation=isinstance(plan.state, CloudState))
            build(app, plan)
            app.synth()
        for name, text in readmes(plan).items():
            Path(folder, "stacks", name, "README.md").write_text(text, encoding="utf-8")
        return _move(Path(folder), outdir)


def _move(source: Path, target: Path) -> list[Path]:
    relative = sorted(p.relative_to(source) for p in source.rglob("*") if p.is_file())
    relative.sort(key=lambda p: p.name == "manifest.json")
    for path in relative:
        target.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        source.joinpath(path).replace(target / path)
    kept = {path.parts[1] for path in relative if path.parts[0] == "stacks"}
    for stale in target.glob("stacks/*/cdk.tf.json"):
        if stale.parent.name not in kept:
            state = stale.parent / LocalState().path(stale.parent.name)
            if stale.with_name(".terraform").exists() or state.exists():
                said = (
                    f"{stale.parent.name} is no longer planned and stays where it is: if it is deployed, run "
                    f"terraform destroy in {stale.parent}, then remove that folder"
                )
                print(one_line(said), file=sys.stderr)
                continue
            stale.unlink()
            stale.with_name("README.md").unlink(missing_ok=True)
            if not any(stale.parent.iterdir()):
                shutil.rmtree(stale.parent)
    return sorted(target / path for path in relative)
