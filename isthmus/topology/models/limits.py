"""How much of a thing a file may have, and examples that several sections share."""

from __future__ import annotations

MAX_SITES = 1_000
MAX_LINKS = 5_000
MAX_LISTED = 1_000
MAX_SUBNETS = 20
MAX_RECIPIENTS = 100
"""Limits of Isthmus's own, above what the clouds take: AWS attaches one subnet a zone, and Azure's action group sends
to 1,000 addresses; more recipients than these belong in a distribution list."""


def resource(group: str, name: str) -> str:
    """An Azure resource id as an example."""
    return f"/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{group}/providers/{name}"
