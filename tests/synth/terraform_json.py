"""Reads synthesized stacks and follows their references, across stacks too, to where a value comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
Stacks = dict[str, Json]

META_ARGUMENTS: Final = frozenset(
    {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)

_NAME = r"[A-Za-z0-9_-]+"
_ATTRIBUTE: Final = re.compile(rf"\$\{{(?P<data>data\.)?(?P<type>[a-z0-9_]+)\.(?P<id>{_NAME})\.(?P<name>{_NAME})\}}")
_REMOTE = rf"data\.terraform_remote_state\.(?P<id>{_NAME})\.outputs\.(?P<output>{_NAME})"
_OUTPUT: Final = re.compile(rf"\$\{{{_REMOTE}\}}")
_LOCAL: Final = re.compile(rf"\$\{{local\.(?P<id>{_NAME})\}}")
_CHOSEN: Final = re.compile(r"\$\{zipmap\(\[(?P<keys>[^]]+)\], \[(?P<values>[^]]+)\]\)\[\"(?P<key>[\d.]+)\"\]\}")
_EXPRESSION: Final = re.compile(r"\$\{.*\}", re.DOTALL)
_TERM: Final = re.compile(
    rf"{_REMOTE}|(?P<data>data\.)?\b(?P<type>[a-z][a-z0-9_]*)\.(?P<block>{_NAME})(?:\.(?P<name>{_NAME}))?"
)


class UnresolvedError(LookupError):
    """A reference that leads nowhere, or is not one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A resource, data source or variable; two are equal when they are the same one."""

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
        """As :func:`meaning` writes it: the stack, and the address within it."""
        return f"{self.stack}/{self.address}"

    @property
    def path(self) -> str:
        """The path of its construct; empty for what cdktf adds by itself."""
        path = self.body.get("//", {}).get("metadata", {}).get("path", "")
        assert isinstance(path, str)
        return path

    def __str__(self) -> str:
        return self.path or f"{self.stack}/{self.address}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a block; without a name the block as a whole, or the value of a variable."""

    block: Block
    name: str

    def __str__(self) -> str:
        return f"{self.name} of {self.block}"


def load(folder: Path) -> Stacks:
    """Every stack below the output folder ``folder``, by name."""
    return {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("stacks/*/cdk.tf.json"))
    }


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


def origin(stacks: Mapping[str, Json], stack: str, expression: object) -> Attribute:
    """The resource attribute that ``expression`` of ``stack`` stands for, through however many stacks.

    Raises:
        UnresolvedError: it is no reference, or leads nowhere.
    """
    if not isinstance(expression, str):
        raise UnresolvedError(f"{expression!r} is no reference")
    if remote := _OUTPUT.fullmatch(expression):
        producer = _producer(stacks, stack, remote["id"])
        outputs = stacks[producer].get("output", {})
        if remote["output"] not in outputs:
            raise UnresolvedError(f"{stack} reads the output {remote['output']}, which {producer} does not have")
        return origin(stacks, producer, outputs[remote["output"]]["value"])
    if named := _LOCAL.fullmatch(expression):
        if named["id"] not in stacks[stack].get("locals", {}):
            raise UnresolvedError(f"local.{named['id']} is not in {stack}")
        return origin(stacks, stack, stacks[stack]["locals"][named["id"]])
    if chosen := _CHOSEN.fullmatch(expression):
        return _chosen(stacks, stack, chosen)
    local = _ATTRIBUTE.fullmatch(expression)
    if not local:
        raise UnresolvedError(f"{expression} is no reference")
    mode = "data" if local["data"] else "resource"
    found = _block(stacks, stack, mode, local["type"], local["id"])
    if found is None:
        raise UnresolvedError(f"{expression} is not in {stack}")
    return Attribute(found, local["name"])


def _chosen(stacks: Mapping[str, Json], stack: str, choice: re.Match[str]) -> Attribute:
    """The outside address of the AWS tunnel inside which AWS's end has the address that the choice names."""
    keys, values = (choice[name].split(", ") for name in ("keys", "values"))
    for key, value in zip(keys, values, strict=True):
        inside = origin(stacks, stack, f"${{{key}}}")
        number = inside.name.removeprefix("tunnel").removesuffix("_vgw_inside_address")
        if str(ip_network(inside.block.body[f"tunnel{number}_inside_cidr"])[1]) == choice["key"]:
            return origin(stacks, stack, f"${{{value}}}")
    raise UnresolvedError(f"{choice[0]} chooses an address that no tunnel has")


