"""Everything that Terraform tells, in one place: resources by type and address, values, and what refers to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from isthmus.observed.provider import default_of
from isthmus.observed.readers import root
from isthmus.observed.references import Resolver
from isthmus.observed.resources import Resource, Root
from isthmus.observed.secrets import texts
from isthmus.observed.sources import Document, Kind, load
from isthmus.observed.values import ABSENT, Certainty, Known, Value

_NEWEST: Final = (Kind.PLAN, Kind.STATE, Kind.CONFIGURATION)


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that these files do not make: only its id, name or address is known."""

    id: str

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What an argument names cannot be told; ``why`` is a sentence, ``certain`` when it is a fault of the files."""

    why: str
    certain: bool = False

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class Found:
    """The resource that an argument names, and how sure that is."""

    resource: Resource
    certainty: Certainty = Certainty.EXACT

    def __str__(self) -> str:
        return str(self.resource)


Target = Found | Outside | Unresolved


@dataclass(frozen=True, slots=True)
class _Argument:
    """The beginning of a sentence, written only where there is one to write."""

    path: tuple[str | int, ...]
    resource: Resource

    def __str__(self) -> str:
        return f"{_dotted(self.path)} of {self.resource}"


class Observed:
    """The resources of one root module or of many.

    A resource that is in several documents (two plans that read it, a plan and a state) is taken once, by its id.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        """Take ``documents``.

        Raises:
            InputError: one is not made as Terraform makes it.
        """
        roots, names = [], set[str]()
        documents = list(documents)
        clear = texts(*(content for document in documents for content in document.contents()))
        for document in documents:
            name, number = document.name, 1
            while name in names:
                number += 1
                name = f"{document.name}~{number}"
            names.add(name)
            roots.append(root(document, name, clear))
        self.roots = tuple(roots)
        self.resolver = Resolver(self.roots)
        self._all = tuple(_once(self.roots))
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self._all:
            self._by_type.setdefault(resource.type, []).append(resource)
        self._by_value: dict[tuple[str, str], dict[str, list[Resource]]] = {}

    # Resources

    def resources(self, *types: str, mode: str | None = "managed", root: str | None = None) -> Iterator[Resource]:
        """The resources of ``types``, or all; with ``mode`` None the data sources as well."""
        for type_ in types or self._by_type:
            for resource in self._by_type.get(type_, ()):
                if mode in (None, resource.mode) and root in (None, resource.root):
                    yield resource

    def at(self, path: str) -> Resource:
        """The one resource whose full address is ``path``, or whose address or construct path ends so.

        Raises:
            LookupError: there is none, or more than one.
        """
        found = [r for r in self._all if path in (r.full_address, r.address) or f"/{r.path}".endswith(f"/{path}")]
        if len(found) != 1:
            raise LookupError(f"{path}: {len(found)} resources are so called: {', '.join(map(str, found))}")
        return found[0]

    # Values

    def value(self, resource: Resource, *path: str | int) -> Value:
        """The argument or attribute at ``path``: known, unknown until apply (with what gives it), or absent."""
        return self.resolver.argument(resource, *path)

    def attribute(self, resource: Resource, *path: str | int) -> Value:
        """Like :meth:`value`, with what the provider gives where the configuration does not."""
        return self.resolver.attribute(resource, *path)

    def default(self, resource: Resource, name: str) -> Value:
        """What the provider takes where the argument ``name`` is missing; absent where it is not known here."""
        return default_of(resource, (name,)) or ABSENT

    def blocks(self, resource: Resource, *path: str | int) -> int:
        """How many nested blocks are at ``path``."""
        return resource.blocks(*path)

    def target(
        self, resource: Resource, path: tuple[str | int, ...], types: tuple[str, ...], attribute: str = "id"
    ) -> Target:
        """The resource of one of ``types`` whose ``attribute`` is the argument at ``path``."""
        return self.named(self.value(resource, *path), types, attribute, _Argument(path, resource))

    def named(self, value: Value, types: tuple[str, ...], attribute: str = "id", what: object = "it") -> Target:
        """The resource of one of ``types`` whose ``attribute`` is ``value``; ``what`` begins the sentence if not."""
        if value is ABSENT:
            return Unresolved(f"{what} is missing", certain=True)
        if isinstance(value, Known):
            for type_ in types:
                found = self._with(type_, attribute, str(value.value))
                if len(found) == 1:
                    return Found(found[0])
                if found:
                    return Unresolved(f"{what} may be any of {', '.join(map(str, found))}")
            if attribute == "id" and not any(_may_be(type_, str(value.value)) for type_ in types):
                return Unresolved(f"{what} is {value}, which is no id of a {' or '.join(types)}", certain=True)
            return Outside(str(value.value))
        if value.reason:
            return Unresolved(f"{what}: {value.reason}", certain=True)
        if value.reference is None:
            return Unresolved(f"{what} is not known until apply")
        made = self.resolver.resource(value.reference)
        if made.mode == "data":
            made = self.resolver.twin(made) or made
        given = value.reference.path
        if made.type not in types or given not in ((), (attribute,)):
            wanted = " or ".join(types)
            return Unresolved(
                f"{what} is the {_dotted(given) or 'whole'} of {made}, not the {attribute} of a {wanted}", certain=True
            )
        return Found(made, value.certainty)

    def _with(self, type_: str, attribute: str, text: str) -> list[Resource]:
        key = (type_, attribute)
        if key not in self._by_value:
            index: dict[str, list[Resource]] = {}
            for resource in self.resources(type_):
                value = self.resolver.argument(resource, attribute)
                if isinstance(value, Known):
                    index.setdefault(str(value.value).lower(), []).append(resource)
            self._by_value[key] = index
        return self._by_value[key].get(text.lower(), [])


