"""Small plans, states and configurations for the tests of ``isthmus.observed``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from isthmus.observed import Document, Kind, Observed

Json = dict[str, Any]


def plan(
    resources: Iterable[tuple[str, Json, Json, Json]], *, name: str = "p", modules: Json | None = None, **top: Any
) -> Document:
    """A plan of ``address, known values, unknown values, expressions`` each; addresses may have modules and indexes."""
    planned, changes, written = [], [], {}
    for address, after, unknown, expressions in resources:
        plain, _, bracket = address.rpartition("[") if address.endswith("]") else (address, "", "")
        index = None if not bracket else int(bracket[:-1]) if bracket[:-1].isdigit() else bracket[1:-2]
        *_, type_, id_ = plain.split(".")
        mode = "data" if ".data." in f".{plain}" else "managed"
        told: Json = {"address": address, "mode": mode, "type": type_, "name": id_}
        told |= {} if index is None else {"index": index}
        planned.append({**told, "values": after})
        changes.append({**told, "change": {"actions": ["create"], "after": after, "after_unknown": unknown}})
        if not address.startswith("module."):
            written[plain] = {**told, "address": plain, "expressions": expressions}
    root: Json = {"resources": list(written.values()), "module_calls": modules or {}, **top.pop("root", {})}
    content = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": root},
        **top,
    }
    return Document(name=name, file=f"{name}.json", kind=Kind.PLAN, content=content)


def configuration(content: Json, name: str = "c", modules: Mapping[str, Document] | None = None) -> Document:
    """A configuration as ``*.tf.json`` has it."""
    file = f"stacks/{name}/cdk.tf.json"
    return Document(name=name, file=file, kind=Kind.CONFIGURATION, content=content, modules=dict(modules or {}))


def observed(*documents: Document) -> Observed:
    return Observed(documents)


def refers(*references: str) -> Json:
    """An expression as a plan tells it."""
    return {"references": list(references)}
