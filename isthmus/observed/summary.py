"""A tunnel in a line: what a person wants to see of both ends."""

from __future__ import annotations

from dataclasses import dataclass

from isthmus.observed.links import Links
from isthmus.observed.types import Tunnel
from isthmus.observed.values import Value, known


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Addresses and ASNs of both ends; None where they are not known, and of BGP where routes are static."""

    name: str
    """Of the Azure connection."""
    aws_outside: str | None
    azure_outside: str | None
    aws_inside: str | None
    azure_inside: str | None
    aws_asn: int | None
    azure_asn: int | None


def summaries(links: Links) -> list[Summary]:
    """Every tunnel of which both ends are there, by name."""
    return sorted((summary(links, tunnel) for tunnel in links.tunnels), key=lambda one: one.name)


def summary(links: Links, tunnel: Tunnel) -> Summary:
    """``tunnel`` as its two ends have it: what is AWS's from AWS, what is Azure's as AWS was told."""
    aws = tunnel.aws
    bgp = known(aws.static) is not True
    name = known(links.observed.value(tunnel.azure.connection, "name"))
    return Summary(
        name=name if isinstance(name, str) else str(tunnel),
        aws_outside=_text(aws.outside_address),
        azure_outside=_text(aws.peer_address),
        aws_inside=_text(aws.bgp_address) if bgp else None,
        azure_inside=_text(aws.peer_bgp_address) if bgp else None,
        aws_asn=_number(aws.bgp_asn) if bgp else None,
        azure_asn=_number(aws.peer_asn) if bgp else None,
    )


def _text(value: Value) -> str | None:
    return None if known(value) is None else str(known(value))


def _number(value: Value) -> int | None:
    text = _text(value)
    return int(text) if text and text.isdigit() else None