def observe(*sources: Path | str) -> Observed:
    """Read folders of stacks, states, saved plans, or ``-``; see :func:`load`.

    Raises:
        InputError: one cannot be read.
    """
    return Observed(load(*sources))


def observed_stacks(stacks: Mapping[str, Any]) -> Observed:
    """What the configurations ``stacks``, by name, as ``cdktf synth`` writes them, tell."""
    return Observed(
        Document(name=name, file=f"stacks/{name}/cdk.tf.json", kind=Kind.CONFIGURATION, content=content)
        for name, content in stacks.items()
    )


_PREFIXES: Final = {
    "aws_customer_gateway": "cgw-",
    "aws_ec2_transit_gateway": "tgw-",
    "aws_ec2_transit_gateway_route_table": "tgw-rtb-",
    "aws_route_table": "rtb-",
    "aws_vpc": "vpc-",
    "aws_vpn_connection": "vpn-",
    "aws_vpn_gateway": "vgw-",
}


def _may_be(type_: str, id_: str) -> bool:
    """Whether ``id_`` looks like the id of such a resource."""
    if type_.startswith("azurerm_"):
        return id_.lower().startswith("/subscriptions/")
    return id_.startswith(_PREFIXES.get(type_, ""))


def _once(roots: tuple[Root, ...]) -> Iterator[Resource]:
    """Every resource once: of those with one id, that of the plan before that of the state."""
    seen: dict[tuple[str, str], Resource] = {}
    dropped: set[tuple[str, str]] = set()
    for each in sorted(roots, key=lambda r: _NEWEST.index(r.kind)):
        for resource in each.resources():
            id_ = resource.body.get("id")
            # What is no cloud's, as a random password, may have a word for an id.
            cloud = resource.type.startswith(("aws_", "azurerm_"))
            if cloud and resource.mode == "managed" and isinstance(id_, str) and "${" not in id_:
                first = seen.setdefault((resource.type, id_.lower()), resource)
                if first.root != resource.root:
                    dropped.add(resource.key)
    for each in roots:
        yield from (resource for resource in each.resources() if resource.key not in dropped)


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
