"""Where the program, the checkout and the workspace are, and what is meant when the command line does not say."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_PACKAGE: Final = Path(__file__).resolve().parent
_IN_THE_WHEEL: Final = _PACKAGE / "_program"

CHECKOUT: Final = None if _IN_THE_WHEEL.is_dir() else _PACKAGE.parent
"""The checkout that this package is run from; None where Isthmus is installed."""

PROGRAM: Final = CHECKOUT or _IN_THE_WHEEL
"""The folder of the CDKTF program: main.py, ``stacks``, ``constructs``, ``loading``, and ``emulate`` beside them.

In a checkout that is its top folder. In an installation it lies inside this package, so that nothing called ``stacks``
or ``constructs`` is at the top of site-packages. What is run from here has this folder first on its path.
"""

CONFIGURATION: Final = "cdktf.json"
"""The file that makes a folder a workspace, for the cdktf CLI as for Isthmus."""

DEFAULT_NAME: Final = "isthmus.yaml"


def workspace_folder() -> Path:
    """The workspace: the nearest folder with a cdktf.json, from the working directory upwards, as the cdktf CLI has it.

    Without one it is the checkout that Isthmus is run from, else the working directory.
    """
    try:
        here = Path.cwd()
    except OSError:  # the working directory has been deleted
        here = Path()
    found = (folder for folder in (here, *here.parents) if (folder / CONFIGURATION).is_file())
    return next(found, CHECKOUT or here)


def topology_path(
    given: Path | None = None, *, environ: Mapping[str, str] = os.environ, workspace: Path | None = None
) -> Path:
    """The topology file that is meant, whether it exists or not.

    In this order: ``given``; ``ISTHMUS_TOPOLOGY``, unless it is empty; the CDKTF context key ``topology``, as ``cdktf
    synth --context`` or the cdktf.json of the ``workspace`` sets it, relative to that folder; ``isthmus.yaml`` in the
    working directory. The example of the checkout is never meant unless it is named or lies there, so that nobody
    deploys it by mistake.
    """
    if given is not None:
        return given
    if named := environ.get("ISTHMUS_TOPOLOGY"):
        return Path(named)
    folder = workspace or workspace_folder()
    passed = environ.get("CDKTF_CONTEXT_JSON")
    context = _configured(folder).get("context") if passed is None else _json(passed)
    topology = context.get("topology") if isinstance(context, dict) else None
    return _as_seen_from_here(folder / topology) if isinstance(topology, str) and topology else Path(DEFAULT_NAME)


def _as_seen_from_here(path: Path) -> Path:
    """``path``, relative where it lies in the working directory: messages begin with it."""
    try:
        return path.relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


def output_folder(
    given: Path | None = None, *, environ: Mapping[str, str] = os.environ, workspace: Path | None = None
) -> Path:
    """Where ``cdktf.out`` goes, which is where the cdktf CLI looks for it.

    In this order: ``given``; ``CDKTF_OUTDIR``, which the CLI sets for the program that it runs and our ``cdktf`` passes
    on to it; ``CDKTF_OUTPUT``, by which the CLI takes its option ``--output``; ``output`` in the cdktf.json of the
    ``workspace``; ``cdktf.out`` in the workspace.
    """
    if given is not None:
        return given
    if named := environ.get("CDKTF_OUTDIR") or environ.get("CDKTF_OUTPUT"):
        return Path(named)
    folder = workspace or workspace_folder()
    output = _configured(folder).get("output")
    return folder / (output if isinstance(output, str) and output else "cdktf.out")


def _configured(workspace: Path) -> dict[str, Any]:
    """What the cdktf.json of ``workspace`` says; nothing where there is none or it is of another shape."""
    try:
        text = (workspace / CONFIGURATION).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    return _json(text)


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
