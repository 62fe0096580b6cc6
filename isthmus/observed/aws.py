"""The AWS side, read from AWS resources alone."""

from __future__ import annotations

from isthmus.observed import negotiation
from isthmus.observed.observation import Found, Observed, Target, Unresolved
from isthmus.observed.provider import host
from isthmus.observed.resources import Resource, is_own
from isthmus.observed.secrets import REDACTED
from isthmus.observed.types import AwsEnd, AwsGateway
from isthmus.observed.values import ABSENT, Known, Unknown, Value, known

CONNECTION, CUSTOMER_GATEWAY = "aws_vpn_connection", "aws_customer_gateway"
VGW, TGW = "aws_vpn_gateway", "aws_ec2_transit_gateway"
ATTACHMENTS = {
    "aws_vpn_gateway_attachment": "vpn_gateway_id",
    "aws_ec2_transit_gateway_vpc_attachment": "transit_gateway_id",
}
_KINDS = {"vpn_gateway_id": ("vgw", VGW), "transit_gateway_id": ("tgw", TGW)}


def ends(observed: Observed) -> list[AwsEnd]:
    """Both tunnels of every VPN connection."""
    gateways: dict[str, AwsGateway] = {}
    return [
        _end(observed, connection, number, gateways)
        for connection in observed.resources(CONNECTION)
        for number in (1, 2)
    ]


def _end(observed: Observed, connection: Resource, number: int, gateways: dict[str, AwsGateway]) -> AwsEnd:
    prefix = f"tunnel{number}_"
    customer = observed.target(connection, ("customer_gateway_id",), (CUSTOMER_GATEWAY,))
    block = observed.attribute(connection, f"{prefix}inside_cidr")
    gateway = _gateway(observed, connection, gateways)
    told = observed.value(connection, f"{prefix}bgp_asn")
    key = observed.value(connection, f"{prefix}preshared_key")
    return AwsEnd(
        connection=connection,
        number=number,
        gateway=gateway,
        customer_gateway=customer,
        outside_address=observed.attribute(connection, f"{prefix}address"),
        peer_address=_of(observed, customer, "ip_address"),
        peer_asn=_asn(observed, customer),
        inside_block=block,
        bgp_address=_host(observed, connection, f"{prefix}vgw_inside_address", block, 1),
        bgp_asn=told if known(told, "") not in ("", "0", 0) else gateway.asn,
        peer_bgp_address=_host(observed, connection, f"{prefix}cgw_inside_address", block, 2),
        key=_key(observed, connection, f"{prefix}preshared_key"),
        key_is_given=key is not ABSENT and not is_own(connection, key),
        static=observed.attribute(connection, "static_routes_only"),
        proposals=negotiation.of_aws(observed, connection, number),
        dpd_seconds=negotiation.seconds(observed, connection, f"{prefix}dpd_timeout_seconds"),
        dpd_action=_word(observed, connection, f"{prefix}dpd_timeout_action"),
        startup=_word(observed, connection, f"{prefix}startup_action"),
    )


def _gateway(observed: Observed, connection: Resource, gateways: dict[str, AwsGateway]) -> AwsGateway:
    named = [
        (argument, value)
        for argument in _KINDS
        if not _is_nothing(connection, value := observed.value(connection, argument))
    ]
    if len(named) != 1:
        names = " and ".join(argument for argument, _ in named) or "no gateway"
        return AwsGateway(
            target=Unresolved(f"{connection} ends on {names}", certain=True), kind="", asn=ABSENT, vpcs=()
        )
    argument, _ = named[0]
    kind, type_ = _KINDS[argument]
    target = observed.target(connection, (argument,), (type_,))
    if str(target) not in gateways:
        gateways[str(target)] = AwsGateway(
            target=target, kind=kind, asn=_of(observed, target, "amazon_side_asn"), vpcs=tuple(_vpcs(observed, target))
        )
    return gateways[str(target)]


def _vpcs(observed: Observed, gateway: Target) -> list[Target]:
    """What ``gateway`` is attached to."""
    found: list[Target] = []
    if isinstance(gateway, Found) and gateway.resource.type == VGW:
        value = observed.value(gateway.resource, "vpc_id")
        if not _is_nothing(gateway.resource, value):
            found.append(observed.target(gateway.resource, ("vpc_id",), ("aws_vpc",)))
    for type_, argument in ATTACHMENTS.items():
        for attachment in observed.resources(type_):
            if is_same(observed.target(attachment, (argument,), (VGW, TGW)), gateway):
                vpc = observed.target(attachment, ("vpc_id",), ("aws_vpc",))
                found += [] if any(is_same(vpc, other) for other in found) else [vpc]
    return found


def is_same(one: Target, other: Target) -> bool:
    """Whether two targets are one thing."""
    if isinstance(one, Found) and isinstance(other, Found):
        return one.resource == other.resource
    return type(one) is type(other) and not isinstance(one, Unresolved) and str(one).lower() == str(other).lower()


def _of(observed: Observed, target: Target, attribute: str) -> Value:
    return observed.attribute(target.resource, attribute) if isinstance(target, Found) else Unknown()


def _asn(observed: Observed, customer: Target) -> Value:
    value = _of(observed, customer, "bgp_asn")
    if isinstance(customer, Found) and (
        value is ABSENT or known(value, "?") in ("", "0", 0) or is_own(customer.resource, value)
    ):
        extended = observed.value(customer.resource, "bgp_asn_extended")
        return value if extended is ABSENT else extended
    return value


def _host(observed: Observed, connection: Resource, name: str, block: Value, number: int) -> Value:
    """AWS's or its peer's address inside the tunnel: told, or by its place in the block."""
    value = observed.attribute(connection, name)
    if isinstance(value, Known) and value.value:
        return value
    address = host(known(block), number)
    return Known(address) if address else Unknown() if value is ABSENT else value


def _key(observed: Observed, connection: Resource, name: str) -> Value:
    value = observed.attribute(connection, name)
    return Unknown(reason="AWS keeps the key to itself") if known(value) == REDACTED else value


def _word(observed: Observed, connection: Resource, name: str) -> Value:
    value = observed.attribute(connection, name)
    return observed.default(connection, name) if isinstance(value, Known) and not value.value else value


def _is_nothing(resource: Resource, value: Value) -> bool:
    return value is ABSENT or known(value, "?") in ("", None) or is_own(resource, value)
