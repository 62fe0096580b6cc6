"""Configurations as scopes: every block once, or as often as ``count`` or ``for_each`` says in plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from isthmus.observed.resources import EMPTY, Frozen, Resource, Scope
from isthmus.observed.secrets import frozen
from isthmus.observed.sources import Document, Kind
from isthmus.observed.terms import Index, instance

_SET: Final = re.compile(r"\$\{toset\((\[.*\])\)\}", re.DOTALL)
_MAX_INSTANCES: Final = 1_000


def configured(
    document: Document,
    content: Frozen,
    name: str,
    clear: frozenset[str],
    *,
    address: str = "",
    index: Index = None,
    arguments: Frozen = EMPTY,
    parent: Scope | None = None,
) -> Scope:
    """The module instance ``address`` of ``content``, with all that it calls; ``clear`` are the keys to hide there."""
    scope = Scope(
        root=name,
        kind=Kind.CONFIGURATION,
        address=address,
        index=index,
        parent=parent,
        arguments=arguments,
        variables=content.get("variable", EMPTY),
        local_values=content.get("locals", EMPTY),
        outputs=content.get("output", EMPTY),
    )
    for mode, kind in (("managed", "resource"), ("data", "data")):
        for type_, by_name in content.get(kind, EMPTY).items():
            for id_, body in by_name.items():
                for number in _instances(body):
                    inner = f"{'data.' if mode == 'data' else ''}{type_}.{id_}"
                    own = f"{address}.{inner}" if address else inner
                    scope.add(
                        Resource(
                            root=name,
                            file=document.file,
                            kind=Kind.CONFIGURATION,
                            address=instance(own, number),
                            mode=mode,
                            type=type_,
                            name=id_,
                            index=number,
                            module=address,
                            provider=_text(body.get("provider")),
                            body=body,
                            depends_on=tuple(body.get("depends_on", ())),
                        )
                    )
    for call, body in content.get("module", EMPTY).items():
        if call not in document.modules:
            continue
        child = document.modules[call]
        for number in _instances(body):
            own = instance(f"{address}.module.{call}" if address else f"module.{call}", number)
            inner = frozen(child.content, clear)
            scope.children.setdefault(call, []).append(
                configured(child, inner, name, clear, address=own, index=number, arguments=body, parent=scope)
            )
    return scope


def _instances(body: Frozen) -> Iterator[Index]:
    """The indexes of the instances of a block: None where it is not repeated, or cannot be told how often."""
    count, each = body.get("count"), body.get("for_each")
    if isinstance(count, int):
        yield from range(min(count, _MAX_INSTANCES))
    elif isinstance(each, Mapping):
        yield from each
    elif isinstance(each, str) and (listed := _SET.fullmatch(each)):
        yield from json.loads(listed[1])
    else:
        yield None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
