"""What sites of both clouds have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import IPv4Network

from isthmus.plan.types import Lifecycle, Recipient, Route
from isthmus.topology import models


def tags(topology: models.Topology) -> dict[str, str]:
    """The tags of everything, with the one by which Isthmus's resources are found."""
    return {**topology.tags, "isthmus": topology.formerly or topology.name}


def ignored_tags(topology: models.Topology) -> tuple[str, ...]:
    """The tags that others set, as arguments of azurerm's resources."""
    return tuple(f'tags["{name}"]' for name in topology.ignore.tags)


def lifecycle(
    topology: models.Topology, arguments: Iterable[str], *more: str, tags: bool = True, protected: bool = True
) -> Lifecycle:
    """Of a resource of azurerm that has ``arguments`` which others may set, and what else it ignores.

    ``tags`` says whether it has tags, ``protected`` whether it is among what the topology may protect.
    """
    foreign = (name for name in topology.ignore.arguments if name in arguments)
    return Lifecycle(
        ignored=(*(ignored_tags(topology) if tags else ()), *foreign, *more),
        protected=topology.protect and protected,
    )


def recipients(monitoring: models.Monitoring) -> tuple[Recipient, ...]:
    """Who is told, by address; the key hides the address, since keys are Terraform addresses."""
    return tuple(
        Recipient(key=f"notify-{hashlib.sha256(email.lower().encode()).hexdigest()[:8]}", email=email)
        for email in sorted(monitoring.notify)
    )


def routes(networks: Iterable[IPv4Network]) -> tuple[Route, ...]:
    """A route for each of ``networks``, each once, in order of address."""
    return tuple(Route(key=str(cidr).replace("/", "-"), cidr=cidr) for cidr in sorted(set(networks)))
