"""What Terraform is given: synth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.common import STANDARD_INPUT, AsJson, Topology, checked, fail, needs, print_json, say
from isthmus.settings import PROGRAM, output_folder, topology_path


def synth(
    topology: Topology = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for the Terraform JSON. Default: CDKTF_OUTDIR, or cdktf.out.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the Terraform JSON of every stack. Needs no credentials."""
    if topology == STANDARD_INPUT:
        fail("synth does not read standard input: name a file")
    file = topology_path(topology)
    if as_json:
        checked(file, as_json=True)
        needs("synth", "isthmus synth")
    folder = output_folder(output)
    # A process of its own: this package never imports cdktf, and main.py is what the cdktf CLI runs as well.
    environ = {**os.environ, "ISTHMUS_TOPOLOGY": str(file), "CDKTF_OUTDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, str(PROGRAM / "main.py")],
        env=environ,
        stderr=subprocess.PIPE if as_json else None,
        text=True,
        # Plans and state may be kept beside what it writes.
        umask=0o077,
        check=False,
    )
    if done.returncode:
        code = 2 if done.returncode == 2 else 1
        if as_json:
            fail(*done.stderr.splitlines(), file=str(folder), code=code)
        raise typer.Exit(code)
    stacks = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    if as_json:
        # Nothing is wrong, but a note may be in it: on the bindings, or on a stack that is no longer planned.
        sys.stderr.write(done.stderr)
        print_json({"folder": str(folder), "stacks": sorted(stacks)})
        return
    for name in stacks:
        say(f"{folder / 'stacks' / name / 'cdk.tf.json'}")
