"""Several ``*.tf.json`` of a folder as one configuration, with each block in one form.

Terraform takes a block as an object or as a list of objects, and labels as nested objects or lists of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

Json = dict[str, Any]

_LABELS: Final = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "locals": 0}


def merged(files: Iterable[tuple[str, Json]]) -> Json:
    """One configuration; what comes later overrides arguments of what came before."""
    whole: Json = {}
    for _, content in files:
        for key, value in content.items():
            if key in _LABELS:
                _put(whole.setdefault(key, {}), value, _LABELS[key])
            elif key == "provider":
                _providers(whole.setdefault(key, {}), value)
            elif key == "terraform":
                for block in _objects(value):
                    whole.setdefault(key, {}).update(block)
            else:
                whole[key] = value
    return whole


def _put(into: Json, value: object, labels: int) -> None:
    for block in _objects(value):
        for name, inner in block.items():
            if name == "//":
                continue
            if labels > 1:
                _put(into.setdefault(name, {}), inner, labels - 1)
            elif labels == 1:
                for body in _objects(inner):
                    into[name] = {**into.get(name, {}), **body}
            else:
                into[name] = inner


def _providers(into: Json, value: object) -> None:
    for block in _objects(value):
        for name, inner in block.items():
            into.setdefault(name, [])
            into[name] += list(_objects(inner))


def _objects(value: object) -> Iterator[Json]:
    """The objects in ``value``, itself one or a list of them; what is neither is left to terraform to refuse."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
