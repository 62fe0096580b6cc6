"""Where the two ends of a tunnel differ: what Azure has, what AWS has, and which resources say so.

Each reference is followed to its source, so that a key, an address or a public IP of another tunnel is seen even though
every single resource looks right. Of what these files do not make only the id is known: its address ranges may be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from isthmus.observed import between, paths, sessions
from isthmus.observed.comparison import Comparison, Ranges, compared, fault
from isthmus.observed.links import Links
from isthmus.observed.observation import Found, Target, Unresolved
from isthmus.observed.resources import Resource
from isthmus.observed.types import AwsEnd, AzureEnd, Proposals, Tunnel
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known, sequence

# AWS startup action, AWS action on a dead peer, Azure connection mode: somebody starts, and who starts restarts.
ROLES: Final = {
    ("start", "restart", "Default"),
    ("start", "restart", "ResponderOnly"),
    ("add", "clear", "InitiatorOnly"),
}
CALLED: Final = {"Default", "InitiatorOnly"}
"""Modes in which Azure begins."""


def differences(links: Links, ranges: Ranges | None = None) -> list[Comparison]:
    """Everything that the two ends do not agree on; nothing for a configuration that can work."""
    return [one for one in comparisons(links, ranges) if one.equal is False]


def undecided(links: Links, ranges: Ranges | None = None) -> list[Comparison]:
    """What cannot be compared before apply."""
    return [one for one in comparisons(links, ranges) if one.equal is None]


def comparisons(links: Links, ranges: Ranges | None = None) -> list[Comparison]:
    """All that was compared, whatever came of it."""
    ranges = ranges or {}
    found = [one for tunnel in links.tunnels for one in of_tunnel(links, tunnel, ranges)]
    found += [_alone_on_azure(end) for end in links.paired.lone_azure]
    return [
        *found,
        *paths.to_the_gateways(links, ranges),
        *between.comparisons(links),
    ]


def of_tunnel(links: Links, tunnel: Tunnel, ranges: Ranges) -> Iterator[Comparison]:
    """What the two ends of ``tunnel`` have to agree on."""
    azure, aws = tunnel.azure, tunnel.aws
    resources, name = _resources(azure, aws), str(tunnel)
    broken = [*_broken(azure, aws)]
    for why in broken:
        yield fault(why, what="ends").placed(name, resources)
    if broken:
        return
    for one in (
        *_identity(azure, aws),
        *_routing(links, tunnel, ranges),
        *_gateway(azure),
        *proposals(azure.proposals, aws.proposals),
        *_roles(azure, aws),
        *_place(links, azure),
    ):
        yield one.placed(name, resources)


def _alone_on_azure(end: AzureEnd) -> Comparison:
    """An Azure connection whose AWS end is not in these files, or cannot be told."""
    broken = [*_broken(end, None)]
    why = broken[0] if broken else f"no AWS tunnel has the outside address {end.peer_address}"
    # Where no file has the AWS side there is nothing to miss.
    return replace(fault(why, what="ends", certain=bool(broken), resources=_resources(end, None)), of=str(end))


def _broken(azure: AzureEnd, aws: AwsEnd | None) -> Iterator[str]:
    """Arguments that lead nowhere, or to something of another kind."""
    targets: list[Target] = [azure.local_network_gateway, azure.gateway.target]
    values: list[tuple[str, Value]] = [(f"shared_key of {azure.connection}", azure.key)]
    if isinstance(azure.local_network_gateway, Found):
        values.append((f"gateway_address of {azure.local_network_gateway}", azure.peer_address))
        if azure.peer_address is ABSENT:
            yield f"gateway_address of {azure.local_network_gateway} is missing"
    if aws is not None:
        targets += [aws.customer_gateway, aws.gateway.target]
        values.append((f"the key of {aws}", aws.key if aws.key_is_given else ABSENT))
    yield from (target.why for target in targets if isinstance(target, Unresolved) and target.certain)
    for what, value in values:
        if isinstance(value, Unknown) and value.reason and not value.meaning:
            yield f"{what}: {value.reason}"


def _identity(azure: AzureEnd, aws: AwsEnd) -> Iterator[Comparison]:
    what = "key" if aws.key_is_given else "tunnel of the key and of the address"
    key = compared(what, azure.key, aws.key)
    # What AWS keeps to itself is never what Azure may read there.
    if isinstance(azure.key, Unknown) and azure.key.reason:
        key = Comparison(what=what, azure=azure.key.reason, aws=str(aws.key), equal=False)
    yield key
    if not _is_some_attribute(azure.peer_address, aws):
        yield compared("outside address", azure.peer_address, aws.outside_address)


def _is_some_attribute(value: Value, aws: AwsEnd) -> bool:
    """Whether a plan tells of ``value`` only that it is something of the connection of ``aws``."""
    reference = value.reference if isinstance(value, Unknown) else None
    return reference is not None and not reference.path and (reference.root, reference.address) == aws.connection.key


def _routing(links: Links, tunnel: Tunnel, ranges: Ranges) -> Iterator[Comparison]:
    if known(tunnel.aws.static) is True:
        yield from _static(links, tunnel, ranges)
    else:
        yield from sessions.comparisons(links, tunnel)


def _static(links: Links, tunnel: Tunnel, ranges: Ranges) -> Iterator[Comparison]:
    azure, aws = tunnel.azure, tunnel.aws
    yield compared("BGP of the connection", azure.bgp, Known(value=False))
    for one in azure.custom_bgp:
        if one is not ABSENT:
            yield compared("BGP addresses of the connection", one, ABSENT)
    if azure.peer_bgp_address is not ABSENT or azure.peer_asn is not ABSENT:
        yield compared("BGP peer beside static routes", azure.peer_asn, ABSENT)
    if isinstance(azure.gateway.target, Found) and tunnel.instance is None and isinstance(aws.peer_address, Known):
        yield sessions.no_instance(azure, aws, certain=True)
    yield compared("ranges of AWS", _sorted(azure.address_space), paths.aws_ranges(links, aws.gateway, ranges))
    yield compared(
        "ranges of Azure",
        paths.azure_ranges(links, azure.gateway, ranges),
        Known(tuple(paths.static_routes(links, aws))),
    )


def _sorted(value: Value) -> Value:
    return Known(tuple(sorted(map(str, sequence(value.value))))) if isinstance(value, Known) else value


def _gateway(azure: AzureEnd) -> Iterator[Comparison]:
    gateway = azure.gateway
    if isinstance(gateway.target, Found):
        has = gateway.asn is not ABSENT
        bgp = known(gateway.bgp)
        equal = None if bgp is None else has == bgp
        yield Comparison(what="BGP settings of the gateway", azure=str(has), aws=str(bgp), equal=equal, breaks=False)
        wanted = 2 if known(gateway.active_active) else 1
        number = len(gateway.instances)
        # A third configuration is that of point-to-site clients.
        if not (number == wanted or number > wanted > 1):
            yield fault(f"{gateway.target} has {number} IP configurations, not {wanted}", what="IP configurations")


def proposals(azure: Proposals, aws: Proposals) -> Iterator[Comparison]:
    """What is negotiated. Ends that have one value in common come up; they differ all the same."""
    for what, ours, theirs in (
        ("ike_encryption", azure.ike_encryption, aws.ike_encryption),
        ("ike_integrity", azure.ike_integrity, aws.ike_integrity),
        ("dh_group", azure.ike_groups, aws.ike_groups),
        ("ipsec_encryption", azure.esp_encryption, aws.esp_encryption),
        ("pfs_group", azure.pfs_groups, aws.pfs_groups),
        ("ipsec_integrity", azure.esp_integrity, aws.esp_integrity),
        ("IKE version", azure.ike_versions, aws.ike_versions),
    ):
        yield _offers(what, ours, theirs, is_default=not (what in azure.stated and what in aws.stated))
    yield compared("IKE lifetime", azure.ike_lifetime, aws.ike_lifetime, breaks=False)
    yield compared("ESP lifetime", azure.esp_lifetime, aws.esp_lifetime, breaks=False)


def _offers(what: str, azure: Value, aws: Value, *, is_default: bool) -> Comparison:
    """Two sets of which one value has to be in both. Where an end leaves it to its cloud, that is enough."""
    one = compared(what, azure, aws)
    left, right = known(azure), known(aws)
    if one.equal is not False or not isinstance(left, frozenset) or not isinstance(right, frozenset):
        return one
    common = bool(left & right)
    return replace(one, equal=common and is_default, breaks=not common)


def _roles(azure: AzureEnd, aws: AwsEnd) -> Iterator[Comparison]:
    yield compared("DPD seconds", azure.dpd_seconds, aws.dpd_seconds, breaks=False)
    roles = tuple(str(known(value)) for value in (aws.startup, aws.dpd_action, azure.mode))
    nobody = roles[0] == "add" and roles[2] not in CALLED
    yield Comparison(
        what="who starts", azure=roles[2], aws=f"{roles[0]}, {roles[1]}", equal=roles in ROLES, breaks=nobody
    )


def _place(links: Links, azure: AzureEnd) -> Iterator[Comparison]:
    """Azure wants a connection where its gateway is; what stands elsewhere is refused or lost from sight."""
    gateway = azure.gateway.target
    reference = gateway.resource if isinstance(gateway, Found) else azure.connection
    local = azure.local_network_gateway
    for resource in (azure.connection, *([local.resource] if isinstance(local, Found) else [])):
        for argument in ("location", "resource_group_name"):
            there, here = (links.observed.value(one, argument) for one in (resource, reference))
            one = compared(
                f"place of {resource.type}", there, here, breaks=argument == "location" and resource is azure.connection
            )
            if one.equal is False:
                yield one


def _resources(azure: AzureEnd, aws: AwsEnd | None) -> tuple[Resource, ...]:
    targets: list[Target] = [azure.local_network_gateway, azure.gateway.target]
    found = [azure.connection, *(t.resource for t in targets if isinstance(t, Found))]
    if aws:
        targets = [aws.customer_gateway, aws.gateway.target]
        found += [aws.connection, *(t.resource for t in targets if isinstance(t, Found))]
    return tuple(found)