def meaning(stacks: Mapping[str, Json], stack: str, expression: object) -> str:
    """``expression`` with every reference followed to its source, through outputs of other stacks and locals.

    ``k${random_password.a.result}`` of stack ``s`` is ``k${s/random_password.a.result}``; two expressions of one
    meaning have the same value. A literal means itself.

    Raises:
        UnresolvedError: it is no string, or a reference leads nowhere.
    """
    if not isinstance(expression, str):
        raise UnresolvedError(f"{expression!r} is no reference")

    def followed(term: re.Match[str]) -> str:
        value = _value(stacks, stack, term)
        if isinstance(value, Attribute):
            return f"{value.block.full_address}.{value.name}".removesuffix(".")
        if value is None:
            return term[0]
        inner = meaning(stacks, *value)
        return inner[2:-1] if _EXPRESSION.fullmatch(inner) else f'"{inner}"'

    return _EXPRESSION.sub(lambda part: _TERM.sub(followed, part[0]), expression)


def sources(stacks: Mapping[str, Json], stack: str, value: object) -> Iterator[Attribute]:
    """Every attribute, whole block and variable that ``value`` of ``stack`` gets something from.

    Raises:
        UnresolvedError: a reference leads nowhere.
    """
    for text in strings(value):
        for part in _EXPRESSION.findall(text):
            for term in _TERM.finditer(part):
                found = _value(stacks, stack, term)
                if isinstance(found, Attribute):
                    yield found
                elif found is not None:
                    yield from sources(stacks, *found)


def _value(stacks: Mapping[str, Json], stack: str, term: re.Match[str]) -> Attribute | tuple[str, object] | None:
    """What a term of an expression stands for: an attribute, or an expression of a stack; None for other words."""
    if term["output"]:
        producer = _producer(stacks, stack, term["id"])
        outputs = stacks[producer].get("output", {})
        if term["output"] not in outputs:
            raise UnresolvedError(f"{stack} reads the output {term['output']}, which {producer} does not have")
        return producer, outputs[term["output"]]["value"]
    type_, name = term["type"], term["block"]
    if type_ == "local":
        if name not in stacks[stack].get("locals", {}):
            raise UnresolvedError(f"local.{name} is not in {stack}")
        return stack, stacks[stack]["locals"][name]
    mode = "variable" if type_ == "var" else "data" if term["data"] else "resource"
    block = _block(stacks, stack, mode, type_, name)
    if block:
        return Attribute(block, term["name"] or "")
    if type_ == "var" or "_" in type_:
        raise UnresolvedError(f"{term[0]} is not in {stack}")
    return None


def _block(stacks: Mapping[str, Json], stack: str, mode: str, type_: str, id_: str) -> Block | None:
    found = stacks[stack].get(mode, {})
    body = found.get(id_) if mode == "variable" else found.get(type_, {}).get(id_)
    return None if body is None else Block(stack, mode, type_, id_, body)


def _producer(stacks: Mapping[str, Json], stack: str, id_: str) -> str:
    """The stack whose state the remote state ``id_`` of ``stack`` reads: the one with that very backend."""
    try:
        remote = stacks[stack]["data"]["terraform_remote_state"][id_]
    except KeyError:
        raise UnresolvedError(f"{stack} has no remote state {id_}") from None
    found = [
        name
        for name, config in stacks.items()
        if _read_as(config["terraform"]) == (remote["backend"], remote["config"])
    ]
    if len(found) != 1:
        raise UnresolvedError(f"{id_} of {stack} reads the state of {found or 'no stack'}")
    return found[0]


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


def _read_as(terraform: Json) -> tuple[str, Json]:
    """How another stack reads the state of one with this ``terraform`` block: the backend, and its settings."""
    if cloud := terraform.get("cloud"):
        # A workspace is read like one of the backend that came before the cloud block; its project plays no part.
        return "remote", {**cloud, "workspaces": {"name": cloud["workspaces"]["name"]}}
    ((kind, settings),) = terraform["backend"].items()
    # Who only reads takes no lock.
    return kind, {key: value for key, value in settings.items() if key != "use_lockfile"}
