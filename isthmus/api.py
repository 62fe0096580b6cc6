"""What other Python programs use; ``import isthmus`` offers it, and docs/python.md describes it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from isthmus import checks
from isthmus.checks import Checked
from isthmus.extras import missing
from isthmus.plan import Plan
from isthmus.problems import Problem, TopologyError
from isthmus.settings import PROGRAM
from isthmus.topology import loads

__all__ = ["Checked", "Plan", "Problem", "TopologyError", "add_stacks", "check", "check_text", "fast_loading"]

_PROVIDERS: Final = ("cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_azurerm")


def check(path: str | PathLike[str]) -> Checked:
    """Read, check and plan the topology file ``path``. Starts no process and needs no extra.

    Raises:
        TopologyError: with every problem of the file; ``problems`` has them one by one, with line and path.
    """
    return checks.check(Path(path))


def check_text(text: str, *, file: str = "topology") -> Checked:
    """Like :func:`check`, for the text of a topology; ``file`` is what messages call it.

    Raises:
        TopologyError: with every problem of the text.
    """
    return checks.check_loaded(loads(text, file=file))


@contextmanager
def fast_loading() -> Iterator[None]:
    """Make the imports of cdktf and its provider packages inside this context take a second, not half a minute.

    Only what is used of a package is then loaded; the output is the same. It has to come before the first import of
    ``cdktf`` or ``constructs`` in the process, which starts Node.

    Raises:
        ModuleNotFoundError: the extra ``synth`` is not installed; the text says what installs it.
    """
    _must_be_installed("fast_loading")
    loading = _package("loading")
    with loading.node_started_inside():
        for package in _PROVIDERS:
            loading.stand_in(package)
        yield


def add_stacks(app: Any, plan: Plan) -> Any:
    """Add every stack of ``plan`` to ``app``, the ``cdktf.App`` of another program, and return them.

    Returns:
        ``Stacks``, with ``azure_networks``, ``azure_gateways``, ``aws_vpns`` and ``azure_connections`` by the key of
        their site, and ``links`` by ``<aws>-<azure>``: what they hold can be referred to from other stacks.

    Raises:
        ModuleNotFoundError: the extra ``synth`` is not installed; the text says what installs it.
    """
    _must_be_installed("add_stacks")
    return _stacks().build(app, plan)


def _must_be_installed(function: str) -> None:
    if what := missing("synth"):
        raise ModuleNotFoundError(f"isthmus.{function}: {what}")


def _stacks() -> ModuleType:
    """The package ``stacks`` of the program, with what it imports by name in its place."""
    loading = _package("loading")
    with loading.node_started_inside():
        constructs = importlib.import_module("constructs")
    folder = str(PROGRAM / "constructs")
    if folder not in constructs.__path__:
        constructs.__path__.append(folder)
    before = sys.modules.get("loading")
    sys.modules["loading"] = loading
    try:
        return _package("stacks")
    finally:
        del sys.modules["loading"]
        if before is not None:
            sys.modules["loading"] = before


def _package(name: str) -> ModuleType:
    """A package of the program under a name of its own: it is on nobody's path, and others have one of that name."""
    alias = f"isthmus_{name}"
    if alias in sys.modules:
        return sys.modules[alias]
    folder = PROGRAM / name
    spec = spec_from_file_location(alias, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None, "a file of Python has a loader"
    assert spec.loader is not None, "a file of Python has a loader"
    module = sys.modules[alias] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[alias]
        raise
    return module
