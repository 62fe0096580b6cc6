"""What Terraform will do to each resource when the stacks of one topology take the place of those of another.

It compares arguments with every reference followed to its source, across stacks, and carries on what is known only
after apply: what depends on an attribute of a replaced resource changes with it. Within a stack Terraform plans that
before the new value is known. Across stacks it plans with the value that the other stack has by then, and an id of
Azure is the same as before where the names are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from isthmus.changes.behaviour import behaviour
from isthmus.observed import ABSENT, Known, Observed, Resource, Secret, Unknown, Value

_META: Final = frozenset({"//", "depends_on", "lifecycle", "provider", "provisioner", "connection", "timeouts"})
_REFERENCE: Final = re.compile(
    r"(?P<root>[A-Za-z0-9_-]+)/(?P<address>[a-z0-9_]+\.[A-Za-z0-9_-]+)\.(?P<path>[A-Za-z0-9_.]+)"
)
_NAMES: Final = frozenset({"name", "resource_group_name", "virtual_network_name", "scope", "target_resource_id"})


class Kind(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class Cause:
    """An argument that changes, as a person reads it before and after.

    ``of`` is the resource that the value comes from, where it changes because that resource is replaced.
    """

    argument: str
    before: str
    after: str
    of: str | None = None

    def __str__(self) -> str:
        if self.of:
            return f"{self.argument}: comes from {self.of}"
        return f"{self.argument}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one resource. ``causes`` are the arguments that replace it, or else those that change.

    A replaced resource without a cause is in a stack that is torn down. ``refused`` says why Terraform will not do it.
    """

    stack: str
    address: str
    type: str
    path: str
    kind: Kind
    causes: tuple[Cause, ...] = ()
    refused: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.stack, self.address

    @property
    def goes(self) -> bool:
        """Whether what is there is destroyed, made again or not."""
        return self.kind in (Kind.REPLACE, Kind.DESTROY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Every change, in the order of stacks and addresses; ``before`` and ``after`` are all stacks of the two."""

    changes: tuple[Change, ...]
    outputs: tuple[str, ...]
    """Stacks whose outputs are other ones, though no resource of theirs may change: others read them from the state."""
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """Stacks that are deployed and planned no more."""
        return tuple(stack for stack in self.before if stack not in self.after)

    def of(self, stack: str) -> tuple[Change, ...]:
        """The changes in ``stack``."""
        return tuple(change for change in self.changes if change.stack == stack)


def predict(before: Observed, after: Observed, torn_down: Collection[str] = ()) -> Prediction:
    """What happens when ``after`` is applied to a deployment that is as ``before`` says.

    ``torn_down`` are stacks that are destroyed and made again on the way, with all that is in them.
    """
    found = _Prediction(before, after, frozenset(torn_down))
    return Prediction(
        changes=tuple(sorted(found.changes(), key=lambda change: change.key)),
        outputs=tuple(sorted(_outputs_changed(before, after))),
        before=tuple(sorted(root.name for root in before.roots)),
        after=tuple(sorted(root.name for root in after.roots)),
    )


Leaves = Mapping[str, tuple[Value, ...]]
Key = tuple[str, str]


class _Prediction:
    def __init__(self, before: Observed, after: Observed, torn_down: frozenset[str]) -> None:
        self.torn_down = torn_down
        self.old = {resource.key: resource for resource in before.resources()}
        self.new = {resource.key: resource for resource in after.resources()}
        self.old_leaves = {key: _leaves(before, self.old[key]) for key in self.old.keys() & self.new.keys()}
        self.new_leaves = {key: _leaves(after, self.new[key]) for key in self.new}
        self.replaced: frozenset[Key] = frozenset()

    def changes(self) -> Iterator[Change]:
        causes: dict[Key, tuple[Cause, ...]] = dict.fromkeys(self.old_leaves, ())
        found = {key: self._kind(key, of) for key, of in causes.items()}
        while True:
            self.replaced = frozenset(key for key, kind in found.items() if kind is Kind.REPLACE)
            own = {key: self._own(key) for key in self.old_leaves}
            more = {key: (*own[key], *self._carried(key, own[key])) for key in self.old_leaves}
            kinds = {key: self._kind(key, of) for key, of in more.items()}
            if kinds == found and more == causes:
                break
            causes, found = more, kinds
        for key, kind in found.items():
            if kind is not None:
                yield self._change(self.new[key], kind, causes[key])
        for key in self.new.keys() - self.old.keys():
            yield self._change(self.new[key], Kind.CREATE, ())
        for key in self.old.keys() - self.new.keys():
            yield self._change(self.old[key], Kind.DESTROY, ())

    def _change(self, resource: Resource, kind: Kind, causes: tuple[Cause, ...]) -> Change:
        of = behaviour(resource.type)
        decisive = tuple(c for c in causes if of.is_replaced(c.argument)) if kind is Kind.REPLACE else causes
        refused = None
        # What is destroyed with its configuration has lost its protection with it.
        if kind is Kind.REPLACE and _lifecycle(resource, "prevent_destroy") is True:
            refused = "it is protected (`protect: true`): Terraform refuses to destroy it"
        return Change(
            stack=resource.root,
            address=resource.address,
            type=resource.type,
            path=resource.path,
            kind=kind,
            causes=decisive,
            refused=refused,
        )

    def _kind(self, key: Key, causes: tuple[Cause, ...]) -> Kind | None:
        of = behaviour(self.new[key].type)
        if key[0] in self.torn_down or any(of.is_replaced(cause.argument) for cause in causes):
            return Kind.REPLACE
        return Kind.UPDATE if causes else None

    def _own(self, key: Key) -> tuple[Cause, ...]:
        """The arguments of a resource whose text or source is another."""
        old, new = self.old_leaves[key], self.new_leaves[key]
        of, ignored = behaviour(self.new[key].type), _ignored(self.new[key])
        found = []
        for path in sorted({*old, *new}):
            before, after = old.get(path, ()), tuple(self._settled(value) for value in new.get(path, ()))
            if path.split(".")[0] in ignored or _same(before, after):
                continue
            if not after and of.is_kept(path):
                continue
            default = of.default(path)
            if default is not None and _same(before or (Known(default),), after or (Known(default),)):
                continue
            found.append(Cause(path, _said(before), _said(after)))
        return tuple(found)

    def _settled(self, value: Value) -> Value:
        """What ``value`` is where it comes from an argument that is no longer written, and that the provider keeps."""
        reference = value.reference if isinstance(value, Unknown) else None
        if reference is None or len(reference.path) != 1:
            return value
        source, argument = (reference.root, reference.address), str(reference.path[0])
        if source not in self.old_leaves or source in self.replaced or argument in self.new_leaves[source]:
            return value
        kept = self.old_leaves[source].get(argument, ())
        return kept[0] if len(kept) == 1 and behaviour(self.new[source].type).is_kept(argument) else value

    def _carried(self, key: Key, known: tuple[Cause, ...]) -> Iterator[Cause]:
        """The arguments that keep their text, and come from a resource that is replaced."""
        ignored, already = _ignored(self.new[key]), {cause.argument for cause in known}
        for path, values in self.new_leaves[key].items():
            if path in already or path.split(".")[0] in ignored:
                continue
            for source, attribute in _sources(values):
                if source in self.replaced and self._is_new(source, attribute, key):
                    yield Cause(path, _said(values), _said(values), of=self.new[source].path or source[1])
                    break

    def _is_new(self, source: Key, attribute: str, reader: Key) -> bool:
        """Whether ``attribute`` of the replaced resource ``source`` is another value for ``reader``."""
        made = self.new[source]
        if source[0] == reader[0] or not made.type.startswith("azurerm_") or attribute != "id":
            return True
        changed = {path for path in self.old_leaves[source] if path in _NAMES} & {
            cause.argument for cause in self._own(source)
        }
        return bool(changed)


def _outputs_changed(before: Observed, after: Observed) -> Iterator[str]:
    old, new = ({root.name: root for root in observed.roots} for observed in (before, after))
    for stack in old.keys() & new.keys():
        names = old[stack].scope.outputs.keys() | new[stack].scope.outputs.keys()
        ends = ((before, old[stack]), (after, new[stack]))
        for name in names:
            values = [observed.resolver.output(root.name, name) for observed, root in ends]
            if _canonical(values[0]) != _canonical(values[1]):
                yield stack
                break


def _leaves(observed: Observed, resource: Resource) -> Leaves:
    """The values of a resource by path without indexes; a list of blocks has several at one path."""
    found: dict[str, list[Value]] = {}

    def walk(value: Any, path: tuple[str | int, ...], name: str) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(inner, (*path, key), f"{name}.{key}" if name else key)
        elif isinstance(value, tuple) and value and all(isinstance(item, Mapping) for item in value):
            found.setdefault(name, []).append(Known(f"{len(value)} blocks"))
            for number, item in enumerate(value):
                walk(item, (*path, number), name)
        else:
            found.setdefault(name, []).append(observed.value(resource, *path))

    for key, value in resource.body.items():
        if key not in _META and value is not None:
            walk(value, (key,), key)
    return {name: tuple(value for value in values if value is not ABSENT) for name, values in found.items()}


def _canonical(value: Value) -> Any:
    if isinstance(value, Known):
        return _comparable(value.value)
    return value.meaning if isinstance(value, Unknown) else None


def _comparable(value: Any) -> Any:
    if isinstance(value, Secret):
        return value
    if isinstance(value, tuple | list):
        # The clouds take most lists as sets; the order of the others is fixed by the plan.
        return tuple(sorted((_comparable(item) for item in value), key=str))
    if isinstance(value, bool):
        return value
    return str(value)


def _same(one: tuple[Value, ...], other: tuple[Value, ...]) -> bool:
    return [_canonical(value) for value in one] == [_canonical(value) for value in other]


def _said(values: tuple[Value, ...]) -> str:
    return ", ".join(_text(value) for value in values) or "nothing"


def _text(value: Value) -> str:
    if isinstance(value, Known):
        if isinstance(value.value, Secret):
            return "a secret"
        return ", ".join(map(str, value.value)) if isinstance(value.value, tuple) else str(value.value)
    sources = [f"{address}.{attribute}" for (_, address), attribute in _sources((value,))]
    return sources[0] if len(sources) == 1 else "a value that is known after apply"


def _sources(values: tuple[Value, ...]) -> Iterator[tuple[Key, str]]:
    """The resources, with the attribute, that unknown values come from."""
    for value in values:
        if isinstance(value, Unknown):
            for match in _REFERENCE.finditer(value.meaning):
                yield (match["root"], match["address"]), match["path"]


def _lifecycle(resource: Resource, name: str) -> Any:
    lifecycle = resource.body.get("lifecycle")
    if isinstance(lifecycle, tuple):
        lifecycle = lifecycle[0] if lifecycle else None
    return lifecycle.get(name) if isinstance(lifecycle, Mapping) else None


def _ignored(resource: Resource) -> frozenset[str]:
    """The arguments that Terraform leaves as they are. ``tags["x"]`` is one key of one, and not among them."""
    ignored = _lifecycle(resource, "ignore_changes") or ()
    return frozenset(name for name in ignored if "[" not in name)
