"""Synthesized stacks as tests hold them: read through ``isthmus.observed``, and as plain JSON that a test may spoil."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from isthmus.observed import Found, Observed, Outside, Resource, Target, Unresolved, Value, known, observed_stacks
from isthmus.observed import load as read
from isthmus.observed.agreement import differences, undecided
from isthmus.observed.comparison import Ranges
from isthmus.observed.flow import UnresolvedError, of_expression
from isthmus.observed.links import Links
from isthmus.observed.types import Proposals, Tunnel
from isthmus.observed.values import Reference

Json = dict[str, Any]
Stacks = dict[str, Json]

META_ARGUMENTS: Final = frozenset(
    {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)


@dataclass(frozen=True, slots=True)
class Block:
    """A resource, data source or variable, with its JSON to change; two are equal when they are the same one."""

    stack: str
    mode: str
    type: str
    id: str
    body: Json = field(compare=False, repr=False)

    @property
    def address(self) -> str:
        """As terraform names it within its stack."""
        return f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.id}"

    @property
    def full_address(self) -> str:
        """The stack, and the address within it."""
        return f"{self.stack}/{self.address}"

    @property
    def path(self) -> str:
        """The path of its construct; empty for what cdktf adds by itself."""
        path = self.body.get("//", {}).get("metadata", {}).get("path", "")
        assert isinstance(path, str)
        return path

    def __str__(self) -> str:
        return self.path or self.full_address


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a block; without a name the block as a whole, or the value of a variable."""

    block: Block
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.block}"


def load(folder: Path) -> Stacks:
    """Every stack below the output folder ``folder``, by name."""
    return {document.name: document.content for document in read(folder)}


class _Last:
    """What was observed last: most tests ask several things of the same stacks."""

    text = ""
    observed = observed_stacks({})


def observed(stacks: Stacks) -> Observed:
    """What the stacks tell, as they are now."""
    text = json.dumps(stacks)
    if text != _Last.text:
        _Last.observed, _Last.text = observed_stacks(stacks), text
    return _Last.observed


def links(stacks: Stacks) -> Links:
    return Links(observed(stacks))


def tunnels(stacks: Stacks) -> list[Tunnel]:
    """Every tunnel with both ends."""
    return list(links(stacks).tunnels)


def roles(found: list[Tunnel]) -> set[tuple[str, str, str]]:
    """What AWS does at the start and when its peer is dead, and what Azure does."""
    return {(known(t.aws.startup), known(t.aws.dpd_action), known(t.azure.mode)) for t in found}


def disagreements(stacks: Stacks, ranges: Ranges | None = None) -> list[str]:
    """What the two ends do not agree on, what cannot be told before apply, and what an end leaves to its cloud."""
    found = links(stacks)
    told = [*differences(found, ranges), *undecided(found, ranges)]
    return [*map(str, told), *_left_open(found)]


def _left_open(found: Links) -> Iterator[str]:
    """Of what the program writes both ends name one value each: what is offered beside it may be negotiated."""
    for tunnel in found.tunnels:
        for end in (tunnel.aws, tunnel.azure):
            for each in fields(Proposals):
                offered = known(getattr(end.proposals, each.name))
                # Without a group for ESP AWS leaves it to its peer.
                if isinstance(offered, frozenset) and len(offered) != 1 and each.name != "pfs_groups":
                    yield f"{end}: {each.name}: {len(offered)} values, where one value must stand"


def blocks(stacks: Mapping[str, Json], *types: str, mode: str | None = None) -> Iterator[Block]:
    """The resources and data sources of every stack, or those of ``types`` and ``mode``."""
    for stack, config in stacks.items():
        for kind in ("resource", "data"):
            for type_, by_id in config.get(kind, {}).items():
                if (not types or type_ in types) and mode in (None, kind):
                    yield from (Block(stack, kind, type_, id_, body) for id_, body in by_id.items())


def at(stacks: Mapping[str, Json], path: str) -> Block:
    """The one block whose construct path ends with ``path``."""
    found = [b for b in blocks(stacks) if f"/{b.path}".endswith(f"/{path}")]
    if len(found) != 1:
        raise UnresolvedError(f"{path}: {len(found)} blocks end so: {', '.join(map(str, found))}")
    return found[0]


def json_of(stacks: Stacks, resource: Resource) -> Block:
    """The JSON of ``resource``, to change."""
    kind = "data" if resource.mode == "data" else "resource"
    return Block(
        resource.root, kind, resource.type, resource.name, stacks[resource.root][kind][resource.type][resource.name]
    )


def json_of_target(stacks: Stacks, target: Target) -> Block | Outside:
    """The JSON of what is found, to compare it with other blocks."""
    assert not isinstance(target, Unresolved)
    return json_of(stacks, target.resource) if isinstance(target, Found) else target


def attribute(stacks: Stacks, value: Value) -> Attribute:
    """The attribute that gives a value which only apply tells."""
    reference = getattr(value, "reference", None)
    if reference is None:
        raise UnresolvedError(f"{value} is no reference")
    return _attribute(stacks, reference)


def origin(stacks: Stacks, stack: str, expression: object) -> Attribute:
    """The attribute that ``expression`` of ``stack`` stands for, through however many stacks."""
    found = list(sources(stacks, stack, expression))
    if len(found) == 1:
        return found[0]
    return attribute(stacks, observed(stacks).resolver.expression(stack, expression))


def sources(stacks: Stacks, stack: str, value: object) -> Iterator[Attribute]:
    """Every attribute, whole block and variable that ``value`` of ``stack`` gets something from."""
    for reference in of_expression(observed(stacks).resolver, stack, value):
        yield _attribute(stacks, reference)


def _attribute(stacks: Stacks, reference: Reference) -> Attribute:
    stack, address = reference.root, reference.address
    if address.startswith("var."):
        name = address.removeprefix("var.")
        return Attribute(Block(stack, "variable", "var", name, stacks[stack]["variable"][name]), "")
    resource = observed(stacks).resolver.resource(reference)
    return Attribute(json_of(stacks, resource), ".".join(map(str, reference.path[:1])))


def one(value: object) -> Json:
    """The only block of a nested block, which cdktf writes as itself or as a list of one; else an empty one."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else {}


def strings(value: object) -> Iterator[str]:
    """Every string inside ``value``, keys of maps not among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
