"""What the providers make of arguments, as far as it is certain before apply."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from isthmus.observed.resources import Resource
from isthmus.observed.secrets import REDACTED
from isthmus.observed.values import AttributePath, Known, Unknown, Value, known

if TYPE_CHECKING:
    from isthmus.observed.references import Resolver

_INSIDE: Final = re.compile(r"tunnel(?P<number>[12])_(?P<end>vgw|cgw)_inside_address")
_KEY: Final = re.compile(r"tunnel[12]_preshared_key")
KEPT_BY_AWS: Final = "AWS keeps the key in Secrets Manager and tells nobody"

DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "aws_vpn_gateway": {"amazon_side_asn": "64512"},
    "aws_ec2_transit_gateway": {"amazon_side_asn": "64512"},
    "aws_vpn_connection": {
        "static_routes_only": False,
        "enable_acceleration": False,
        **{f"tunnel{n}_dpd_timeout_seconds": 30 for n in (1, 2)},
        **{f"tunnel{n}_dpd_timeout_action": "clear" for n in (1, 2)},
        **{f"tunnel{n}_startup_action": "add" for n in (1, 2)},
        **{f"tunnel{n}_phase1_lifetime_seconds": 28_800 for n in (1, 2)},
        **{f"tunnel{n}_phase2_lifetime_seconds": 3_600 for n in (1, 2)},
    },
    "azurerm_virtual_network_gateway": {"active_active": False, "enable_bgp": False, "bgp_enabled": False},
    "azurerm_virtual_network_gateway_connection": {
        "connection_mode": "Default",
        "connection_protocol": "IKEv2",
        "dpd_timeout_seconds": 45,
        "enable_bgp": False,
        "bgp_enabled": False,
    },
}
"""What a missing argument is. EC2 API reference (CreateVpnGateway, TransitGatewayRequestOptions,
VpnTunnelOptionsSpecification); azurerm 4.55's schema and Microsoft's VPN gateway FAQ for DPD (all seen)."""


def default_of(resource: Resource, path: AttributePath) -> Known | None:
    """What the provider takes where the argument at ``path`` is missing; None where that cannot be told."""
    defaults = DEFAULTS.get(resource.type, {})
    return Known(defaults[str(path[0])]) if len(path) == 1 and path[0] in defaults else None


def read_back(resolver: Resolver, resource: Resource, path: AttributePath, itself: Unknown) -> Value | None:
    """What an attribute is that its argument does not tell; None where it is what it seems.

    AWS takes the first address of an inside block, and its peer the second (EC2 API reference, TunnelInsideCidr).
    A key in Secrets Manager is read back as a word of no meaning.
    """
    if resource.type != "aws_vpn_connection" or len(path) != 1:
        return None
    name = str(path[0])
    if not name.endswith(("_inside_address", "_preshared_key")):
        return None
    if _KEY.fullmatch(name) and resource.body.get(name) == REDACTED:
        return Unknown(itself.meaning, itself.reference, reason=KEPT_BY_AWS)
    match = _INSIDE.fullmatch(name)
    if match and not isinstance(resource.body.get(name), str):
        block = known(resolver.attribute(resource, f"tunnel{match['number']}_inside_cidr"))
        address = host(block, 1 if match["end"] == "vgw" else 2)
        return None if address is None else Known(address)
    return None


def kept(target: Resource, path: AttributePath) -> bool:
    """Whether a reference to ``path`` of ``target`` gives a word of no meaning in place of a key."""
    storage = target.body.get("preshared_key_storage")
    return (
        target.type == "aws_vpn_connection"
        and len(path) == 1
        and _KEY.fullmatch(str(path[0])) is not None
        and storage == "SecretsManager"
    )


def host(block: Any, number: int) -> str | None:
    """The address at ``number`` of an IPv4 block; None where it is none."""
    try:
        return str(IPv4Network(block)[number]) if isinstance(block, str) else None
    except (ValueError, IndexError):
        return None
