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

    In this order: ``given``; ``ISTHMUS_TOPOLOGY``, unless it is empty; the CDKTF context key ``topology`` (cdktf.json,
    or ``cdktf synth --context``), relative to the project; ``isthmus.yaml`` in the working directory. The example of
    the project is never meant unless it is named or lies there: nobody deploys it by mistake.
    """
    if given is not None:
        return given
    if named := environ.get("ISTHMUS_TOPOLOGY"):
        return Path(named)
    if named := _context(environ).get("topology"):
        return project / named
    return Path(DEFAULT_NAME)


def output_folder(
    given: Path | None = None, *, environ: Mapping[str, str] = os.environ, project: Path = PROJECT
) -> Path:
    """Where ``cdktf.out`` goes, which is where the cdktf CLI looks for it.

    In this order: ``given``; ``CDKTF_OUTDIR``, which the CLI sets for the program that it runs and our ``cdktf`` passes
    on to it; ``CDKTF_OUTPUT``, by which the CLI takes its option ``--output``; ``output`` in the project's cdktf.json;
    ``cdktf.out`` in the project.
    """
    if given is not None:
        return given
    if named := environ.get("CDKTF_OUTDIR") or environ.get("CDKTF_OUTPUT"):
        return Path(named)
    return project / _configured(project)


def _configured(project: Path) -> str:
    try:
        output = json.loads((project / "cdktf.json").read_text(encoding="utf-8")).get("output")
    except (OSError, ValueError, AttributeError):
        output = None
    return output if isinstance(output, str) and output else "cdktf.out"


def _context(environ: Mapping[str, str]) -> dict[str, str]:
    try:
        context = json.loads(environ.get("CDKTF_CONTEXT_JSON", "{}"))
    except ValueError:
        return {}
    return {k: v for k, v in context.items() if isinstance(v, str)} if isinstance(context, dict) else {}
