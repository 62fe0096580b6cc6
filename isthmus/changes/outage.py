"""Which tunnels are down while a change is applied, and about how long.

A duration is how long the slowest thing takes that a tunnel waits for, not a promise. Where no vendor publishes one it
is general knowledge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from isthmus.changes.prediction import Change, Kind, Prediction
from isthmus.plan import Plan
from isthmus.plan.types import Link
from isthmus.provenance import Source, Status


@dataclass(frozen=True, slots=True)
class Duration:
    """Minutes, and where the number is from."""

    minutes: int
    source: Source


GATEWAY: Final = Duration(
    60,
    Source(
        name='Microsoft: "Creating a gateway can often take 45 minutes or more"; 15 more to delete the old one',
        date="2026-11",
        status=Status.ASSUMED,
    ),
)
AWS_CONNECTION: Final = Duration(
    10, Source(name="a VPN connection that is made anew, both ends", date="2026-11", status=Status.ASSUMED)
)
TUNNEL_OPTIONS: Final = Duration(
    10,
    Source(
        name="AWS replaces the endpoint of a tunnel whose options change, which takes minutes",
        date="2026-11",
        status=Status.ASSUMED,
    ),
)
AZURE_CONNECTION: Final = Duration(
    3, Source(name="an Azure connection that is changed or made anew", date="2026-11", status=Status.ASSUMED)
)

_TUNNEL: Final = re.compile(r"^(?:tunnel(?P<number>[12])_)")
_DONE: Final = {Kind.REPLACE: "replaced", Kind.DESTROY: "destroyed"}
_HARMLESS: Final = frozenset({"tags", "tags_all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Tunnels of a link that are down together. ``whole`` when no other tunnel of the link is up meanwhile."""

    link: str
    tunnels: tuple[str, ...]
    whole: bool
    duration: Duration
    why: str


def outages(found: Prediction, before: Plan, torn_down: Iterable[str] = ()) -> tuple[Outage, ...]:
    """What is down, by link of ``before``; one entry for each link, the longest. Links that go have none.

    ``torn_down`` are the stacks that are destroyed and made again on the way (``isthmus.changes.order``).
    """
    gone = set(torn_down)
    result = []
    for link in before.links:
        if link.stack in found.removed:
            continue
        site = before.azure_by_key[link.azure]
        stacks = {link.stack, site.stacks.connections, site.stacks.gateway or ""}
        causes = list(_causes(found, before, link))
        if stacks & gone:
            longest = GATEWAY if site.stacks.gateway in gone or _gateway(found, site.stacks.gateway) else AWS_CONNECTION
            every = tuple(tunnel.key for tunnel in link.tunnels)
            causes.append((every, longest, f"{', '.join(sorted(stacks & gone))} must be destroyed first"))
        if causes:
            result.append(_together(link, causes))
    return tuple(result)


Affected = tuple[tuple[str, ...], Duration, str]


def _together(link: Link, causes: list[Affected]) -> Outage:
    down = {tunnel for tunnels, _, _ in causes for tunnel in tunnels}
    _, duration, why = max(causes, key=lambda cause: (cause[1].minutes, len(cause[0])))
    return Outage(
        link=link.name,
        tunnels=tuple(tunnel.key for tunnel in link.tunnels if tunnel.key in down),
        whole=down >= {tunnel.key for tunnel in link.tunnels},
        duration=duration,
        why=why,
    )


def _causes(found: Prediction, before: Plan, link: Link) -> Iterator[Affected]:
    site = before.azure_by_key[link.azure]
    every = tuple(tunnel.key for tunnel in link.tunnels)
    if gateway := _gateway(found, site.stacks.gateway):
        yield every, GATEWAY, f"the Azure gateway is replaced ({_first(gateway)})"
    aws = before.aws_by_key[link.aws]
    for change in found.of(aws.stack):
        if change.type in ("aws_vpn_gateway", "aws_ec2_transit_gateway") and change.goes:
            yield every, AWS_CONNECTION, "the AWS gateway is replaced"
    for change in found.of(link.stack):
        if change.type == "aws_vpn_connection":
            yield from _of_connection(link, change)
    scope = f"/to-{aws.identity}/"
    for change in found.of(site.stacks.connections):
        if scope not in f"/{change.path}" or not change.type.startswith(
            ("azurerm_virtual_network_gateway_connection", "azurerm_local_network_gateway")
        ):
            continue
        if change.kind is not Kind.CREATE and not _only_tags(change):
            tunnel = change.path.partition(scope)[2].partition("/")[0]
            yield (tunnel,), AZURE_CONNECTION, f"its Azure end changes ({_first(change)})"


def _of_connection(link: Link, change: Change) -> Iterator[Affected]:
    instance = next((part for part in change.path.split("/") if re.fullmatch(r"i\d", part)), "")
    tunnels = [tunnel for tunnel in link.tunnels if tunnel.key.startswith(f"{instance}-")]
    every = tuple(tunnel.key for tunnel in tunnels)
    if change.goes:
        yield every, AWS_CONNECTION, f"the VPN connection is {_DONE[change.kind]} ({_first(change)})"
    elif change.kind is Kind.UPDATE and not _only_tags(change):
        numbers = {match["number"] for cause in change.causes if (match := _TUNNEL.match(cause.argument))}
        whole = any(
            not _TUNNEL.match(cause.argument) and cause.argument.split(".")[0] not in _HARMLESS
            for cause in change.causes
        )
        down = every if whole else tuple(t.key for t in tunnels if str(t.number) in numbers)
        if down:
            yield down, TUNNEL_OPTIONS, f"options of the AWS end change ({_first(change)})"


def _gateway(found: Prediction, stack: str | None) -> Change | None:
    for change in found.of(stack) if stack else ():
        if change.type == "azurerm_virtual_network_gateway" and change.goes:
            return change
    return None


def _only_tags(change: Change) -> bool:
    return change.kind is Kind.UPDATE and all(cause.argument.split(".")[0] in _HARMLESS for cause in change.causes)


def _first(change: Change) -> str:
    return change.causes[0].argument if change.causes else "its stack is destroyed and made again"
