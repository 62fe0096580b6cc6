"""Virtual network, subnet, public IP, local network gateway."""

# ruff: noqa: ARG002 - what a type does not need of its interface

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Iterator
from typing import Any

from emulate.azure import arm
from emulate.azure.cloud import Resource, World
from emulate.azure.rules.base import Rules, fill, known, one, outside
from emulate.plugin.values import UNKNOWN, Json

# Cannot be the remote ASN, and cannot be set at all: Microsoft, VPN Gateway FAQ, "Which ASNs can I use?"
AZURE_ASNS = frozenset({8074, 8075, 12076, 65515, 65517, 65518, 65519, 65520})
IANA_ASNS = frozenset({23456, *range(64496, 64512), *range(65535, 65552), 4294967295})


class VirtualNetwork(Rules):
    """azurerm_virtual_network."""

    def fill_in(self, world: World, resource: Resource) -> None:
        guid = str(uuid.uuid5(uuid.NAMESPACE_URL, resource.id))
        fill(resource.attributes, {"guid": guid, "dns_servers": [], "subnet": []})


class Subnet(Rules):
    """azurerm_subnet."""

    def check(self, world: World, resource: Resource, before: Resource | None) -> None:
        vnet = world.get(resource.id.rsplit("/", 2)[0])
        assert vnet is not None, "the parent was found before"
        space = [ipaddress.ip_network(cidr) for cidr in vnet.attributes.get("address_space") or []]
        for prefix in _networks(resource):
            if space and not any(prefix.version == s.version and prefix.subnet_of(s) for s in space):
                raise arm.AzureError(
                    code="NetcfgSubnetRangeOutsideVnet",
                    message=f"Subnet '{resource.name}' is not valid because its IP address range is outside the IP "
                    f"address range of virtual network '{vnet.name}'.",
                )
            if resource.name.lower() == "gatewaysubnet" and prefix.version == 4 and prefix.prefixlen > 29:
                raise arm.guessed("GatewaySubnetTooSmall", f"{prefix}: a GatewaySubnet is a /29 or larger.")
            for other in world.below(vnet.id):
                if other.id.lower() != resource.id.lower() and any(prefix.overlaps(o) for o in _networks(other)):
                    raise arm.AzureError(
                        code="NetcfgSubnetRangesOverlap",
                        message=f"Subnet '{resource.name}' is not valid because its IP address range overlaps with "
                        f"that of an existing subnet in virtual network '{vnet.name}'.",
                    )

    def in_use(self, resource: Resource, by: Resource, path: str) -> arm.AzureError:
        return arm.AzureError(
            code="InUseSubnetCannotBeDeleted",
            message=f"Subnet {resource.name} is in use by {_place(resource, by)} and cannot be deleted. In order to "
            "delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
        )


class PublicIp(Rules):
    """azurerm_public_ip."""

    def validate(self, config: Json) -> Iterator[tuple[str, str]]:
        yield from outside("allocation_method", config.get("allocation_method"), ("Static", "Dynamic"))
        yield from outside("sku", config.get("sku"), ("Basic", "Standard", "StandardV2"))

    def check_plan(self, prior: Json | None, planned: Json) -> None:
        # Both are in the resource's CustomizeDiff (internal/services/network/public_ip_resource.go).
        if planned.get("sku") == "Basic" and prior is None:
            raise arm.ProviderError(
                "creation of new `Basic` SKU public IP addresses is no longer permitted following its deprecation on "
                "March 31, 2025."
            )
        if planned.get("sku") in ("Standard", "StandardV2") and known(planned.get("allocation_method")) == "Dynamic":
            raise arm.ProviderError(
                "`allocation_method` must be set to `Static` when `sku` is set to `Standard` or `StandardV2`"
            )

    def fill_in(self, world: World, resource: Resource) -> None:
        # A Standard address is known as soon as it exists (Microsoft, VPN Gateway FAQ), and kept until it is deleted.
        if resource.attributes.get("ip_address") is UNKNOWN:
            resource.attributes["ip_address"] = world.public_address()
        label, region = resource.attributes.get("domain_name_label"), resource.attributes.get("location")
        fill(resource.attributes, {"fqdn": f"{label}.{region}.cloudapp.azure.com" if label else None})

    def in_use(self, resource: Resource, by: Resource, path: str) -> arm.AzureError:
        return arm.AzureError(
            code="PublicIPAddressCannotBeDeleted",
            message=f"Public IP address {resource.id} can not be deleted since it is still allocated to resource "
            f"{_place(resource, by)}. In order to delete the public IP, disassociate/detach the Public IP address from "
            "the resource.  To learn how to do this, see aka.ms/deletepublicip.",
        )


class LocalNetworkGateway(Rules):
    """azurerm_local_network_gateway: the far end of a tunnel."""

    def check(self, world: World, resource: Resource, before: Resource | None) -> None:
        bgp = one(resource.attributes.get("bgp_settings"))
        if not bgp and not resource.attributes.get("address_space"):
            # "cannot have both empty address prefix and empty BGP setting (confirmed with service team …)":
            # a comment in internal/services/network/local_network_gateway_resource.go
            raise arm.guessed("LocalNetworkGatewayHasNoAddressSpace", "Neither an address space nor BGP is set.")
        if bgp.get("asn") in AZURE_ASNS | IANA_ASNS:
            raise arm.guessed("ReservedAsn", f"ASN {bgp['asn']} is reserved by Azure or by IANA.")
        if bgp and bgp.get("bgp_peering_address") == resource.attributes.get("gateway_address"):
            raise arm.guessed("InvalidBgpPeeringAddress", "The BGP address is the public address of the VPN device.")

    def fill_in(self, world: World, resource: Resource) -> None:
        # Read back as zero, and so never null in a state.
        for bgp in resource.attributes.get("bgp_settings") or []:
            bgp["peer_weight"] = bgp.get("peer_weight") or 0


def _networks(subnet: Resource) -> list[Any]:
    prefixes = subnet.attributes.get("address_prefixes") if subnet.type == "azurerm_subnet" else None
    return [ipaddress.ip_network(prefix) for prefix in prefixes or []]


def _place(resource: Resource, by: Resource) -> str:
    """The IP configuration of ``by`` that uses ``resource``."""
    for configuration in by.attributes.get("ip_configuration") or []:
        if resource.id.lower() in (str(value).lower() for value in configuration.values()):
            return f"{by.id}/ipConfigurations/{configuration.get('name')}"
    return by.id
