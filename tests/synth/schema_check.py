"""Holds blocks of Terraform JSON against the schema of their provider, as ``terraform validate`` does.

It also checks which arguments go together, which terraform only learns from the running provider. A value with a
reference in it (``${…}``) may stand for any type. What a provider makes of a value (ranges, formats) is not checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.synth.schemas import BUILT_IN, Schema, UnknownTypeError, schema_of
from tests.synth.stacks import META_ARGUMENTS, Json, blocks


def violations(stacks: Mapping[str, Json]) -> list[str]:
    """What the providers would refuse in any resource or data source of ``stacks``."""
    found: list[str] = []
    for block in blocks(stacks):
        if block.type in BUILT_IN:
            continue
        try:
            schema = schema_of(block.mode, block.type)
        except UnknownTypeError as error:
            found.append(f"{block}: {error}")
            continue
        body = {name: value for name, value in block.body.items() if name not in META_ARGUMENTS}
        found += [f"{block}: {text}" for text in (*_block(body, schema, ""), *_together(body, schema, body, ""))]
    return found


def _block(body: Json, schema: Schema, path: str) -> Iterator[str]:
    attributes, nested = schema.get("attributes", {}), schema.get("block_types", {})
    for name, value in body.items():
        if name in nested:
            yield from _nested(value, nested[name], f"{path}{name}")
        elif name not in attributes:
            yield f"{path}{name}: there is no such argument"
        elif not (attributes[name].get("required") or attributes[name].get("optional")):
            yield f"{path}{name}: only the provider sets it"
        elif value is not None:
            yield from _value(value, attributes[name]["type"], f"{path}{name}")
    for name, attribute in attributes.items():
        if attribute.get("required") and body.get(name) is None:
            yield f"{path}{name}: required and missing"
    for name, block in nested.items():
        if block.get("min_items") and name not in body:
            yield f"{path}{name}: required and missing"


def _nested(value: object, schema: Schema, path: str) -> Iterator[str]:
    if schema["nesting_mode"] == "single" and not isinstance(value, dict):
        yield f"{path}: one block must stand here"
        return
    items = value if isinstance(value, list) else [value]
    least, most = schema.get("min_items", 0), schema.get("max_items", len(items))
    if not least <= len(items) <= most:
        yield f"{path}: {len(items)} blocks, where {least} to {most} may stand"
    for number, item in enumerate(items):
        place = f"{path}[{number}]" if isinstance(value, list) else path
        if isinstance(item, dict):
            yield from _block(item, schema["block"], f"{place}.")
        else:
            yield f"{place}: a block must stand here"


def _value(value: object, type_: Any, path: str) -> Iterator[str]:
    """``type_`` is a name (string, number, bool) or a list: ["list", of], ["map", of], ["object", {name: of}]."""
    if isinstance(value, str) and "${" in value:
        return
    kind: str = type_ if isinstance(type_, str) else type_[0]
    of: Any = None if isinstance(type_, str) else type_[1]
    if kind in ("list", "set") and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _value(item, of, f"{path}[{number}]")
    elif kind == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from _value(item, of, f"{path}.{key}")
    elif kind == "object" and isinstance(value, dict):
        for key, item in value.items():
            if key in of:
                yield from _value(item, of[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: there is no such argument"
    elif not _is_scalar(value, kind):
        yield f"{path}: {type(value).__name__} where a {kind} must stand"


def _is_scalar(value: object, kind: str) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "bool": bool}.get(kind, ()))


def _together(body: Json, schema: Schema, top: Json, path: str) -> Iterator[str]:
    """Which arguments exclude or need each other; the schema names them by their path from the top."""
    seen: set[tuple[str, ...]] = set()
    for name, rules in {**schema.get("attributes", {}), **schema.get("block_types", {})}.items():
        here = body.get(name) is not None
        either = tuple(sorted(rules.get("exactly_one_of", ())))
        if either and either not in seen:
            seen.add(either)
            present = [other for other in either if _present(top, other)]
            if len(present) != 1:
                yield f"{path}{name}: exactly one of {', '.join(either)} must stand, not {present or 'none'}"
        for other in rules.get("conflicts_with", ()):
            if here and _present(top, other):
                yield f"{path}{name}: not together with {other}"
        for other in rules.get("required_with", ()):
            if here and not _present(top, other):
                yield f"{path}{name}: needs {other} beside it"
    for name, rules in schema.get("block_types", {}).items():
        value = body.get(name, [])
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(item, dict):
                yield from _together(item, rules["block"], top, f"{path}{name}[{number}].")


def _present(top: Json, path: str) -> bool:
    """Whether something stands at ``vpn_client_configuration.0.aad_issuer``; a lone block counts as number 0."""
    value: object = top
    for step in path.split("."):
        if step.isdigit():
            if isinstance(value, list):
                value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value is not None
