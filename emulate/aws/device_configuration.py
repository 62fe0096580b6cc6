"""CustomerGatewayConfiguration: the XML from which a device, and terraform's provider, learn addresses, keys and ASNs.

AWS has no schema of it; elements and their order are those of the file that its console downloads ("Generic").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any
from xml.etree import ElementTree as ET

from emulate.aws.preshared_keys import REDACTED
from emulate.aws.tunnel_options import Options

HOLD_SECONDS = 30
"""AWS's BGP hold time."""


def customer_gateway_configuration(
    connection_id: str,
    *,
    ids: Mapping[str, str],
    tunnels: Sequence[Options],
    customer_address: str,
    customer_asn: str | None,
    amazon_asn: str | None,
) -> str:
    """The configuration of a connection.

    ``ids`` are of its gateways, and its type; the ASNs are None where routing is static.
    """
    root = ET.Element("vpn_connection", id=connection_id)
    for name, id_ in ids.items():
        _add(root, name, id_)
    # AWS promises no order. Keys tell a reader which tunnel is which; where they are hidden, the order must not.
    hidden = all(options["PreSharedKey"] == REDACTED for options in tunnels)
    for options in reversed(tunnels) if hidden else tunnels:
        _add(root, "ipsec_tunnel", _tunnel(options, customer_address, customer_asn, amazon_asn))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _add(parent: ET.Element, name: str, value: object) -> None:
    element = ET.SubElement(parent, name)
    if not isinstance(value, dict):
        element.text = str(value)
        return
    for child, inner in value.items():
        _add(element, child, inner)


def _tunnel(options: Options, customer_address: str, customer_asn: str | None, amazon_asn: str | None) -> object:
    block = IPv4Network(options["TunnelInsideCidr"])
    amazon, customer = block.hosts()
    return {
        "customer_gateway": _end(customer_address, customer, block, customer_asn),
        "vpn_gateway": _end(options["OutsideIpAddress"], amazon, block, amazon_asn),
        "ike": {
            "authentication_protocol": _first(options, "Phase1IntegrityAlgorithms", "SHA1"),
            "encryption_protocol": _first(options, "Phase1EncryptionAlgorithms", "AES128"),
            "lifetime": options.get("Phase1LifetimeSeconds", 28_800),
            "perfect_forward_secrecy": f"group{_first(options, 'Phase1DHGroupNumbers', 2)}",
            "mode": "main",
            "pre_shared_key": options["PreSharedKey"],
        },
        "ipsec": {
            "protocol": "esp",
            "authentication_protocol": _first(options, "Phase2IntegrityAlgorithms", "SHA1"),
            "encryption_protocol": _first(options, "Phase2EncryptionAlgorithms", "AES128"),
            "lifetime": options.get("Phase2LifetimeSeconds", 3_600),
            "perfect_forward_secrecy": f"group{_first(options, 'Phase2DHGroupNumbers', 2)}",
            "mode": "tunnel",
            "clear_df_bit": "true",
            "fragmentation_before_encryption": "true",
            "tcp_mss_adjustment": 1379,
            "dead_peer_detection": {"interval": 10, "retries": 3},
        },
    }


def _end(outside: str, inside: IPv4Address, block: IPv4Network, asn: str | None) -> dict[str, Any]:
    end: dict[str, Any] = {
        "tunnel_outside_address": {"ip_address": outside},
        "tunnel_inside_address": {
            "ip_address": str(inside),
            "network_mask": str(block.netmask),
            "network_cidr": block.prefixlen,
        },
    }
    return end | ({"bgp": {"asn": asn, "hold_time": HOLD_SECONDS}} if asn else {})


def _first(options: Options, name: str, otherwise: str | int) -> str:
    """The first entry of a list of proposals: devices are told one."""
    entries = options.get(name) or [{"Value": otherwise}]
    return str(entries[0]["Value"]).lower()
