"""What tunnels have to have apart, and what belongs to no tunnel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from isthmus.observed.aws import is_same
from isthmus.observed.comparison import Comparison, fault
from isthmus.observed.links import Links
from isthmus.observed.observation import Found, Outside, Target
from isthmus.observed.resources import Resource
from isthmus.observed.secrets import Secret
from isthmus.observed.types import Tunnel
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known, same, sequence

WAITING: Final = ("add", "clear")
"""Startup action, action on a dead peer: of an AWS tunnel that nobody calls."""


def comparisons(links: Links) -> Iterator[Comparison]:
    """What is wrong between the tunnels of ``links``."""
    yield from _shared(links)
    yield from _told_apart(links)
    yield from _idle(links)
    yield from _apipa(links)


def _shared(links: Links) -> Iterator[Comparison]:
    """What only one tunnel may have."""
    for what, breaks, of in (
        ("key", False, lambda t: _text(t.azure.key)),
        ("outside address", True, lambda t: _text(t.azure.peer_address)),
        ("local network gateway", True, lambda t: str(t.azure.local_network_gateway)),
        ("inside block at one AWS gateway", True, lambda t: _block(t, t.aws.gateway.target)),
        ("inside block at one Azure gateway", True, lambda t: _block(t, t.azure.gateway.target)),
    ):
        tunnels: dict[Any, list[Tunnel]] = defaultdict(list)
        for tunnel in links.tunnels:
            if (text := of(tunnel)) is not None:
                tunnels[text].append(tunnel)
        for text, those in tunnels.items():
            if len(those) > 1:
                resources = tuple(t.azure.connection for t in those)
                why = f"{len(those)} tunnels share the {what}{'' if isinstance(text, Secret) else f' {text}'}"
                yield fault(why, what=what, breaks=breaks, resources=resources)


def _text(value: Value) -> Any:
    if isinstance(value, Known):
        return value.value if isinstance(value.value, Secret) else str(value.value)
    return (value.meaning or None) if isinstance(value, Unknown) else None


def _block(tunnel: Tunnel, gateway: Target) -> str | None:
    block = known(tunnel.aws.inside_block)
    return None if block is None else f"{block} at {gateway}"


def _told_apart(links: Links) -> Iterator[Comparison]:
    """What is said of one thing outside these files in several places, and not alike."""
    told: dict[str, dict[str, Resource]] = defaultdict(dict)
    for tunnel in links.tunnels:
        azure, aws = tunnel.azure, tunnel.aws
        if isinstance(azure.gateway.target, Outside):
            told[f"the ASN of {azure.gateway.target}"].setdefault(str(aws.peer_asn), aws.connection)
            if known(aws.static) is not True:
                place = int(same(azure.custom_bgp[1], aws.peer_bgp_address) is True)
                told[f"the instance with {aws.peer_address}"].setdefault(str(place), azure.connection)
        if isinstance(aws.gateway.target, Outside) and known(aws.static) is not True:
            told[f"the ASN of {aws.gateway.target}"].setdefault(str(azure.peer_asn), azure.connection)
    for what, values in told.items():
        if len(values) > 1:
            why = f"{what} is {' and '.join(sorted(values))}"
            yield fault(why, what=what, resources=tuple(values.values()))


def _idle(links: Links) -> Iterator[Comparison]:
    """AWS tunnels that no Azure connection uses, where one must, or that do not wait.

    Only the second tunnel of a connection may be without a counterpart, and only where Azure has one instance or the
    routes are static.
    """
    used = {(t.aws.connection, t.aws.number): t for t in links.tunnels}
    for aws in links.paired.lone_aws:
        other = used.get((aws.connection, 3 - aws.number))
        of = f"tunnel{aws.number} of {aws.connection}"
        open_ends = bool(links.paired.lone_azure) or not links.azure_ends
        if aws.number == 1 or other is None or not (known(other.aws.static) is True or _alone(other)):
            why = f"{of} has no Azure connection"
            yield fault(why, what="ends", certain=not open_ends, breaks=False, resources=(aws.connection,))
        does = known(aws.startup), known(aws.dpd_action)
        if does != WAITING:
            why = f"{of} has no Azure connection and does {does}, not {WAITING}"
            yield fault(why, what="who starts", breaks=False, resources=(aws.connection,))


def _alone(tunnel: Tunnel) -> bool:
    """Whether the Azure gateway of ``tunnel`` has one instance, as far as can be seen."""
    azure = tunnel.azure
    if isinstance(azure.gateway.target, Found):
        return known(azure.gateway.active_active) is False
    return azure.custom_bgp[1] is ABSENT


def _apipa(links: Links) -> Iterator[Comparison]:
    """BGP addresses of an Azure gateway that none of its tunnels uses."""
    for gateway in links.azure_gateways:
        if not isinstance(gateway.target, Found):
            continue
        tunnels = [t for t in links.tunnels if is_same(t.azure.gateway.target, gateway.target)]
        used = {known(t.aws.peer_bgp_address) for t in tunnels if known(t.aws.static) is not True}
        given = {a for instance in gateway.instances for a in sequence(known(instance.apipa, ()))}
        for address in sorted(given - used, key=str):
            why = f"{gateway.target} has the BGP address {address}, which no tunnel uses"
            resources = (gateway.target.resource,)
            yield fault(why, what="BGP addresses", certain=None not in used, breaks=False, resources=resources)
