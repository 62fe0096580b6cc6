"""The connection of a VPN gateway. Rules: azurerm v4.55.0; Microsoft, VPN Gateway FAQ and IPsec/IKE parameters."""

# ruff: noqa: ARG002 - what a type does not need of its interface

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from emulate.azure import arm
from emulate.azure.cloud import Resource, World
from emulate.azure.rules.base import Rules, fill, known, one, outside
from emulate.azure.rules.gateway import apipa_addresses, asn
from emulate.plugin.values import UNKNOWN, Json

_AES: Final = ("AES128", "AES192", "AES256")
_GCM: Final = ("GCMAES128", "GCMAES192", "GCMAES256")
# internal/services/network/virtual_network_gateway_connection_resource.go
_POLICY: Final = {
    "dh_group": ("DHGroup1", "DHGroup14", "DHGroup2", "DHGroup2048", "DHGroup24", "ECP256", "ECP384", "None"),
    "ike_encryption": (*_AES, "DES", "DES3", "GCMAES128", "GCMAES256"),
    "ike_integrity": ("GCMAES128", "GCMAES256", "MD5", "SHA1", "SHA256", "SHA384"),
    "ipsec_encryption": (*_AES, "DES", "DES3", *_GCM, "None"),
    "ipsec_integrity": (*_GCM, "MD5", "SHA1", "SHA256"),
    "pfs_group": ("ECP256", "ECP384", "None", "PFS1", "PFS14", "PFS2", "PFS2048", "PFS24", "PFSMM"),
}
# "printable ASCII characters, except space, hyphen (-), or tilde (~)": VPN Gateway FAQ; at most 128.
_KEY: Final = re.compile(r"[!-,.-}]{1,128}")
# S2S tunnels: Microsoft, gateway SKU table.
_TUNNELS: Final = {"Basic": 10, "VpnGw4AZ": 100, "VpnGw5AZ": 100, "VpnGw4": 100, "VpnGw5": 100}
_MOST_TUNNELS: Final = 30


class Connection(Rules):
    """azurerm_virtual_network_gateway_connection."""

    def validate(self, config: Json) -> Iterator[tuple[str, str]]:
        yield from outside("type", config.get("type"), ("ExpressRoute", "IPsec", "Vnet2Vnet"))
        yield from outside("connection_protocol", config.get("connection_protocol"), ("IKEv1", "IKEv2"))
        modes = ("Default", "InitiatorOnly", "ResponderOnly")
        yield from outside("connection_mode", config.get("connection_mode"), modes)
        policy = one(known(config.get("ipsec_policy")))
        for name, allowed in _POLICY.items():
            yield from outside(f"ipsec_policy.0.{name}", policy.get(name), allowed)
        for name, least in (("sa_lifetime", 300), ("sa_datasize", 1024)):
            value = policy.get(name)
            if isinstance(value, int) and value < least:
                yield "ipsec_policy", f"expected ipsec_policy.0.{name} to be at least ({least}), got {value}"

    def busy_with(self, attributes: Json) -> list[str]:
        # Azure changes a gateway's connections one at a time.
        ends = ("virtual_network_gateway_id", "peer_virtual_network_gateway_id")
        return [attributes[end] for end in ends if isinstance(attributes.get(end), str)]

    def check(self, world: World, resource: Resource, before: Resource | None) -> None:
        attributes = resource.attributes
        gateway = world.get(attributes["virtual_network_gateway_id"])
        if gateway is None:
            raise arm.not_found(attributes["virtual_network_gateway_id"])
        with_bgp = bool(known(attributes.get("enable_bgp")))
        if with_bgp:
            _check_custom_addresses(attributes, gateway)
        _check_ends(attributes)
        if attributes["type"] != "IPsec":
            return
        local = world.get(attributes["local_network_gateway_id"])
        assert local is not None, "references were checked before"
        _check_key(attributes)
        _check_policy(attributes)
        if with_bgp:
            _check_bgp(gateway, local)
        siblings = [c for c, _path in world.referring(gateway.id) if c.type == resource.type and c.id != resource.id]
        if len(siblings) >= _TUNNELS.get(gateway.attributes["sku"], _MOST_TUNNELS):
            raise arm.guessed(
                "TooManyConnections", f"A {gateway.attributes['sku']} has {len(siblings)} tunnels at most."
            )
        if any(c.attributes.get("local_network_gateway_id") == local.id for c in siblings):
            raise arm.guessed("ConnectionExists", f"The gateway is connected to {local.id} already.")

    def fill_in(self, world: World, resource: Resource) -> None:
        defaults = {
            "connection_protocol": "IKEv2",
            "enable_bgp": False,
            "express_route_gateway_bypass": False,
            "routing_weight": 0,
            "use_policy_based_traffic_selectors": False,
        }
        fill(resource.attributes, defaults)
        for policy in resource.attributes.get("ipsec_policy") or []:
            fill(policy, {"sa_datasize": 102_400_000, "sa_lifetime": 27_000})


def _check_custom_addresses(attributes: Json, gateway: Resource) -> None:
    custom = one(attributes.get("custom_bgp_addresses"))
    wanted = [a for a in (custom.get("primary"), custom.get("secondary")) if a]
    if not set(wanted) <= set(apipa_addresses(gateway)):
        # The provider's own words.
        raise arm.ProviderError(
            "primary or secondary address not found at `virtual_network_gateway` configuration `bgp_settings` "
            "`peering_addresses`"
        )
    if wanted and attributes["type"] != "IPsec":
        raise arm.ProviderError("`custom_bgp_addresses` can only be used when `type` is set to `IPsec`")


def _check_ends(attributes: Json) -> None:
    ends = {
        "ExpressRoute": "express_route_circuit_id",
        "IPsec": "local_network_gateway_id",
        "Vnet2Vnet": "peer_virtual_network_gateway_id",
    }
    end = ends[attributes["type"]]
    if not attributes.get(end):
        raise arm.ProviderError(f"`{end}` must be specified when `type` is set to `{attributes['type']}`")


def _check_key(attributes: Json) -> None:
    key = attributes.get("shared_key")
    if key is None or key is UNKNOWN:
        raise arm.guessed("SharedKeyRequired", "A connection of type IPsec needs a shared key.")
    if not _KEY.fullmatch(str(key)):
        raise arm.guessed(
            "InvalidSharedKey", "A shared key is 1 to 128 printable ASCII characters, no space, hyphen or tilde."
        )


def _check_policy(attributes: Json) -> None:
    policy = one(attributes.get("ipsec_policy"))
    cipher, integrity = policy.get("ipsec_encryption"), policy.get("ipsec_integrity")
    if (cipher in _GCM or integrity in _GCM) and cipher != integrity:
        # Microsoft, vpn-gateway-about-vpn-devices: GCMAES for IPsec encryption wants the same for integrity.
        raise arm.guessed(
            "InvalidIpsecPolicy",
            f"IpsecEncryption {cipher} and IpsecIntegrity {integrity}: with GCMAES both must be the same.",
        )


def _check_bgp(gateway: Resource, local: Resource) -> None:
    far = one(local.attributes.get("bgp_settings"))
    if not gateway.attributes.get("enable_bgp"):
        raise arm.guessed("BgpNotEnabledOnGateway", f"BGP is not enabled on gateway {gateway.id}.")
    if not far:
        raise arm.guessed("BgpNotEnabledOnLocalNetworkGateway", f"{local.id} has no BGP settings.")
    if far.get("asn") == asn(gateway):
        raise arm.guessed("SameAsn", f"ASN {far['asn']} is that of the gateway, too: the two ends must differ.")
