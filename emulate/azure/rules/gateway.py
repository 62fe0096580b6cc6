"""The VPN gateway. Figures and rules: Microsoft, VPN Gateway FAQ and gateway SKU tables; azurerm v4.55.0."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from emulate.azure import arm
from emulate.azure.cloud import Resource, World
from emulate.azure.rules.base import Rules, fill, known, one, outside
from emulate.azure.rules.network import AZURE_ASNS, IANA_ASNS
from emulate.plugin.values import UNKNOWN, Json

DEFAULT_ASN: Final = 65515
_ZONELESS: Final = tuple(f"VpnGw{n}" for n in range(1, 6))
_LEGACY: Final = ("Standard", "HighPerformance")
_GENERATIONS: Final = {
    "Generation1": ("Basic", *_LEGACY, *(f"VpnGw{n}{az}" for n in (1, 2, 3) for az in ("", "AZ"))),
    "Generation2": tuple(f"VpnGw{n}{az}" for n in (2, 3, 4, 5) for az in ("", "AZ")),
}
_EXPRESS: Final = ("UltraPerformance", "ErGw1AZ", "ErGw2AZ", "ErGw3AZ", "ErGwScale")
_SKUS: Final = (*_GENERATIONS["Generation1"], "VpnGw4", "VpnGw4AZ", "VpnGw5", "VpnGw5AZ", *_EXPRESS)
_APIPA: Final = (ipaddress.IPv4Address("169.254.21.0"), ipaddress.IPv4Address("169.254.22.255"))


class Gateway(Rules):
    """azurerm_virtual_network_gateway."""

    def validate(self, config: Json) -> Iterator[tuple[str, str]]:
        yield from outside("sku", config.get("sku"), _SKUS)
        yield from outside("type", config.get("type"), ("ExpressRoute", "Vpn"))
        yield from outside("vpn_type", config.get("vpn_type"), ("RouteBased", "PolicyBased"))
        yield from outside("generation", config.get("generation"), ("Generation1", "Generation2", "None"))
        for address in _apipa(config):
            yield from _outside_apipa(address)
        yield from _subnet_problems(config)

    def check(self, world: World, resource: Resource, before: Resource | None) -> None:
        attributes = resource.attributes
        # What was unknown when the configuration was checked.
        for _place, text in self.validate(attributes):
            raise arm.ProviderError(text)
        _check_sku(attributes, before)
        _check_shape(resource)
        _check_addresses(world, resource)
        _check_bgp(attributes)
        if before:
            _check_still_there(world, resource, before)

    def fill_in(self, world: World, resource: Resource) -> None:
        attributes = resource.attributes
        newer = attributes["sku"] not in _GENERATIONS["Generation1"]
        generation = f"Generation{2 if newer else 1}" if attributes["type"] == "Vpn" else "None"
        fill(attributes, {"generation": generation, "active_active": False, "enable_bgp": False})
        if attributes.get("bgp_settings") is UNKNOWN or not attributes.get("bgp_settings"):
            attributes["bgp_settings"] = [{"asn": DEFAULT_ASN, "peer_weight": 0, "peering_addresses": UNKNOWN}]
        bgp = attributes["bgp_settings"][0]
        bgp["asn"], bgp["peer_weight"] = bgp.get("asn") or DEFAULT_ASN, bgp.get("peer_weight") or 0
        configurations = attributes["ip_configuration"]
        if bgp["peering_addresses"] is UNKNOWN or not bgp["peering_addresses"]:
            bgp["peering_addresses"] = [{"ip_configuration_name": c["name"]} for c in configurations]
        for peering in bgp["peering_addresses"]:
            name = known(peering.get("ip_configuration_name")) or configurations[0]["name"]
            number = [c["name"] for c in configurations].index(name)
            peering |= {
                "ip_configuration_name": name,
                "apipa_addresses": peering.get("apipa_addresses") or [],
                "default_addresses": [_default_address(world, configurations, number)],
                "tunnel_ip_addresses": [_public_address(world, configurations[number])],
            }


def asn(gateway: Resource) -> int:
    """The ASN that a gateway speaks with."""
    return int(one(gateway.attributes.get("bgp_settings")).get("asn") or DEFAULT_ASN)


def apipa_addresses(gateway: Resource) -> list[str]:
    """Every custom BGP address of a gateway."""
    return [str(address) for address in _apipa(gateway.attributes)]


def _apipa(attributes: Json) -> list[Any]:
    peerings = known(one(known(attributes.get("bgp_settings"))).get("peering_addresses")) or []
    lists = [known(p.get("apipa_addresses")) or [] for p in peerings if isinstance(p, dict)]
    return [address for addresses in lists for address in addresses if address is not UNKNOWN]


def _outside_apipa(address: str) -> Iterator[tuple[str, str]]:
    # internal/services/network/validate/ip_address_in_azure_reserved_apipa_range.go
    first, last = _APIPA
    if not first <= ipaddress.IPv4Address(address) <= last:
        yield "bgp_settings", f"{address} is not within Azure reserved APIPA range: [{first}, {last}]"


def _subnet_problems(attributes: Json) -> Iterator[tuple[str, str]]:
    # internal/services/network/validate/gateway_subnet.go
    for number, configuration in enumerate(known(attributes.get("ip_configuration")) or []):
        subnet = configuration.get("subnet_id") if isinstance(configuration, dict) else None
        if isinstance(subnet, str) and subnet.rpartition("/")[2].lower() != "gatewaysubnet":
            path = f"ip_configuration.{number}.subnet_id"
            yield "ip_configuration", f"expected {path} to reference a gateway subnet with name GatewaySubnet"


def _check_sku(attributes: Json, before: Resource | None) -> None:
    sku = attributes["sku"]
    if attributes["type"] != "Vpn" or (before and before.attributes["sku"] == sku):
        return
    if sku in _ZONELESS:
        raise arm.AzureError(
            code="NonAzSkusNotAllowedForVPNGateway",
            message="VpnGw1-5 non-AZ SKUs are no longer supported for VPN gateways. Only VpnGw1-5AZ SKUs can be "
            "created going forward.",
        )
    if sku in _LEGACY:
        raise arm.guessed("LegacySkuNotAllowed", f"The gateway SKU {sku} is retired: no new gateway can have it.")
    generation = known(attributes.get("generation"))
    if generation in _GENERATIONS and sku not in _GENERATIONS[generation]:
        raise arm.AzureError(
            code="VirtualNetworkGatewaySkuCannotBeCreatedForSpecifiedVmGeneration",
            message=f"The Virtual Network Gateway Sku {sku} cannot be used when VirtualNetworkVpnGatewayGeneration is "
            f"set to {generation}.",
        )
    if sku == "Basic" and (known(attributes.get("enable_bgp")) or known(attributes.get("active_active"))):
        raise arm.guessed("BasicSkuFeature", "A Basic gateway has neither BGP nor active-active.")


def _check_shape(resource: Resource) -> None:
    attributes = resource.attributes
    configurations = attributes["ip_configuration"]
    active = bool(known(attributes.get("active_active")))
    point_to_site = bool(attributes.get("vpn_client_configuration"))
    if active and len(configurations) not in ((2, 3) if point_to_site else (2,)):
        raise arm.AzureError(
            code="ActiveActiveGatewayMustHaveExactlyTwoIpConfigurations",
            message=f"Gateway has {len(configurations)} IP configurations specified for gateway {resource.id}. "
            "ActiveActive Gateway must be created with two IP configurations.",
        )
    if not active and len(configurations) != 1:
        raise arm.guessed(
            "ActivePassiveGatewayMustHaveExactlyOneIpConfiguration",
            f"Gateway has {len(configurations)} IP configurations specified for gateway {resource.id}. "
            "An active-standby gateway has one.",
        )
    peerings = known(one(known(attributes.get("bgp_settings"))).get("peering_addresses")) or []
    if len(peerings) > (2 if active else 1):
        raise arm.AzureError(
            code="BgpPeeringAddressesCountNotCorrect",
            message=f"The BgpPeeringAddresses count is incorrect for gateway {resource.id}. It should be 1 for "
            "ActivePassive and 2 for ActiveActive gateway",
        )
    names = [c["name"] for c in configurations]
    for peering in peerings:
        # Both texts: internal/services/network/virtual_network_gateway_resource.go
        name = known(peering.get("ip_configuration_name"))
        if not name and len(names) > 1:
            raise arm.ProviderError(
                "`ip_configuration_name` has to be set in current `peering_addresses` block in case there are multiple "
                "`ip_configuration` blocks"
            )
        if name and name not in names:
            raise arm.ProviderError(
                "`ip_configuration.0.name` is not the same as "
                "`bgp_settings.0.peering_addresses.*.ip_configuration_name`"
            )
    if not active and len(_apipa(attributes)) > 1:
        # Microsoft, vpn-gateway-howto-aws-bgp: "An active-passive VPN gateway only supports one custom BGP APIPA."
        raise arm.guessed("ActivePassiveGatewayCustomBgpAddresses", "Only one custom BGP APIPA without active-active.")


def _check_addresses(world: World, resource: Resource) -> None:
    mine = resource.attributes["ip_configuration"]
    for number, configuration in enumerate(mine):
        id_ = str(configuration.get("public_ip_address_id") or "")
        rivals = [resource for c in mine[:number] if str(c.get("public_ip_address_id")).lower() == id_.lower()]
        # A mere mention (an alert's scope) is not in a nested block.
        rivals += [o for o, path in world.referring(id_) if o.id.lower() != resource.id.lower() and "." in path]
        if id_ and rivals:
            raise arm.AzureError(
                code="PublicIPAddressInUse",
                message=f"Resource {resource.id} is referencing public IP address {id_} that is already allocated to "
                f"resource {rivals[0].id}.",
            )
    for other in world.of_type(resource.type):
        subnets = {str(c["subnet_id"]).lower() for c in other.attributes["ip_configuration"]}
        same_kind = other.attributes["type"] == resource.attributes["type"]
        if other.id.lower() != resource.id.lower() and same_kind and str(mine[0]["subnet_id"]).lower() in subnets:
            raise arm.guessed("VirtualNetworkGatewayExists", f"The virtual network has the gateway {other.id} already.")


def _check_bgp(attributes: Json) -> None:
    number = one(known(attributes.get("bgp_settings"))).get("asn")
    if number in (AZURE_ASNS - {DEFAULT_ASN}) | IANA_ASNS:
        raise arm.guessed("ReservedAsn", f"ASN {number} is reserved by Azure or by IANA.")
    addresses = _apipa(attributes)
    if twice := sorted({a for a in addresses if addresses.count(a) > 1}):
        raise arm.guessed("DuplicateCustomBgpAddress", f"{', '.join(twice)}: given twice.")


def _check_still_there(world: World, resource: Resource, before: Resource) -> None:
    gone = set(apipa_addresses(before)) - set(apipa_addresses(resource))
    for other, _path in world.referring(resource.id):
        custom = one(other.attributes.get("custom_bgp_addresses"))
        for address in (custom.get("primary"), custom.get("secondary")):
            if address in gone:
                raise arm.guessed("CustomBgpAddressInUse", f"{address} is in use by connection {other.id}.")


def _default_address(world: World, configurations: list[Json], number: int) -> str:
    """Microsoft, vpn-gateway-bgp-overview: 10.12.255.30 of a /27, and .4 and .5 when active-active."""
    subnet = world.get(configurations[number]["subnet_id"])
    prefixes = (subnet.attributes.get("address_prefixes") if subnet else None) or ["0.0.0.0/0"]
    network = ipaddress.ip_network(prefixes[0])
    return str(network[-2] if len(configurations) == 1 else network[4 + number])


def _public_address(world: World, configuration: Json) -> str:
    address = world.get(str(configuration.get("public_ip_address_id")))
    return str(address.attributes["ip_address"]) if address else ""
