"""How packets find the tunnels: what leads to an AWS gateway, and which ranges lie behind each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isthmus.observed.aws import is_same
from isthmus.observed.azure import network
from isthmus.observed.comparison import Comparison, Ranges, fault
from isthmus.observed.links import Links
from isthmus.observed.observation import Found, Outside, Target, Unresolved
from isthmus.observed.resources import Resource
from isthmus.observed.routes import cidrs, route_tables, vpc_attachments
from isthmus.observed.types import AwsEnd, AwsGateway, AzureGateway, RouteKind, Tunnel
from isthmus.observed.values import Known, Unknown, Value, known, sequence


def static_routes(links: Links, end: AwsEnd) -> list[str]:
    """The static routes to ``end``: of a transit gateway, those of its route tables."""
    if end.gateway.kind == "tgw":
        table = _table_of(links, end.connection)
        found = [
            r
            for r in links.routes
            if r.kind is RouteKind.TRANSIT and _is(r.to, end.connection) and _same_or_none(r.table, table)
        ]
    else:
        found = [r for r in links.routes if r.kind is RouteKind.CONNECTION and _is(r.to, end.connection)]
    return sorted(str(known(r.destination, r.destination)) for r in found)


def azure_ranges(links: Links, gateway: AzureGateway, ranges: Ranges) -> Value:
    """The ranges of the VNet in which ``gateway`` stands, sorted."""
    if isinstance(gateway.target, Outside):
        return _told(ranges, gateway.target.id)
    for instance in gateway.instances:
        vnet = network(links.observed, instance)
        if isinstance(vnet, Found):
            space = links.observed.value(vnet.resource, "address_space")
            return Known(tuple(sorted(map(str, sequence(space.value))))) if isinstance(space, Known) else space
        if isinstance(vnet, Outside):
            return _told(ranges, vnet.id)
    return Unknown()


def aws_ranges(links: Links, gateway: AwsGateway, ranges: Ranges) -> Value:
    """The ranges of the VPC behind ``gateway``, sorted."""
    holder: Target = gateway.vpcs[0] if gateway.vpcs else gateway.target
    if isinstance(holder, Outside):
        return _told(ranges, holder.id)
    if not gateway.vpcs:
        return Known(())
    found = [cidrs(links.observed, vpc) for vpc in gateway.vpcs]
    if not all(isinstance(value, Known) for value in found):
        return Unknown()
    return Known(tuple(sorted(cidr for value in found for cidr in known(value))))


def _told(ranges: Ranges, id_: str) -> Value:
    return Known(tuple(sorted(ranges[id_]))) if id_ in ranges else Unknown()


def to_the_gateways(links: Links, ranges: Ranges) -> Iterator[Comparison]:
    """What keeps the networks behind an AWS gateway from reaching it, or it from reaching them."""
    for gateway in links.aws_gateways:
        there = [t for t in links.tunnels if is_same(t.aws.gateway.target, gateway.target)]
        if not there or (isinstance(gateway.target, Unresolved)):
            continue
        told = _transit(links, gateway, there, ranges) if gateway.kind == "tgw" else _private(links, gateway)
        for certain, why in told:
            resources = tuple(t.aws.connection for t in there)
            yield fault(why, what="routes to the gateway", certain=certain, resources=resources)


def _private(links: Links, gateway: AwsGateway) -> Iterator[tuple[bool, str]]:
    tables = [r.table for r in links.routes if r.kind is RouteKind.PROPAGATION and is_same(r.to, gateway.target)]
    open_ends = any(
        r.kind is RouteKind.PROPAGATION and isinstance(r.to, Unresolved) and not r.to.certain for r in links.routes
    )
    routed = [r.table for r in links.routes if r.kind is RouteKind.TABLE and is_same(r.to, gateway.target)]
    made = [table for vpc in gateway.vpcs for table in route_tables(links.observed, vpc)]
    for table in sorted(made, key=str):
        if not any(_is(target, table) for target in (*tables, *routed)):
            yield not open_ends, f"{gateway.target} does not propagate into {table}"
    if not tables and not routed:
        yield not open_ends, f"{gateway.target} propagates nowhere"


def _transit(links: Links, gateway: AwsGateway, there: list[Tunnel], ranges: Ranges) -> Iterator[tuple[bool, str]]:
    attachments = [t.aws.connection for t in there] + vpc_attachments(links.observed, gateway.target)
    own = isinstance(gateway.target, Found)
    if own and not gateway.vpcs:
        yield True, f"{gateway.target} has no VPC attached"
    tables = {str(table) for a in attachments if (table := _table_of(links, a)) is not None}
    # A gateway's own default table serves all attachments, unless it is turned off.
    by_default = own and isinstance(gateway.target, Found) and not _turned_off(links, gateway.target.resource)
    if len(tables) > 1 or (own and not tables and not by_default):
        yield True, f"{gateway.target} has {len(tables)} route tables in use, where one must be"
    for attachment in dict.fromkeys(attachments):
        for kind in (RouteKind.ASSOCIATION, RouteKind.PROPAGATION):
            number = sum(r.kind is kind and _is(r.to, attachment) for r in links.routes)
            if number != bool(tables) and not (by_default and number == 0):
                word = kind.name.lower()
                yield True, f"{attachment} has {number} route table {word}s, where {int(bool(tables))} must be"
    wanted = _heard(links, gateway, ranges)
    if not own and not any(r.kind is RouteKind.TABLE and is_same(r.to, gateway.target) for r in links.routes):
        yield False, f"the VPC of {gateway.target} leads [] to it in these files"
    for name, blocks in _vpc_routes(links, gateway).items():
        if wanted is None:
            yield False, f"{name} leads {blocks} to {gateway.target}"
        elif sorted(blocks) != wanted:
            yield True, f"{name} leads {sorted(blocks)} to {gateway.target}, where {wanted} must be"


def _turned_off(links: Links, gateway: Resource) -> bool:
    names = ("default_route_table_association", "default_route_table_propagation")
    return any(known(links.observed.value(gateway, name)) == "disable" for name in names)


def _heard(links: Links, gateway: AwsGateway, ranges: Ranges) -> list[str] | None:
    """The ranges that an AWS gateway hears of: over BGP from end to end, and one static link beyond."""
    ends: list[tuple[bool, set[str]]] = [
        (known(t.aws.static) is True, {str(t.aws.gateway.target), str(t.azure.gateway.target)}) for t in links.tunnels
    ]
    group = {str(gateway.target)}
    while True:
        grown = group.union(*(pair for static, pair in ends if not static and pair & group))
        if grown == group:
            break
        group = grown
    group = group.union(*(pair for static, pair in ends if static and pair & group)) - {str(gateway.target)}
    found: list[Value] = [azure_ranges(links, g, ranges) for g in links.azure_gateways if str(g.target) in group]
    found += [aws_ranges(links, g, ranges) for g in links.aws_gateways if str(g.target) in group]
    if not all(isinstance(value, Known) for value in found):
        return None
    return sorted({str(block) for value in found for block in known(value)})


def _vpc_routes(links: Links, gateway: AwsGateway) -> dict[str, list[Any]]:
    """The routes to the transit gateway, by VPC route table; tables of its VPCs without one, too."""
    made = [table for vpc in gateway.vpcs for table in route_tables(links.observed, vpc)]
    found: dict[str, list[Any]] = {str(table): [] for table in made}
    for route in links.routes:
        if route.kind is RouteKind.TABLE and is_same(route.to, gateway.target):
            found.setdefault(str(route.table), []).append(known(route.destination, str(route.destination)))
    return found


def _table_of(links: Links, attachment: Resource) -> Target | None:
    """The route table that decides for what comes out of ``attachment``."""
    return next((r.table for r in links.routes if r.kind is RouteKind.ASSOCIATION and _is(r.to, attachment)), None)


def _is(target: Target | None, resource: Resource) -> bool:
    return isinstance(target, Found) and target.resource == resource


def _same_or_none(one: Target | None, other: Target | None) -> bool:
    return one is other or (one is not None and other is not None and is_same(one, other))
