"""Which topology is meant and where output goes, when the command line does not say."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of cdktf.json, main.py and the example topology."""

DEFAULT_NAME = "isthmus.yaml"


def topology_path(
    given: Path | None = None, *, environ: Mapping[str, str] = os.environ, project: Path = PROJECT
) -> Path:
    """The topology file that is meant, whether it exists or not.

    In this order: ``given``; ``ISTHMUS_TOPOLOGY``; the CDKTF context key ``topology`` (cdktf.json, or
    ``cdktf synth --context``), relative to the project; ``isthmus.yaml`` in the working directory;
    ``isthmus.yaml`` of the project.
    """
    if given is not None:
        return given
    if named := environ.get("ISTHMUS_TOPOLOGY"):
        return Path(named)
    if named := _context(environ).get("topology"):
        return project / named
    here = Path(DEFAULT_NAME)
    return here if here.exists() else project / DEFAULT_NAME


def output_folder(
    given: Path | None = None, *, environ: Mapping[str, str] = os.environ, project: Path = PROJECT
) -> Path:
    """Where ``cdktf.out`` goes: ``given``, else ``CDKTF_OUTDIR`` (the cdktf CLI sets it), else the project's."""
    if given is not None:
        return given
    return Path(environ.get("CDKTF_OUTDIR") or project / "cdktf.out")


def _context(environ: Mapping[str, str]) -> dict[str, str]:
    try:
        context = json.loads(environ.get("CDKTF_CONTEXT_JSON", "{}"))
    except ValueError:
        return {}
    return {k: v for k, v in context.items() if isinstance(v, str)} if isinstance(context, dict) else {}
