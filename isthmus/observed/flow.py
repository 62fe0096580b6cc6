"""What a value gets something from, without working out what comes of it: for what is replaced, shown or hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from isthmus.observed.references import Resolver
from isthmus.observed.resources import Resource, Scope
from isthmus.observed.sources import Kind
from isthmus.observed.terms import TRAVERSAL, Term, longest, term
from isthmus.observed.values import Reference

_EXPRESSION: Final = re.compile(r"\$\{.*\}", re.DOTALL)
_WORDS: Final = frozenset({"count", "each", "path", "self", "terraform"})


class UnresolvedError(LookupError):
    """A reference that leads nowhere."""


def of_resource(resolver: Resolver, resource: Resource) -> Iterator[Reference]:
    """Everything that the arguments of ``resource`` get something from."""
    written = resource.body if resource.kind is Kind.CONFIGURATION else resource.expressions
    yield from _of(resolver, resolver.scope(resource), written, resource)


def of_expression(resolver: Resolver, root: str, value: object) -> Iterator[Reference]:
    """Every attribute, whole resource and variable that ``value``, as the root module ``root`` may write it, uses.

    Outputs, locals, modules and other stacks' state are gone through. A variable is told as ``var.name``.

    Raises:
        UnresolvedError: a reference leads nowhere.
    """
    yield from _of(resolver, resolver.roots[root].scope, value, None)


def _of(resolver: Resolver, scope: Scope, value: object, resource: Resource | None) -> Iterator[Reference]:
    if isinstance(value, str):
        for part in _EXPRESSION.findall(value):
            for match in TRAVERSAL.finditer(part):
                yield from _term(resolver, scope, match[0], resource)
    elif isinstance(value, Mapping):
        if "references" in value and scope.kind is Kind.PLAN:
            for reference in longest(tuple(value["references"])):
                yield from _term(resolver, scope, reference, resource)
            return
        for key, inner in value.items():
            if key != "//":
                yield from _of(resolver, scope, inner, resource)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _of(resolver, scope, inner, resource)


def _term(resolver: Resolver, scope: Scope, text: str, resource: Resource | None) -> Iterator[Reference]:
    found = term(text)
    if found is None or found.kind in _WORDS:
        return
    if found.kind == "var":
        yield from _variable(resolver, scope, found)
    elif found.kind == "local":
        if found.name in scope.local_values:
            yield from _of(resolver, scope, scope.local_values[found.name], resource)
        elif scope.kind is Kind.CONFIGURATION:
            raise UnresolvedError(f"local.{found.name} is not in {scope.root}")
    elif found.kind == "module":
        for child in scope.children.get(found.name, ()):
            if found.path and str(found.path[0]) in child.outputs:
                yield from _output(resolver, child, str(found.path[0]))
    elif found.type == "terraform_remote_state" and found.path[:1] == ("outputs",) and len(found.path) > 1:
        yield from _remote(resolver, scope, found)
    else:
        yield from _instances(scope, found)


def _variable(resolver: Resolver, scope: Scope, found: Term) -> Iterator[Reference]:
    if scope.parent is not None and found.name in scope.arguments:
        yield from _of(resolver, scope.parent, scope.arguments[found.name], None)
    elif found.name in scope.variables:
        yield Reference(scope.root, ".".join(filter(None, (scope.address, f"var.{found.name}"))))
    else:
        raise UnresolvedError(f"var.{found.name} is not in {scope.root}")


def _remote(resolver: Resolver, scope: Scope, found: Term) -> Iterator[Reference]:
    for data in scope.resources.get(("data", found.type, found.name), ()):
        producer, why = resolver.producer(data)
        if producer is None:
            if scope.kind is Kind.CONFIGURATION:
                raise UnresolvedError(why)
            yield Reference(*data.key, found.path)
            return
        name = str(found.path[1])
        if name not in producer.scope.outputs:
            raise UnresolvedError(f"{scope.root} reads the output {name}, which {producer.name} does not have")
        yield from _output(resolver, producer.scope, name)


def _output(resolver: Resolver, scope: Scope, name: str) -> Iterator[Reference]:
    output = scope.outputs[name]
    if scope.kind is not Kind.STATE:
        yield from _of(resolver, scope, output.get("value", output.get("expression")), None)


def _instances(scope: Scope, found: Term) -> Iterator[Reference]:
    mode = "data" if found.kind == "data" else "managed"
    there = scope.resources.get((mode, found.type, found.name), [])
    if not there and "_" in found.type and scope.kind is Kind.CONFIGURATION:
        raise UnresolvedError(f"{'data.' * (mode == 'data')}{found.type}.{found.name} is not in {scope.root}")
    for one in there:
        if found.index is None or one.index == found.index:
            yield Reference(*one.key, found.path)
