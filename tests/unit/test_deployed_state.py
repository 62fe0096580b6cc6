"""Tunnels read back from Terraform's state: what the two ends were told differently is seen, and no key is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from isthmus.observed import Document, Kind, Observed
from isthmus.observed.agreement import comparisons
from isthmus.observed.links import Links
from isthmus.observed.summary import Summary, summaries

Json = dict[str, Any]

GATEWAY, LOCAL, IP = "/subscriptions/0/gateways/g", "/subscriptions/0/local/l", "/subscriptions/0/ips/"
KEY = "aKeyThatNobodyShallSee"
ATTRIBUTES: Json = {
    "azurerm_public_ip.zero": {"id": f"{IP}zero", "ip_address": "192.0.2.1"},
    "azurerm_public_ip.one": {"id": f"{IP}one", "ip_address": "192.0.2.2"},
    "azurerm_virtual_network_gateway.g": {
        "id": GATEWAY,
        "enable_bgp": True,
        "active_active": True,
        "bgp_settings": [
            {
                "asn": 65010,
                "peering_addresses": [
                    {"ip_configuration_name": "0", "apipa_addresses": ["169.254.21.2"]},
                    {"ip_configuration_name": "1", "apipa_addresses": ["169.254.22.6"]},
                ],
            }
        ],
        "ip_configuration": [
            {"name": "0", "public_ip_address_id": f"{IP}zero"},
            {"name": "1", "public_ip_address_id": f"{IP}one"},
        ],
    },
    "azurerm_local_network_gateway.l": {
        "id": LOCAL,
        "gateway_address": "203.0.113.1",
        "bgp_settings": [{"asn": 64512, "bgp_peering_address": "169.254.22.5"}],
    },
    "azurerm_virtual_network_gateway_connection.c": {
        "name": "fra-fra-i1-t2",
        "enable_bgp": True,
        "local_network_gateway_id": LOCAL.upper(),
        "virtual_network_gateway_id": GATEWAY,
        "shared_key": KEY,
        "custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": "169.254.22.6"}],
    },
    "aws_customer_gateway.c": {"id": "cgw-1", "ip_address": "192.0.2.2", "bgp_asn": "65010", "bgp_asn_extended": ""},
    "aws_vpn_connection.c": {
        "customer_gateway_id": "cgw-1",
        "vpn_gateway_id": "vgw-1",
        "transit_gateway_id": "",
        "tunnel1_address": "198.51.100.1",
        "tunnel2_address": "203.0.113.1",
        "tunnel2_preshared_key": KEY,
        "tunnel2_inside_cidr": "169.254.22.4/30",
        "tunnel2_vgw_inside_address": "169.254.22.5",
        "tunnel2_cgw_inside_address": "169.254.22.6",
        "tunnel2_bgp_asn": "64512",
    },
}


def _links(**changes: Any) -> Links:
    """One deployment in three states, in which ``type__attribute`` is something else."""
    attributes = copy.deepcopy(ATTRIBUTES)
    for name, value in changes.items():
        type_, _, attribute = name.partition("__")
        [of] = [a for address, a in attributes.items() if address.startswith(f"{type_}.")]
        of[attribute] = value
    blocks = [
        {"mode": "managed", "type": a.split(".")[0], "name": a.split(".")[1], "instances": [{"attributes": body}]}
        for a, body in attributes.items()
    ]
    contents: tuple[Json, ...] = (
        {"version": 4, "resources": blocks[:3]},
        {"version": 4, "resources": blocks[3:]},
        {"version": 4},
    )
    return Links(Observed(Document(name=f"s{n}", file="", kind=Kind.STATE, content=c) for n, c in enumerate(contents)))


def _told(links: Links) -> list[str]:
    """What breaks the tunnel."""
    return [str(c).partition(": ")[2] for c in comparisons(links) if c.equal is False and c.breaks and c.of]


def test_both_ends_are_told() -> None:
    assert summaries(_links()) == [
        Summary(
            name="fra-fra-i1-t2",
            aws_outside="203.0.113.1",
            azure_outside="192.0.2.2",
            aws_inside="169.254.22.5",
            azure_inside="169.254.22.6",
            aws_asn=64512,
            azure_asn=65010,
        )
    ]
    assert _told(_links()) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"aws_vpn_connection__tunnel2_preshared_key": "other"}, "key: Azure has (secret), AWS has (secret)"),
        (
            {"aws_customer_gateway__ip_address": "192.0.2.9"},
            "public IP: s0/azurerm_virtual_network_gateway.g does not have the public IP of s1/aws_customer_gateway.c",
        ),
        ({"aws_vpn_connection__tunnel2_bgp_asn": "7224"}, "AWS's ASN: Azure has 64512, AWS has 7224"),
        ({"aws_customer_gateway__bgp_asn": "65000"}, "Azure's ASN: Azure has 65010, AWS has 65000"),
        (
            {"aws_vpn_connection__tunnel2_vgw_inside_address": "169.254.22.1"},
            "AWS's BGP address: Azure has 169.254.22.5, AWS has 169.254.22.1",
        ),
        (
            {
                "azurerm_virtual_network_gateway_connection__custom_bgp_addresses": [
                    {"primary": "169.254.22.6", "secondary": "169.254.21.6"}
                ]
            },
            "Azure's BGP address: Azure has 169.254.21.6, AWS has 169.254.22.6",
        ),
        (
            {"aws_vpn_connection__tunnel2_address": "203.0.113.2"},
            "outside address: Azure has 203.0.113.1, AWS has 203.0.113.2",
        ),
    ],
)
def test_what_differs_is_seen_and_no_key_is_told(changes: Json, told: str) -> None:
    links = _links(**changes)
    assert told in _told(links)
    assert KEY not in repr([links.tunnels, links.routes, list(links.observed.resources()), comparisons(links)])


def test_a_key_that_aws_keeps_to_itself_is_no_disagreement() -> None:
    assert _told(_links(aws_vpn_connection__tunnel2_preshared_key="REDACTED")) == []


def test_an_end_that_is_missing_is_said() -> None:
    links = _links(aws_vpn_connection__tunnel2_address="203.0.113.2", azurerm_local_network_gateway__bgp_settings=[])
    assert links.tunnels == ()
    [end] = links.paired.lone_azure
    [said] = [str(c) for c in comparisons(links) if c.of]
    assert said == f"{end}: no AWS tunnel has the outside address 203.0.113.1"


def test_without_bgp_there_are_neither_asns_nor_inside_addresses() -> None:
    [tunnel] = summaries(_links(aws_vpn_connection__static_routes_only=True))
    assert (tunnel.aws_inside, tunnel.azure_inside, tunnel.aws_asn, tunnel.azure_asn) == (None, None, None, None)
