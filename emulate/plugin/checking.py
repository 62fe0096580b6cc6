"""What a provider refuses of a configuration by its schema objects alone: exactly one of, conflicts, required with.

Required and unknown arguments are Terraform's own to refuse. The words are those of helper/schema/schema.go of
hashicorp/terraform-plugin-sdk v2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulate.plugin.schema import Block, Nested
from emulate.plugin.values import UNKNOWN, Json, is_zero


def problems(block: Block, config: Json) -> Iterator[tuple[str, str]]:
    """Every problem of ``config``: the attribute at the top it lies in, and what is wrong."""
    for one in block.fields():
        for text in _of(one.name, block, config, config):
            yield one.name, text


def _of(name: str, block: Block, body: Json, root: Json) -> Iterator[str]:
    one = block.attributes.get(name) or block.blocks[name]
    value = body.get(name)
    rules = one.rules
    if rules.exactly_one_of and (others := _there(root, rules.exactly_one_of)) is not None:
        given = [other for other, there in others.items() if there]
        words = "`" + ",".join(rules.exactly_one_of) + "`"
        if not given:
            yield f"one of {words} must be specified"
        elif len(given) > 1 and _set(value):
            yield f"only one of {words} can be specified, but `{','.join(given)}` were specified."
    if _set(value):
        for other, there in (_there(root, rules.conflicts_with) or {}).items():
            if there:
                yield f'"{name}": conflicts with {other}'
        missing = [other for other, there in (_there(root, rules.required_with) or {}).items() if not there]
        if missing:
            yield f'"{name}": all of `{",".join([name, *rules.required_with])}` must be specified'
    if isinstance(one, Nested) and isinstance(value, list | dict):
        for item in [value] if isinstance(value, dict) else value:
            if isinstance(item, dict):
                for inner in one.block.fields():
                    yield from _of(inner.name, one.block, item, root)


def _set(value: Any) -> bool:
    return value is not None and value != []


def _there(root: Json, paths: tuple[str, ...]) -> dict[str, bool] | None:
    """Which of ``paths`` (``a`` or ``a.0.b``) are given; None when an unknown value may yet decide."""
    found = {}
    for path in paths:
        value: Any = root
        for step in path.split("."):
            if isinstance(value, list):
                value = value[int(step)] if int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, dict) else value
        if value is UNKNOWN:
            return None
        found[path] = _set(value) and not (is_zero(value) and value is not False and value != 0)
    return found
