"""Routes on AWS: what the route tables hold, what is propagated into them, and what they are associated with."""

from __future__ import annotations

from collections.abc import Iterator

from isthmus.observed.aws import CONNECTION, TGW, VGW, is_same
from isthmus.observed.observation import Found, Observed, Target
from isthmus.observed.resources import Resource, is_own
from isthmus.observed.types import Route, RouteKind
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known

TABLES = ("aws_route_table", "aws_default_route_table")
TGW_TABLE = "aws_ec2_transit_gateway_route_table"
VPC_ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment"
_GATEWAYS = {"transit_gateway_id": (TGW,), "gateway_id": (VGW, "aws_internet_gateway")}
_DESTINATIONS = ("destination_cidr_block", "cidr_block")


def routes(observed: Observed) -> list[Route]:
    """Every route of these files on AWS; inline routes and ``propagating_vgws`` of a route table as well."""
    return [*_of_connections(observed), *_of_transit(observed), *_of_vpcs(observed), *_propagations(observed)]


def _of_connections(observed: Observed) -> Iterator[Route]:
    for resource in observed.resources("aws_vpn_connection_route"):
        to = observed.target(resource, ("vpn_connection_id",), (CONNECTION,))
        yield Route(
            resource=resource,
            kind=RouteKind.CONNECTION,
            destination=_destination(observed, resource),
            table=None,
            to=to,
        )


def _of_transit(observed: Observed) -> Iterator[Route]:
    kinds = {
        "aws_ec2_transit_gateway_route": RouteKind.TRANSIT,
        "aws_ec2_transit_gateway_route_table_propagation": RouteKind.PROPAGATION,
        "aws_ec2_transit_gateway_route_table_association": RouteKind.ASSOCIATION,
    }
    for type_, kind in kinds.items():
        for resource in observed.resources(type_):
            yield Route(
                resource=resource,
                kind=kind,
                destination=_destination(observed, resource),
                table=observed.target(resource, ("transit_gateway_route_table_id",), (TGW_TABLE,)),
                to=attachment(observed, resource),
            )


def attachment(observed: Observed, resource: Resource) -> Target:
    """The VPN connection or VPC attachment that ``resource`` names."""
    path = ("transit_gateway_attachment_id",)
    found = observed.target(resource, path, (CONNECTION,), "transit_gateway_attachment_id")
    return found if isinstance(found, Found) else observed.target(resource, path, (VPC_ATTACHMENT,))


def _of_vpcs(observed: Observed) -> Iterator[Route]:
    for resource in observed.resources("aws_route"):
        table = observed.target(resource, ("route_table_id",), TABLES)
        yield from _vpc_route(observed, resource, (), table)
    for resource in observed.resources(*TABLES):
        for number in range(observed.blocks(resource, "route")):
            yield from _vpc_route(observed, resource, ("route", number), Found(resource))


def _vpc_route(observed: Observed, resource: Resource, at: tuple[str | int, ...], table: Target) -> Iterator[Route]:
    for argument, types in _GATEWAYS.items():
        value = observed.value(resource, *at, argument)
        if value is ABSENT or known(value, "?") in ("", None) or is_own(resource, value):
            continue
        destination = next(
            (v for name in _DESTINATIONS if (v := observed.value(resource, *at, name)) is not ABSENT), ABSENT
        )
        to = observed.named(value, types, what=f"{argument} of {resource}")
        yield Route(resource=resource, kind=RouteKind.TABLE, destination=destination, table=table, to=to)


def _propagations(observed: Observed) -> Iterator[Route]:
    for resource in observed.resources("aws_vpn_gateway_route_propagation"):
        yield Route(
            resource=resource,
            kind=RouteKind.PROPAGATION,
            destination=ABSENT,
            table=observed.target(resource, ("route_table_id",), TABLES),
            to=observed.target(resource, ("vpn_gateway_id",), (VGW,)),
        )
    for resource in observed.resources(*TABLES):
        whole = observed.value(resource, "propagating_vgws")
        for number in range(observed.blocks(resource, "propagating_vgws")):
            value = observed.value(resource, "propagating_vgws", number)
            to = observed.named(value, (VGW,), what=f"propagating_vgws of {resource}")
            yield Route(resource=resource, kind=RouteKind.PROPAGATION, destination=ABSENT, table=Found(resource), to=to)
        if (
            isinstance(whole, Unknown)
            and not observed.blocks(resource, "propagating_vgws")
            and not is_own(resource, whole)
        ):
            yield Route(
                resource=resource,
                kind=RouteKind.PROPAGATION,
                destination=ABSENT,
                table=Found(resource),
                to=observed.named(whole, (VGW,), what=f"propagating_vgws of {resource}"),
            )


def route_tables(observed: Observed, vpc: Target) -> list[Resource]:
    """The route tables that these files make in ``vpc``."""
    return [
        table
        for table in observed.resources(*TABLES)
        if is_same(observed.target(table, ("vpc_id",), ("aws_vpc",)), vpc)
    ]


def vpc_attachments(observed: Observed, gateway: Target) -> list[Resource]:
    """The attachments of VPCs to the transit gateway ``gateway``."""
    return [
        found
        for found in observed.resources(VPC_ATTACHMENT)
        if is_same(observed.target(found, ("transit_gateway_id",), (TGW,)), gateway)
    ]


def cidrs(observed: Observed, vpc: Target) -> Value:
    """The ranges of ``vpc`` (a tuple), those of its secondary blocks among them."""
    if not isinstance(vpc, Found):
        return Unknown()
    first = known(observed.value(vpc.resource, "cidr_block"))
    if first is None:
        return Unknown()
    more = [
        known(observed.value(block, "cidr_block"))
        for block in observed.resources("aws_vpc_ipv4_cidr_block_association")
        if is_same(observed.target(block, ("vpc_id",), ("aws_vpc",)), vpc)
    ]
    return Known((first, *more)) if None not in more else Unknown()


def _destination(observed: Observed, resource: Resource) -> Value:
    return observed.value(resource, "destination_cidr_block")
