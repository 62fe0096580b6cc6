"""Schema and behaviour of a provider, read from a data file: what Terraform is told, and what decides a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from emulate.plugin.values import UNKNOWN, Json, Type, settled, shape

DATA: Final = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the provider's schema objects say beyond the schema on the wire; the same for attributes and blocks."""

    required: bool = False
    optional: bool = False
    computed: bool = False
    deprecated: bool = False
    force_new: bool = False
    diff_suppressed: bool = False
    exactly_one_of: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute."""

    name: str
    type: Type
    rules: Rules
    sensitive: bool = False
    write_only: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """One kind of nested block."""

    name: str
    nesting: str
    rules: Rules
    block: Block
    min_items: int = 0
    max_items: int = 0

    def shape(self, value: Any) -> Any:
        """``value`` as this kind of block has it; a block that is not there is an empty list, never null."""
        if value is UNKNOWN:
            return value
        if self.nesting in ("single", "group"):
            return None if value is None else self.block.shape(value)
        items = [item if item is UNKNOWN else self.block.shape(item) for item in value or []]
        return settled(items) if self.nesting == "set" else items


@dataclass(frozen=True, slots=True)
class Block:
    """Attributes and nested blocks."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, Nested] = field(default_factory=dict)

    def shape(self, value: Json) -> Json:
        """``value`` with everything that Terraform expects in it, and nothing else."""
        shaped: Json = {name: shape(value.get(name), a.type) for name, a in self.attributes.items()}
        return shaped | {name: nested.shape(value.get(name)) for name, nested in self.blocks.items()}

    def fields(self) -> Iterator[Attribute | Nested]:
        """Attributes, then blocks."""
        yield from self.attributes.values()
        yield from self.blocks.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One resource, data source, or the provider's own configuration."""

    version: int
    block: Block
    timeouts: dict[str, float] = field(default_factory=dict)
    """Seconds, by operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSchema:
    """Everything that a provider offers."""

    address: str
    """Namespace and type, such as ``hashicorp/azurerm``."""
    version: str
    provider: Schema
    resources: dict[str, Schema]
    data_sources: dict[str, Schema]

    @property
    def type(self) -> str:
        """The last part of the address."""
        return self.address.rpartition("/")[2]


@cache
def load(name: str) -> ProviderSchema:
    """The provider ``name``, such as ``azurerm``, from its file in ``emulate/data``."""
    (path,) = DATA.glob(f"{name}-*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    return ProviderSchema(
        address=data["address"],
        version=data["version"],
        provider=_schema(data["provider"]),
        resources={type_: _schema(one) for type_, one in data["resources"].items()},
        data_sources={type_: _schema(one) for type_, one in data["data_sources"].items()},
    )


def _schema(data: Json) -> Schema:
    return Schema(version=data["version"], block=_block(data), timeouts=data.get("timeouts", {}))


def _block(data: Json) -> Block:
    return Block(
        {
            name: Attribute(
                name=name,
                type=one["type"],
                rules=_rules(one),
                sensitive=one.get("sensitive", False),
                write_only=one.get("write_only", False),
                default=one.get("default"),
            )
            for name, one in data.get("attributes", {}).items()
        },
        {
            name: Nested(
                name=name,
                nesting=one["nesting"],
                rules=_rules(one),
                block=_block(one),
                min_items=one.get("min_items", 0),
                max_items=one.get("max_items", 0),
            )
            for name, one in data.get("blocks", {}).items()
        },
    )


def _rules(data: Json) -> Rules:
    return Rules(
        required=data.get("required", False),
        optional=data.get("optional", False),
        computed=data.get("computed", False),
        deprecated=data.get("deprecated", False),
        force_new=data.get("force_new", False),
        diff_suppressed=data.get("diff_suppressed", False),
        exactly_one_of=tuple(data.get("exactly_one_of", ())),
        conflicts_with=tuple(data.get("conflicts_with", ())),
        required_with=tuple(data.get("required_with", ())),
    )
