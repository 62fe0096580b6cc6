"""Tunnels read back from Terraform's state: what the two ends were told differently is seen, and no key is told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tools import state

Json = dict[str, Any]

GATEWAY, LOCAL, IP = "/subscriptions/0/gateways/g", "/subscriptions/0/local/l", "/subscriptions/0/ips/"
KEY = "aKeyThatNobodyShallSee"
ATTRIBUTES: Json = {
    "azurerm_public_ip.zero": {"id": f"{IP}zero", "ip_address": "192.0.2.1"},
    "azurerm_public_ip.one": {"id": f"{IP}one", "ip_address": "192.0.2.2"},
    "azurerm_virtual_network_gateway.g": {
        "id": GATEWAY,
        "bgp_settings": [{"asn": 65010}],
        "ip_configuration": [{"public_ip_address_id": f"{IP}zero"}, {"public_ip_address_id": f"{IP}one"}],
    },
    "azurerm_local_network_gateway.l": {
        "id": LOCAL,
        "gateway_address": "203.0.113.1",
        "bgp_settings": [{"asn": 64512, "bgp_peering_address": "169.254.22.5"}],
    },
    "azurerm_virtual_network_gateway_connection.c": {
        "name": "fra-fra-i1-t2",
        "local_network_gateway_id": LOCAL.upper(),
        "virtual_network_gateway_id": GATEWAY,
        "shared_key": KEY,
        "custom_bgp_addresses": [{"primary": "169.254.21.2", "secondary": "169.254.22.6"}],
    },
    "aws_customer_gateway.c": {"id": "cgw-1", "ip_address": "192.0.2.2", "bgp_asn": "65010", "bgp_asn_extended": ""},
    "aws_vpn_connection.c": {
        "customer_gateway_id": "cgw-1",
        "tunnel1_address": "198.51.100.1",
        "tunnel2_address": "203.0.113.1",
        "tunnel2_preshared_key": KEY,
        "tunnel2_vgw_inside_address": "169.254.22.5",
        "tunnel2_cgw_inside_address": "169.254.22.6",
        "tunnel2_bgp_asn": "64512",
    },
}


def _states(**changes: Any) -> list[Json]:
    """One state, in which ``type__attribute`` is something else."""
    attributes = copy.deepcopy(ATTRIBUTES)
    for name, value in changes.items():
        type_, _, attribute = name.partition("__")
        [of] = [a for address, a in attributes.items() if address.startswith(f"{type_}.")]
        of[attribute] = value
    blocks = [
        {"mode": "managed", "type": a.split(".")[0], "name": a.split(".")[1], "instances": [{"attributes": body}]}
        for a, body in attributes.items()
    ]
    return [{"resources": blocks[:3]}, {"resources": blocks[3:]}, {}]


def test_both_ends_are_told() -> None:
    assert state.tunnels(_states()) == [
        state.Tunnel(
            name="fra-fra-i1-t2",
            aws_outside="203.0.113.1",
            azure_outside="192.0.2.2",
            aws_inside="169.254.22.5",
            azure_inside="169.254.22.6",
            aws_asn=64512,
            azure_asn=65010,
            disagreements=(),
        )
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"aws_vpn_connection__tunnel2_preshared_key": "other"}, "key: Azure has another key, AWS has one key"),
        (
            {"aws_customer_gateway__ip_address": "192.0.2.9"},
            "public IP: Azure has no instance's, AWS has an instance's",
        ),
        ({"aws_vpn_connection__tunnel2_bgp_asn": "7224"}, "AWS ASN: Azure has 64512, AWS has 7224"),
        ({"aws_customer_gateway__bgp_asn": "65000"}, "Azure ASN: Azure has 65010, AWS has 65000"),
        (
            {"aws_vpn_connection__tunnel2_vgw_inside_address": "169.254.22.1"},
            "AWS BGP address: Azure has 169.254.22.5, AWS has 169.254.22.1",
        ),
        (
            {
                "azurerm_virtual_network_gateway_connection__custom_bgp_addresses": [
                    {"primary": "169.254.22.6", "secondary": "169.254.21.6"}
                ]
            },
            "Azure BGP address: Azure has 169.254.21.6, AWS has 169.254.22.6",
        ),
    ],
)
def test_what_differs_is_seen_and_no_key_is_told(changes: Json, told: str) -> None:
    [tunnel] = state.tunnels(_states(**changes))
    assert told in tunnel.disagreements
    assert KEY not in repr(tunnel)


def test_a_key_that_aws_keeps_to_itself_is_no_disagreement() -> None:
    [tunnel] = state.tunnels(_states(aws_vpn_connection__tunnel2_preshared_key="REDACTED"))
    assert tunnel.disagreements == ()


def test_an_end_that_is_missing_is_said() -> None:
    with pytest.raises(LookupError, match=r"no VPN connection has a tunnel with the address 203\.0\.113\.1"):
        state.tunnels(_states(aws_vpn_connection__tunnel2_address="203.0.113.2"))


def test_without_bgp_there_are_neither_asns_nor_inside_addresses() -> None:
    [tunnel] = state.tunnels(_states(azurerm_local_network_gateway__bgp_settings=[]))
    assert (tunnel.aws_inside, tunnel.azure_asn, tunnel.disagreements) == (None, None, ())
