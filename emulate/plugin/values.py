"""Terraform's values on the wire (MessagePack) and in Python, with its types in their JSON form.

Source of the encoding: docs/plugin-protocol/object-wire-format.md of hashicorp/terraform. A type is a string
(``"bool"``), or a list such as ``["set", "string"]`` or ``["object", {"name": "string"}]``.
"""

from __future__ import annotations

import enum
import json
from operator import itemgetter
from typing import Any, Final

import msgpack  # type: ignore[import-untyped]  # ships no type information

Json = dict[str, Any]
Type = Any
"""A string or a list, as in the module's docstring."""

_UNKNOWN_CODE = 0
_REFINED_UNKNOWN_CODE = 12


class Unknown(enum.Enum):
    """A value that is only known after apply."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


def decode(data: bytes) -> Any:
    """The Python value of ``data``, not yet shaped by a type."""
    return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=_extension)


def encode(value: Any) -> bytes:
    """``value`` on the wire."""
    packed: bytes = msgpack.packb(value, default=_pack_unknown)
    return packed


def _extension(code: int, data: bytes) -> Any:
    if code in (_UNKNOWN_CODE, _REFINED_UNKNOWN_CODE):
        return UNKNOWN
    raise ValueError(f"MessagePack extension {code} of {len(data)} bytes is not one of Terraform's")


def _pack_unknown(value: object) -> Any:
    if value is UNKNOWN:
        return msgpack.ExtType(_UNKNOWN_CODE, b"\0")
    raise TypeError(f"{type(value).__name__} cannot be sent to Terraform")


def shape(value: Any, type_: Type) -> Any:
    """``value`` as ``type_`` has it: every attribute there, numbers as numbers, sets in a settled order."""
    if value is None or value is UNKNOWN:
        return value
    if isinstance(type_, str):
        return _scalar(value, type_)
    kind, inner = type_
    if kind == "object":
        return {name: shape(value.get(name), wanted) for name, wanted in inner.items()}
    if kind == "map":
        return {name: shape(item, inner) for name, item in value.items()}
    if kind == "tuple":
        return [shape(item, wanted) for item, wanted in zip(value, inner, strict=True)]
    items = [shape(item, inner) for item in value]
    return settled(items) if kind == "set" else items


def settled(items: list[Any]) -> list[Any]:
    """The items of a set, each once, in an order that does not depend on how they came."""
    return list(dict(sorted(((sort_key(item), item) for item in items), key=itemgetter(0))).values())


def sort_key(value: Any) -> str:
    """A text that equal values share."""
    return json.dumps(value, sort_keys=True, default=str)


def _scalar(value: Any, type_: str) -> Any:
    if type_ == "string" and not isinstance(value, str):
        return json.dumps(value)
    if type_ == "number" and isinstance(value, str):
        # Terraform sends what a float cannot hold as text.
        return int(value) if value.lstrip("-").isdigit() else float(value)
    if type_ == "bool" and isinstance(value, str):
        return value == "true"
    return value


def is_zero(value: Any) -> bool:
    """Whether the providers of Terraform's older SDK take ``value`` for "not set"."""
    return value is None or value in ("", 0, False, [], {})


def walk(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every leaf of ``value`` with its path; places in lists are left out of the path."""
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in walk(item, f"{path}.{name}" if path else name)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in walk(item, path)]
    return [(path, value)]
