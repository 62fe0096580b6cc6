"""Follows references to where a value comes from: through variables, locals, outputs, modules, other stacks' state, and
data sources that read what these files make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from isthmus.observed.expressions import Expressions
from isthmus.observed.plan_expressions import references_of
from isthmus.observed.provider import KEPT_BY_AWS, default_of, kept, read_back
from isthmus.observed.remote import Producers
from isthmus.observed.resources import EMPTY, MISSING, Resource, Root, Scope, dig, is_own
from isthmus.observed.sources import Kind
from isthmus.observed.terms import Index, Step, Term
from isthmus.observed.values import ABSENT, AttributePath, Certainty, Known, Reference, Unknown, Value, same

MAX_STEPS: Final = 100
"""References that lead from one to the next. Terraform refuses a circle; a document made by hand may have one."""
_IDENTITY: Final = ("id", "name", "resource_group_name", "virtual_network_name")
_ANY_INDEX: Final = re.compile(r"count\.index|each\.(?:key|value)\b.*")


class Resolver:
    """Answers what an attribute of a resource is. Answers are remembered, so that each is worked out once."""

    def __init__(self, roots: Iterable[Root]) -> None:
        self.roots = {root.name: root for root in roots}
        self._scopes = {(s.root, s.address): s for root in self.roots.values() for s in root.scope.walk()}
        self._by_key = {r.key: r for root in self.roots.values() for r in root.resources()}
        self._managed: dict[str, list[Resource]] = {}
        for resource in self._by_key.values():
            if resource.mode == "managed":
                self._managed.setdefault(resource.type, []).append(resource)
        self._producers = Producers(self.roots.values())
        self._expressions = Expressions(self._term)
        self._known: dict[tuple[str, str, AttributePath], Value] = {}
        self._depth = 0

    def resource(self, reference: Reference) -> Resource:
        """The resource that ``reference`` names."""
        return self._by_key[reference.root, reference.address]

    def argument(self, resource: Resource, *path: str | int) -> Value:
        """The value at ``path``; absent where the configuration does not give it."""
        if resource.kind is Kind.CONFIGURATION:
            found = dig(resource.body, path)
            if found is MISSING or found is None:
                return ABSENT
        return self._remembered(resource, path)

    def attribute(self, resource: Resource, *path: str | int) -> Value:
        """The value at ``path``, which the provider may give: its default, or else unknown, and referring to itself."""
        value = self._remembered(resource, path)
        if value is ABSENT or is_own(resource, value):
            return default_of(resource, path) or value
        return value

    def _remembered(self, resource: Resource, path: AttributePath) -> Value:
        key = (*resource.key, path)
        if key not in self._known:
            if self._depth >= MAX_STEPS:
                return Unknown(reason=f"the references of {resource} lead in a circle")
            self._depth += 1
            try:
                self._known[key] = self._attribute(resource, path)
            finally:
                self._depth -= 1
        return self._known[key]

    def expression(self, root: str, value: object) -> Value:
        """What ``value``, as the root module of ``root`` may write it, stands for."""
        return self._written(self.roots[root].scope, value, None)

    def output(self, root: str, name: str) -> Value:
        """The output ``name`` of ``root``; absent where it has none."""
        scope = self.roots[root].scope
        return self._output(scope, name, (), None) if name in scope.outputs else ABSENT

    def producer(self, data: Resource) -> tuple[Root | None, str]:
        """The root whose state ``data``, a ``terraform_remote_state``, reads; or None and why not."""
        return self._producers.of(data)

    def twin(self, data: Resource) -> Resource | None:
        """The one resource of these files that the data source ``data`` reads, as its name or id tells."""
        wanted = {name: self.argument(data, name) for name in _IDENTITY if name in data.body or name in data.unknown}
        wanted = {name: value for name, value in wanted.items() if not is_own(data, value) and value is not ABSENT}
        found = []
        for made in self._managed.get(data.type, ()) if wanted else ():
            equal = [same(self.attribute(made, name), value) for name, value in wanted.items()]
            if False not in equal and True in equal:
                found.append(made)
        return found[0] if len(found) == 1 else None

    # Attributes

    def _attribute(self, resource: Resource, path: AttributePath) -> Value:
        itself = self._itself(resource, path)
        special = read_back(self, resource, path, itself)
        if special is not None:
            return special
        found = dig(resource.body, path)
        if resource.kind is Kind.CONFIGURATION:
            if found is MISSING or found is None:
                return self._through(resource, path) if resource.mode == "data" else itself
            if isinstance(found, str) and "${" not in found and _met_on_the_way(resource, path, found):
                return ABSENT
            return self._written(self.scope(resource), found, resource)
        if resource.kind is Kind.PLAN and dig(resource.unknown, path) is True:
            return self._unknown(resource, path, itself)
        return ABSENT if found is MISSING or found is None else Known(found)

    def _unknown(self, resource: Resource, path: AttributePath, itself: Unknown) -> Value:
        """What the configuration says of a value that the plan does not know."""
        written = dig(resource.expressions, path)
        if written is MISSING or not isinstance(written, Mapping):
            return self._through(resource, path) if resource.mode == "data" else itself
        return self._written(self.scope(resource), written, resource)

    def _through(self, data: Resource, path: AttributePath) -> Value:
        """What the data source ``data`` reads, where these files make it."""
        if data.type == "terraform_remote_state" and len(path) > 1:
            return self._remote(data, str(path[1]), path[2:])
        made = self.twin(data)
        return self.attribute(made, *path) if made else self._itself(data, path)

    def _remote(self, data: Resource, name: str, path: tuple[Step, ...]) -> Value:
        producer, why = self._producers.of(data)
        if producer is None:
            return replace(self._itself(data, ("outputs", name, *path)), reason=why)
        if name not in producer.scope.outputs:
            return Unknown(reason=f"{data.root} reads the output {name}, which {producer.name} does not have")
        return self._output(producer.scope, name, path, None)

    def _itself(self, resource: Resource, path: AttributePath) -> Unknown:
        reference = Reference(*resource.key, path)
        return Unknown(f"${{{reference}}}", reference)

    def scope(self, resource: Resource) -> Scope:
        """The module instance that ``resource`` is in."""
        return self._scopes[resource.root, resource.module]

    # Expressions, as a configuration (text) or a plan (constants and references) has them

    def _written(self, scope: Scope, value: object, resource: Resource | None) -> Value:
        if scope.kind is Kind.CONFIGURATION:
            return self._expressions.value(scope, value, resource)
        if not isinstance(value, Mapping):
            return Known(value)
        if "constant_value" in value:
            return Known(value["constant_value"])
        if "references" not in value:
            return Unknown()
        return references_of(self._term, scope, value, resource)

    def _term(self, scope: Scope, term: Term, resource: Resource | None, certainty: Certainty) -> Value | None:
        """What a reference stands for; None where it is a word of another kind."""
        if term.kind in ("each", "count"):
            return _repetition(term, resource)
        if term.kind == "var":
            return self._variable(scope, term)
        if term.kind == "local":
            return self._local(scope, term, resource)
        if term.kind == "module":
            return self._module(scope, term, resource, certainty)
        if term.kind in ("path", "self", "terraform"):
            return None
        return self._instance(scope, term, resource, certainty)

    def _variable(self, scope: Scope, term: Term) -> Value:
        if term.name in scope.arguments and scope.parent is not None:
            return _inside(self._written(scope.parent, scope.arguments[term.name], None), term.path)
        if term.name not in scope.variables:
            return Unknown(reason=f"var.{term.name} is not in {scope.named('').rstrip('/.')}")
        given = scope.variables[term.name]
        default = given.get("default") if isinstance(given, Mapping) else None
        if default is None:
            meaning = ".".join((scope.named(f"var.{term.name}"), *map(str, term.path)))
            return Unknown(f"${{{meaning}}}")
        return _inside(Known(default), term.path)

    def _local(self, scope: Scope, term: Term, resource: Resource | None) -> Value:
        if term.name in scope.local_values:
            found = dig(scope.local_values[term.name], term.path)
            if found is not MISSING and not (isinstance(found, str) and term.path and "${" in found):
                return self._written(scope, found, resource)
            return _inside(self._written(scope, scope.local_values[term.name], resource), term.path)
        if scope.kind is Kind.CONFIGURATION:
            return Unknown(reason=f"local.{term.name} is not in {scope.named('').rstrip('/.')}")
        # A plan does not tell what a local value is; the same one is the same everywhere in its module.
        meaning = ".".join((scope.named(f"local.{term.name}"), *map(str, term.path)))
        return Unknown(f"${{{meaning}}}", certainty=Certainty.REFERENCE)

    def _module(self, scope: Scope, term: Term, resource: Resource | None, certainty: Certainty) -> Value:
        called = scope.children.get(term.name, [])
        child, sure = _chosen(called, term, resource)
        meaning = f"${{{'.'.join((scope.named(f'module.{term.name}'), *map(str, term.path)))}}}"
        if child is None:
            return Unknown("" if term.lost or called else meaning)
        if not term.path or str(term.path[0]) not in child.outputs:
            return Unknown("", certainty=min(sure, certainty))
        value = self._output(child, str(term.path[0]), term.path[1:], resource)
        return value.at_most(min(sure, certainty)) if isinstance(value, Unknown) else value

    def _output(self, scope: Scope, name: str, path: tuple[Step, ...], resource: Resource | None) -> Value:
        output = scope.outputs[name]
        written = output.get("value", output.get("expression", EMPTY)) if isinstance(output, Mapping) else output
        if scope.kind is Kind.STATE:
            return _inside(Known(written), path)
        if path and scope.kind is Kind.CONFIGURATION and dig(written, path) is not MISSING:
            found = dig(written, path)
            if not isinstance(written, str):
                return self._written(scope, found, resource)
        return _inside(self._written(scope, written, resource), path)

    def _instance(self, scope: Scope, term: Term, resource: Resource | None, certainty: Certainty) -> Value | None:
        mode = "data" if term.kind == "data" else "managed"
        found = scope.resources.get((mode, term.type, term.name), [])
        target, sure = _chosen(found, term, resource)
        if target is None:
            if found:
                return Unknown()
            if "_" not in term.type:
                return None
            where = scope.named("").rstrip("/.")
            return Unknown(reason=f"{'data.' * (mode == 'data')}{term.type}.{term.name} is not in {where}")
        if not term.path:
            return Unknown("", Reference(*target.key), min(sure, certainty))
        if kept(target, term.path):
            return replace(self._itself(target, term.path), reason=KEPT_BY_AWS)
        value = self.attribute(target, *term.path)
        if value is ABSENT:
            value = self._itself(target, term.path)
        return value.at_most(min(sure, certainty)) if isinstance(value, Unknown) else value


def _met_on_the_way(resource: Resource, path: AttributePath, found: str) -> bool:
    """Whether ``found`` stands above ``path``, so that there is nothing at it."""
    return bool(path) and dig(resource.body, path[:-1]) is found


def _repetition(term: Term, resource: Resource | None) -> Value | None:
    if resource is None or resource.index is None or term.name not in ("index", "key"):
        return None
    return Known(resource.index)


def _inside(value: Value, path: tuple[Step, ...]) -> Value:
    """What is at ``path`` of a value."""
    if not path:
        return value
    if isinstance(value, Known):
        found = dig(value.value, path)
        return ABSENT if found is MISSING or found is None else Known(found)
    if isinstance(value, Unknown) and value.reference is not None and value.certainty is Certainty.EXACT:
        reference = replace(value.reference, path=(*value.reference.path, *path))
        return replace(value, meaning=f"${{{reference}}}", reference=reference)
    if isinstance(value, Unknown) and value.meaning:
        return replace(value, meaning=value.inside("".join(f".{step}" for step in path)), reference=None)
    return value


def _chosen(found: list[Any], term: Term, resource: Resource | None) -> tuple[Any | None, Certainty]:
    """Which of the instances ``found`` is meant, and how sure that is."""
    if term.index is not None:
        matching = [one for one in found if one.index == term.index]
        return (matching[0], Certainty.EXACT) if matching else (None, Certainty.EXACT)
    index: Index = resource.index if resource else None
    if len(found) == 1 and (found[0].index is None or not term.lost):
        # `x[*].y` and `one(x)` of the only instance.
        return found[0], Certainty.EXACT if found[0].index is None else Certainty.REFERENCE
    matching = [one for one in found if one.index == index and index is not None]
    return (matching[0], Certainty.ASSUMED) if matching and term.lost else (None, Certainty.ASSUMED)


def strings(value: object) -> Iterator[str]:
    """Every text inside ``value``, keys of maps not among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)
