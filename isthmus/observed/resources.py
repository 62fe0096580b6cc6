"""Resources and the modules that they stand in, alike whatever document they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from isthmus.observed.sources import Kind
from isthmus.observed.terms import Index
from isthmus.observed.values import AttributePath, Unknown, Value

Frozen = Mapping[str, Any]

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
MISSING: Final = object()
_MAPS: Final = (MappingProxyType, dict)
"""Asking for these is ten times as fast as asking for any mapping."""


def _empty() -> Mapping[str, Any]:
    return EMPTY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """An instance of a resource or data source. Two are equal when they are the same one of the same root."""

    root: str
    """The stack: the folder's or the file's name."""
    file: str
    kind: Kind
    address: str
    """As Terraform has it within the root: ``module.vpn["a"].aws_vpn_connection.this[0]``."""
    mode: str
    """``managed`` or ``data``."""
    type: str
    name: str
    index: Index = None
    module: str = ""
    """The address of the module instance; empty in the root module."""
    provider: str = ""
    body: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    """The values that are known; of a configuration the arguments as they are written, expressions among them."""
    unknown: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    """Of a plan: what is known only after apply, in the shape of the body with ``True`` for each such value."""
    expressions: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    """Of a plan: what the configuration has for each argument, as constants and lists of references."""
    actions: tuple[str, ...] = ()
    """Of a plan: what it does, as ``("delete", "create")``."""
    depends_on: tuple[str, ...] = ()
    repeated: str = ""
    """Of a plan: the one reference that ``for_each`` goes through; empty where there is none or several."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> tuple[str, str]:
        """Root and address."""
        return self.root, self.address

    @property
    def full_address(self) -> str:
        """Unique among all roots: ``stack/aws_vpc.this``."""
        return f"{self.root}/{self.address}"

    @property
    def path(self) -> str:
        """The path of its construct, where CDK for Terraform wrote it; else empty."""
        path = dig(self.body, ("//", "metadata", "path"))
        return path if isinstance(path, str) else ""

    def __str__(self) -> str:
        return self.path or self.full_address

    def blocks(self, *path: str | int) -> int:
        """How many nested blocks there are at ``path``."""
        found = dig(self.body, path)
        if isinstance(found, tuple):
            return len(found)
        return int(isinstance(found, Mapping))


@dataclass(slots=True, kw_only=True, eq=False)
class Scope:
    """A module instance: what names mean in its expressions."""

    root: str
    kind: Kind
    address: str = ""
    index: Index = None
    parent: Scope | None = None
    arguments: Mapping[str, Any] = field(default_factory=_empty)
    """What the module's call passes, in the expressions of the parent."""
    variables: Mapping[str, Any] = field(default_factory=_empty)
    local_values: Mapping[str, Any] = field(default_factory=_empty)
    outputs: Mapping[str, Any] = field(default_factory=_empty)
    resources: dict[tuple[str, str, str], list[Resource]] = field(default_factory=dict)
    """By mode, type and name."""
    children: dict[str, list[Scope]] = field(default_factory=dict)
    """The instances of each module that it calls."""

    def add(self, resource: Resource) -> None:
        self.resources.setdefault((resource.mode, resource.type, resource.name), []).append(resource)

    def walk(self) -> Iterator[Scope]:
        """It, and all that it calls."""
        yield self
        for instances in self.children.values():
            for child in instances:
                yield from child.walk()

    def named(self, name: str) -> str:
        """``name`` in this module, unique among all roots."""
        return f"{self.root}/{self.address}.{name}" if self.address else f"{self.root}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Root:
    """A root module: a stack, or what a plan or a state is of."""

    name: str
    file: str
    kind: Kind
    scope: Scope = field(repr=False)
    terraform: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    """The ``terraform`` block, where the document has it: only a configuration does."""
    raw: Mapping[str, Any] = field(default_factory=_empty, repr=False)
    """The whole document, with keys and passwords hidden."""

    def resources(self) -> Iterator[Resource]:
        for scope in self.scope.walk():
            for instances in scope.resources.values():
                yield from instances


def dig(value: Any, path: AttributePath) -> Any:
    """What is at ``path`` of ``value``, or ``MISSING``. A block may stand as itself or as a list of one.

    A text that is met on the way is returned: an expression for the whole block.
    """
    for step in path:
        if isinstance(value, tuple) and isinstance(step, str):
            if len(value) != 1:
                return MISSING
            value = value[0]
        if isinstance(value, _MAPS):
            if step == 0:
                continue
            value = value.get(step, MISSING)
        elif isinstance(value, tuple) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else MISSING
        elif isinstance(value, str) or value is True:
            return value
        else:
            return MISSING
        if value is MISSING:
            return MISSING
    return value


def is_own(resource: Resource, value: Value) -> bool:
    """Whether ``value`` is one that the provider gives ``resource``: it refers to itself."""
    reference = value.reference if isinstance(value, Unknown) else None
    return reference is not None and (reference.root, reference.address) == resource.key
