"""The peer of the bench: a JavaScript program that makes the same stacks on the same provider bindings.

What Isthmus asks of the bindings is recorded from a synthesis, as jsii's own debugging tells it, and tools/peer.cjs
does the same in Node. It has neither to read a topology nor to make a plan, nor does anything cross between two
processes: it is a lower bound of what a program in JavaScript takes, and the stacks are the same, byte for byte.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = Path(__file__).with_name("peer.cjs")
PACKAGES: Final = (
    "constructs",
    "cdktf",
    "cdktf_cdktf_provider_aws",
    "cdktf_cdktf_provider_azurerm",
    "cdktf_cdktf_provider_random",
)
"""Each Python package of bindings has with it the JavaScript package that it is made from."""


def unpack(folder: Path) -> None:
    """Unpack the JavaScript of the installed bindings into ``folder/node_modules``."""
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None, f"{package} is in Pipfile.lock"
        for place in spec.submodule_search_locations or ():
            for tarball in Path(place, "_jsii").glob("*.jsii.tgz"):
                _unpack(tarball, folder / "node_modules")


def _unpack(tarball: Path, target: Path) -> None:
    with tarfile.open(tarball) as archive:
        # .jsii describes the package to other languages: most of its size, and not used from JavaScript.
        members = [member for member in archive if member.name != "package/.jsii"]
        manifest = archive.extractfile("package/package.json")
        assert manifest is not None
        name = json.load(manifest)["name"]
        for member in members:
            member.name = f"{name}/{member.name.removeprefix('package/')}"
        archive.extractall(target, members, filter="data")


def record(topology: Path, outdir: Path, file: Path) -> None:
    """Synthesize ``topology`` into ``outdir`` and write to ``file`` what was asked and answered, one JSON a line."""
    done = subprocess.run(
        [sys.executable, PROJECT / "main.py"],
        env={**os.environ, "ISTHMUS_TOPOLOGY": str(topology), "CDKTF_OUTDIR": str(outdir), "JSII_DEBUG": "1"},
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    file.write_text("".join(json.dumps(pair) + "\n" for pair in _pairs(done.stderr)), encoding="utf-8")


def _pairs(told: str) -> Iterator[tuple[dict[str, Any], Any]]:
    request: dict[str, Any] = {}
    for line in told.splitlines():
        if line.startswith("> {"):
            request = json.loads(line[2:])
        elif line.startswith("< {") and request.get("api") not in (None, "load", "stats"):
            yield request, json.loads(line[2:])["ok"]
