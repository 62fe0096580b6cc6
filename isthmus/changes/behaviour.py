"""What a provider does about a change of an argument: replaces the resource, changes it in place, or nothing.

The data is committed in ``data/``; each file says where it is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

_FILES: Final = ("aws.json", "azurerm.json", "others.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Of one type. Paths have dots and no indexes: ``ip_configuration.name``."""

    replaces: frozenset[str]
    kept: frozenset[str]
    defaults: Mapping[str, Any]

    def is_replaced(self, path: str) -> bool:
        """Whether a change at ``path`` replaces the resource."""
        return bool({"*", path} & self.replaces)

    def is_kept(self, path: str) -> bool:
        """Whether an argument that is no longer written stays as it is."""
        return path in self.kept

    def default(self, path: str) -> Any:
        """What the argument at ``path`` is where it is not written; None where nothing is known of that."""
        return self.defaults.get(path)


_UNKNOWN: Final = Behaviour(replaces=frozenset(), kept=frozenset(), defaults={})


@cache
def _all() -> Mapping[str, Behaviour]:
    found = {}
    for name in _FILES:
        text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
        for type_, of in json.loads(text)["types"].items():
            found[type_] = Behaviour(
                replaces=frozenset(of["replaces"]), kept=frozenset(of["kept"]), defaults=of.get("defaults", {})
            )
    return found


def known_types() -> frozenset[str]:
    """The types of resources that the data covers."""
    return frozenset(_all())


def behaviour(type_: str) -> Behaviour:
    """Of the resources ``type_``; of a type that is not covered: nothing replaces it."""
    return _all().get(type_, _UNKNOWN)
