"""How a plan says that it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network
from itertools import pairwise


class InvariantError(ValueError):
    """A plan that contradicts itself: a defect of Isthmus, never of a topology."""


def must(condition: object, what: str) -> None:
    """Raise :class:`InvariantError` with ``what`` unless ``condition`` holds."""
    if not condition:
        raise InvariantError(what)


def disjoint(networks: Iterable[IPv4Network]) -> bool:
    """Whether no two of ``networks`` share an address."""
    return all(a.broadcast_address < b.network_address for a, b in pairwise(sorted(networks)))
