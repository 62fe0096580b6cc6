"""How packets find the tunnels, on both sides: BGP or static routes, and what leads to the gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tests.synth.ends import Adopted, End, Tunnel, follow, instance, instances
from tests.synth.terraform_json import Attribute, Block, Stacks, UnresolvedError, blocks, one, origin

Known = Mapping[str, Sequence[str]]
"""The address ranges of what is adopted, by the id or name under which Terraform finds it."""


def differences(stacks: Stacks, tunnel: Tunnel, known: Known) -> Iterator[tuple[str, object, object]]:
    """What is compared, Azure's value, AWS's value; of one tunnel."""
    yield from (_static if tunnel.is_static else _bgp)(stacks, tunnel, known)
    if isinstance(tunnel.gateway, Block):
        bgp = tunnel.gateway.body.get("enable_bgp") is True
        yield "BGP settings of the gateway", "bgp_settings" in tunnel.gateway.body, bgp
        yield "places for instances", len(instances(tunnel.gateway)), len(tunnel.gateway.body["ip_configuration"])


def _bgp(stacks: Stacks, tunnel: Tunnel, known: Known) -> Iterator[tuple[str, object, object]]:
    here = instance(stacks, tunnel)
    peer = one(tunnel.local_network_gateway.body.get("bgp_settings"))
    custom = one(tunnel.connection.body.get("custom_bgp_addresses"))
    own = str(tunnel.inside[2])
    yield "prefix length of the inside block", 30, tunnel.inside.prefixlen
    yield "AWS's BGP address", peer.get("bgp_peering_address"), str(tunnel.inside[1])
    yield "Azure's BGP address", custom.get(("primary", "secondary")[here.number]), own
    asn = str(peer.get("asn"))
    named = tunnel.customer_gateway.body.get("bgp_asn") or tunnel.customer_gateway.body.get("bgp_asn_extended")
    if isinstance(tunnel.gateway, Block):
        own_there = here.apipa is not None and own in here.apipa
        yield f"Azure's BGP address at instance {here.number}", own if own_there else here.apipa, own
        addresses = instances(tunnel.gateway)
        words = ("primary", "secondary")[: len(addresses)]
        for other, word in enumerate(words):
            yield f"{word} BGP address is one of instance {other}", custom.get(word) in addresses[other], True
        yield "number of BGP addresses", len(custom), len(addresses)
        yield "Azure's ASN", str(one(tunnel.gateway.body.get("bgp_settings")).get("asn")), str(named)
        yield "BGP of the gateway", tunnel.gateway.body.get("enable_bgp"), True
    if isinstance(tunnel.aws_gateway, Block):
        yield "AWS's ASN", asn, str(tunnel.aws_gateway.body.get("amazon_side_asn"))
    yield "BGP of the connection", tunnel.connection.body.get("enable_bgp"), True
    yield (
        "static routes beside BGP",
        tunnel.local_network_gateway.body.get("address_space", []),
        _static_routes(stacks, tunnel),
    )


def _static(stacks: Stacks, tunnel: Tunnel, known: Known) -> Iterator[tuple[str, object, object]]:
    local = tunnel.local_network_gateway.body
    yield "BGP of the connection", tunnel.connection.body.get("enable_bgp"), False
    yield "BGP addresses of the connection", tunnel.connection.body.get("custom_bgp_addresses"), None
    yield "BGP peer beside static routes", local.get("bgp_settings"), None
    yield "ranges of AWS", sorted(local.get("address_space", [])), _aws_ranges(stacks, tunnel.aws_gateway, known)
    yield "ranges of Azure", azure_ranges(stacks, tunnel.gateway, known), _static_routes(stacks, tunnel)


def _static_routes(stacks: Stacks, tunnel: Tunnel) -> list[str]:
    """The static routes of the connection of ``tunnel``: with a transit gateway, those of its route tables."""
    if tunnel.is_tgw:
        found = [
            b
            for b in blocks(stacks, "aws_ec2_transit_gateway_route")
            if _is(stacks, b, "transit_gateway_attachment_id", Attribute(tunnel.aws, "transit_gateway_attachment_id"))
            and _table(stacks, b) == _table_of(stacks, tunnel.aws)
        ]
    else:
        found = [
            b
            for b in blocks(stacks, "aws_vpn_connection_route")
            if _is(stacks, b, "vpn_connection_id", Attribute(tunnel.aws, "id"))
        ]
    return sorted(b.body["destination_cidr_block"] for b in found)


def azure_ranges(stacks: Stacks, gateway: End, known: Known) -> list[str]:
    """The ranges of the VNet in which ``gateway`` stands."""
    if isinstance(gateway, Adopted):
        return sorted(known[gateway.id])
    (subnet,) = {origin(stacks, gateway.stack, c["subnet_id"]).block for c in gateway.body["ip_configuration"]}
    vnet = follow(
        stacks, subnet, "virtual_network_name", "azurerm_virtual_network", attribute="name", adopted=r"[A-Za-z0-9]"
    )
    return sorted(known[vnet.id] if isinstance(vnet, Adopted) else vnet.body["address_space"])


def _aws_ranges(stacks: Stacks, gateway: End, known: Known) -> list[str]:
    """The ranges of the VPC behind ``gateway``."""
    holder = _vpc(stacks, gateway) or gateway
    if isinstance(holder, Adopted):
        return sorted(known.get(holder.id, ()))
    return [holder.body["cidr_block"]]


def _vpc(stacks: Stacks, gateway: End) -> End | None:
    """The VPC that ``gateway`` is attached to, as far as these stacks do it."""
    if isinstance(gateway, Block) and gateway.type == "aws_vpn_gateway":
        attached = [gateway]
    else:
        attached = [
            b
            for b in blocks(stacks, "aws_vpn_gateway_attachment", "aws_ec2_transit_gateway_vpc_attachment")
            if _names(stacks, b, ("vpn_gateway_id", "transit_gateway_id"), gateway)
        ]
    if len(attached) > 1:
        raise UnresolvedError(f"{gateway} is attached {len(attached)} times")
    return follow(stacks, attached[0], "vpc_id", "aws_vpc", adopted="vpc-") if attached else None


def to_the_gateways(stacks: Stacks, whole: Sequence[Tunnel], known: Known) -> Iterator[str]:
    """What keeps the networks behind an AWS gateway from reaching it, or it from reaching them."""
    ordered = sorted(whole, key=lambda t: str(t.aws_gateway))
    for gateway, group in groupby(ordered, key=lambda t: t.aws_gateway):
        there = list(group)
        wanted = sorted(_heard(stacks, gateway, whole, known))
        yield from (_tgw if there[0].is_tgw else _vgw)(stacks, gateway, there, wanted)


def _heard(stacks: Stacks, gateway: End, whole: Sequence[Tunnel], known: Known) -> set[str]:
    """The ranges that an AWS gateway hears of: over BGP from end to end, and one static link beyond."""
    group = {str(gateway)}
    while True:
        ends = [{str(t.aws_gateway), str(t.gateway)} for t in whole if not t.is_static]
        grown = group.union(*(pair for pair in ends if pair & group))
        if grown == group:
            break
        group = grown
    beyond = [{str(t.aws_gateway), str(t.gateway)} for t in whole if t.is_static]
    group = group.union(*(pair for pair in beyond if pair & group)) - {str(gateway)}
    ranges: set[str] = set()
    for tunnel in whole:
        if str(tunnel.gateway) in group:
            ranges |= set(azure_ranges(stacks, tunnel.gateway, known))
        if str(tunnel.aws_gateway) in group:
            ranges |= set(_aws_ranges(stacks, tunnel.aws_gateway, known))
    return ranges


def _vgw(stacks: Stacks, gateway: End, whole: Sequence[Tunnel], wanted: list[str]) -> Iterator[str]:
    propagating = {
        table
        for b in blocks(stacks, "aws_vpn_gateway_route_propagation")
        if _names(stacks, b, ("vpn_gateway_id",), gateway)
        for table in [follow(stacks, b, "route_table_id", "aws_route_table", adopted="rtb-")]
    }
    for table in sorted(_route_tables(stacks, gateway) - propagating, key=str):
        yield f"{gateway} does not propagate into {table}"
    if not propagating:
        yield f"{gateway} propagates nowhere"


def _tgw(stacks: Stacks, gateway: End, whole: Sequence[Tunnel], wanted: list[str]) -> Iterator[str]:
    attachments = [t.aws for t in whole] + [
        b
        for b in blocks(stacks, "aws_ec2_transit_gateway_vpc_attachment")
        if _names(stacks, b, ("transit_gateway_id",), gateway)
    ]
    own_table = isinstance(gateway, Block)
    if own_table and _vpc(stacks, gateway) is None:
        yield f"{gateway} has no VPC attached"
    tables = {table for a in attachments if (table := _table_of(stacks, a))}
    if len(tables) > 1 or (own_table and not tables):
        yield f"{gateway} has {len(tables)} route tables in use, where one must be"
    for attachment in dict.fromkeys(attachments):
        for kind in ("association", "propagation"):
            found = list(_tables(stacks, attachment, kind))
            if len(found) != bool(tables):
                yield f"{attachment} has {len(found)} route table {kind}s, where {int(bool(tables))} must be"
    for table, cidrs in _vpc_routes(stacks, gateway).items():
        if sorted(cidrs) != wanted:
            yield f"{table} leads {sorted(cidrs)} to {gateway}, where {wanted} must be"


def _vpc_routes(stacks: Stacks, gateway: End) -> dict[End, list[str]]:
    """The routes to the transit gateway ``gateway``, by VPC route table; tables of its VPC without one, too."""
    routes: dict[End, list[str]] = {table: [] for table in _route_tables(stacks, gateway)}
    for route in blocks(stacks, "aws_route"):
        if _names(stacks, route, ("transit_gateway_id",), gateway):
            table = follow(stacks, route, "route_table_id", "aws_route_table", adopted="rtb-")
            routes.setdefault(table, []).append(route.body["destination_cidr_block"])
    return routes or {Adopted(f"the VPC of {gateway}"): []}


def _route_tables(stacks: Stacks, gateway: End) -> set[End]:
    """The route tables that these stacks make in the VPC of ``gateway``."""
    vpc = _vpc(stacks, gateway)
    return {
        b for b in blocks(stacks, "aws_route_table") if follow(stacks, b, "vpc_id", "aws_vpc", adopted="vpc-") == vpc
    }


def _names(stacks: Stacks, block: Block, arguments: Sequence[str], end: End) -> bool:
    """Whether one of ``arguments`` of ``block`` names ``end``."""
    wanted = Attribute(end, "id") if isinstance(end, Block) else end.id
    return any(_is(stacks, block, argument, wanted) for argument in arguments if argument in block.body)


def _is(stacks: Stacks, block: Block, argument: str, wanted: Attribute | str) -> bool:
    value = block.body.get(argument)
    return value == wanted if isinstance(wanted, str) else _attribute_or_none(stacks, block, value) == wanted


def _attribute_or_none(stacks: Stacks, block: Block, value: object) -> Attribute | None:
    try:
        return origin(stacks, block.stack, value)
    except UnresolvedError:
        return None


def _tables(stacks: Stacks, attachment: Block, kind: str) -> Iterator[End]:
    name = "transit_gateway_attachment_id" if attachment.type == "aws_vpn_connection" else "id"
    for block in blocks(stacks, f"aws_ec2_transit_gateway_route_table_{kind}"):
        if _is(stacks, block, "transit_gateway_attachment_id", Attribute(attachment, name)):
            yield _table(stacks, block)


def _table_of(stacks: Stacks, attachment: Block) -> End | None:
    """The route table that decides for what comes out of ``attachment``."""
    return next(_tables(stacks, attachment, "association"), None)


def _table(stacks: Stacks, block: Block) -> End:
    return follow(
        stacks,
        block,
        "transit_gateway_route_table_id",
        "aws_ec2_transit_gateway_route_table",
        adopted="tgw-rtb-",
    )
