"""Which root's state another root reads: the one with that very backend."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any, Final

from isthmus.observed.resources import EMPTY, Resource, Root
from isthmus.observed.secrets import plain
from isthmus.observed.sources import Kind

_LOCAL: Final = "terraform.tfstate"


class Producers:
    """The roots by how others read their state."""

    def __init__(self, roots: Iterable[Root]) -> None:
        self._by_backend: dict[str, list[Root]] = {}
        for root in roots:
            if root.kind is Kind.CONFIGURATION:
                kind, settings = _way(root.terraform)
                self._by_backend.setdefault(_text(kind, settings, root.file), []).append(root)

    def of(self, data: Resource) -> tuple[Root | None, str]:
        """The root whose state the data source ``data`` reads, or None and why not."""
        wanted = _text(data.body.get("backend"), _block(data.body.get("config")), data.file)
        found = self._by_backend.get(wanted, [])
        if len(found) == 1:
            return found[0], ""
        names = [root.name for root in found]
        return None, f"{data.name} of {data.root} reads the state of {names or 'no stack'}"


def _way(terraform: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """How another root reads the state of one with this ``terraform`` block."""
    cloud, backend = _block(terraform.get("cloud")), _block(terraform.get("backend"))
    if cloud:
        # A workspace is read like one of the backend that came before the cloud block; its project plays no part.
        workspaces = _block(cloud.get("workspaces"))
        return "remote", {**cloud, "workspaces": {"name": workspaces.get("name")}}
    for kind, settings in backend.items():
        # Who only reads takes no lock.
        return kind, {key: value for key, value in _block(settings).items() if key != "use_lockfile"}
    return "local", EMPTY


def _block(value: Any) -> Mapping[str, Any]:
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, Mapping) else EMPTY


def _text(kind: Any, settings: Mapping[str, Any], file: str) -> str:
    if kind == "local":
        # A path is from the folder in which terraform runs.
        folder = file if not file.endswith(".json") else posixpath.dirname(file)
        settings = {**settings, "path": posixpath.normpath(posixpath.join(folder, str(settings.get("path", _LOCAL))))}
    return repr((kind, _sorted(plain(settings))))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _sorted(inner)) for key, inner in value.items())
    if isinstance(value, list):
        # `workspaces` is a block: itself or a list of one.
        return _sorted(value[0]) if len(value) == 1 else [_sorted(inner) for inner in value]
    return value
