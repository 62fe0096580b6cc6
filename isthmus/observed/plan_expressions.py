"""Expressions as a plan tells them: not as they are written, only what they refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from isthmus.observed.resources import Resource, Scope
from isthmus.observed.terms import Term, longest, term
from isthmus.observed.values import Certainty, Known, Unknown, Value

Follow = Callable[[Scope, Term, Resource | None, Certainty], Value | None]

_REPEATS: Final = re.compile(r"count\.index|each\.key|each\.value")


def references_of(follow: Follow, scope: Scope, written: Mapping[str, Any], resource: Resource | None) -> Value:
    """What an expression gives that a plan does not know: where it refers to one thing, that thing.

    ``x[count.index].y`` is told as ``x`` and ``count.index``: the instance with the same index is assumed, and which of
    its attributes cannot be told.
    """
    listed = [reference for reference in longest(tuple(written["references"])) if not _is_path(reference)]
    repeats = [reference for reference in listed if _REPEATS.match(reference)]
    things = [reference for reference in listed if reference not in repeats]
    if len(things) > 1:
        return Unknown()
    if not things:
        return _of_each(follow, scope, repeats, resource)
    found = term(things[0])
    if found is None:
        return Unknown()
    if repeats and found.index is None:
        found = replace(found, lost=True)
    value = follow(scope, found, resource, Certainty.ASSUMED if repeats else Certainty.REFERENCE)
    if value is None:
        return Unknown()
    if isinstance(value, Unknown):
        value = value.at_most(Certainty.ASSUMED if repeats else Certainty.REFERENCE)
        if repeats and value.reference is None and value.meaning:
            index = None if resource is None else resource.index
            return replace(value, meaning="" if index is None else value.inside(f"[{index}]"))
        return value
    # What a resource gives is unknown to Terraform alone: a provider's default. Of anything else that is known the
    # expression makes something that is not.
    told = found.kind in ("resource", "data", "module") and not repeats
    return value if told or not isinstance(value, Known) else Unknown()


def _of_each(follow: Follow, scope: Scope, repeats: list[str], resource: Resource | None) -> Value:
    """``each.value`` of a collection that is itself one reference: its element of the same key."""
    if resource is None or not resource.repeated or len(repeats) != 1 or not repeats[0].startswith("each.value"):
        return Unknown()
    base = term(resource.repeated)
    value = follow(scope, base, None, Certainty.ASSUMED) if base else None
    if not isinstance(value, Unknown):
        return Unknown()
    if value.reference is not None and not value.reference.path:
        # Resources that are repeated over others: `for_each = aws_vpn_connection.this`.
        return Unknown("", replace(value.reference), Certainty.ASSUMED)
    if not value.meaning:
        return Unknown()
    picked = f"[{resource.index}]{repeats[0].removeprefix('each.value')}"
    return Unknown(value.inside(picked), None, Certainty.ASSUMED)


def _is_path(reference: str) -> bool:
    return reference.startswith(("path.", "terraform."))
