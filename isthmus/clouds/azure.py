"""What Azure VPN Gateway allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """One gateway size. ``mbps`` is Microsoft's benchmark for the whole gateway, not a promise.

    ``tunnel_mbps`` is what Microsoft observed in one tunnel with GCMAES256 in both phases, ``cbc_tunnel_mbps``
    with AES256 and SHA256 (S, January 2024).
    """

    name: str
    generation: int
    tunnels: int
    mbps: int
    tunnel_mbps: int
    cbc_tunnel_mbps: int

    def per_tunnel(self, *, gcm: bool) -> int:
        """What one tunnel carries, in Mbit/s, with AES-GCM or with AES-CBC and SHA-2."""
        return self.tunnel_mbps if gcm else self.cbc_tunnel_mbps


# Microsoft's SKU table (S): generation, most site-to-site tunnels, throughput.
SKUS: Final = (
    Sku(name="VpnGw1AZ", generation=1, tunnels=30, mbps=650, tunnel_mbps=650, cbc_tunnel_mbps=500),
    Sku(name="VpnGw2AZ", generation=1, tunnels=30, mbps=1_000, tunnel_mbps=1_000, cbc_tunnel_mbps=650),
    Sku(name="VpnGw3AZ", generation=1, tunnels=30, mbps=1_250, tunnel_mbps=1_250, cbc_tunnel_mbps=700),
    # Azure moves gateways of generation 1 to generation 2 by itself; for this SKU no other figures are published.
    Sku(name="VpnGw1AZ", generation=2, tunnels=30, mbps=650, tunnel_mbps=650, cbc_tunnel_mbps=500),
    Sku(name="VpnGw2AZ", generation=2, tunnels=30, mbps=1_250, tunnel_mbps=1_250, cbc_tunnel_mbps=550),
    Sku(name="VpnGw3AZ", generation=2, tunnels=30, mbps=2_500, tunnel_mbps=1_500, cbc_tunnel_mbps=700),
    Sku(name="VpnGw4AZ", generation=2, tunnels=100, mbps=5_000, tunnel_mbps=2_300, cbc_tunnel_mbps=700),
    Sku(name="VpnGw5AZ", generation=2, tunnels=100, mbps=10_000, tunnel_mbps=2_300, cbc_tunnel_mbps=700),
)
SKU_NAMES: Final = tuple(dict.fromkeys(sku.name for sku in SKUS))

_WITHOUT_ZONES_SKU: Final = (
    "since 2025-11-01 no gateway of a SKU without zones can be made, and one that exists rejects every change, also of "
    "its BGP addresses, until its owner upgrades it in place (its public addresses stay)"
)
"""Microsoft's notice on SKUs without zones, of 2026-09-29 (S)."""

RETIRED_SKUS: Final = {
    "VpnGw1": _WITHOUT_ZONES_SKU,
    "VpnGw2": _WITHOUT_ZONES_SKU,
    "VpnGw3": _WITHOUT_ZONES_SKU,
    "VpnGw4": _WITHOUT_ZONES_SKU,
    "VpnGw5": _WITHOUT_ZONES_SKU,
    "Standard": "no new gateway of this SKU can be made",
    "HighPerformance": "no new gateway of this SKU can be made",
    "Basic": "it has no BGP, no active-active mode and no IPsec policy of one's own",
}
"""Why a SKU that the provider still accepts is refused here (gateway SKU consolidation, VPN Gateway FAQ, S)."""

DEFAULT_ASN: Final = 65010
"""Ours, not Azure's 65515: that one is reserved, so no peer could ever have it twice."""

GATEWAY_DEFAULT_ASN: Final = 65515
"""What a gateway has that was made without one (VPN Gateway FAQ, S): allowed there, and never for its peer. Microsoft
asks to keep it where an ExpressRoute gateway is in the same VNet (ExpressRoute and site-to-site coexistence, S)."""

RESERVED_ASNS: Final = frozenset({8074, 8075, 12076, 65515, 65517, 65518, 65519, 65520})
"""Reserved by Azure for itself (VPN Gateway FAQ, S). 65515 is what a gateway gets when it asks for none."""
IANA_RESERVED_ASNS: Final = (
    range(1),
    range(23456, 23457),
    range(64496, 64512),
    range(65535, 65552),
    range(4_294_967_295, 4_294_967_296),
)
"""Reserved by IANA; Azure refuses them (VPN Gateway FAQ, S)."""
ASN_MAX: Final = 4_294_967_294
PRIVATE_ASNS: Final = (range(64512, 65515), range(65521, 65535), range(4_200_000_000, ASN_MAX + 1))
"""Private ASNs that Azure takes on either end (VPN Gateway FAQ, S)."""

APIPA_RANGES: Final = (IPv4Network("169.254.21.0/24"), IPv4Network("169.254.22.0/24"))
"""Custom BGP addresses lie here and nowhere else (Microsoft's AWS tutorial and azurerm's validation, S)."""
SLOTS: Final = 32
"""Links of one gateway: 8 addresses of each of the two /24 for a link's four /30 (C)."""

GATEWAY_SUBNET: Final = "GatewaySubnet"
GATEWAY_SUBNET_PREFIX: Final = 27
"""What Microsoft recommends (VPN Gateway FAQ, S), and what an ExpressRoute gateway beside it needs (S)."""
GATEWAY_SUBNET_SMALLEST: Final = 28
"""/29 is "applicable to Basic SKU only" (VPN Gateway configuration settings, quoted in 2023-06, S)."""
VNET_PREFIX: Final = range(8, 29)
"""A VNet may be /2 to /29 (M); below /8 no private range is left, and half of it is the GatewaySubnet."""

DPD_SECONDS: Final = 45
"""Azure's default, inside its advice of 30 to 45 (FAQ, S), and above AWS's least of 30."""
SA_DATASIZE_KILOBYTES: Final = 102_400_000
"""Azure's default (S); AWS has no limit by volume, so Azure rekeys alone when it is reached."""

LOG_CATEGORIES: Final = ("GatewayDiagnosticLog", "TunnelDiagnosticLog", "RouteDiagnosticLog", "IKEDiagnosticLog")
"""Diagnostic logs of a gateway without point-to-site (monitoring reference, S)."""

PREFIXES_LEARNED_MAX: Final = 4_000
"""Above it the gateway drops the BGP session (FAQ, S)."""

# Whether a region has availability zones (S, Microsoft's region list, November 2026); `network.zones` of a site
# overrides this table.
_WITH_ZONES: Final = """
    australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral denmarkeast
    eastasia eastus eastus2 francecentral germanywestcentral indiasouthcentral indonesiacentral israelcentral italynorth
    japaneast japanwest koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast
    polandcentral qatarcentral southafricanorth southcentralus southeastasia spaincentral swedencentral
    switzerlandnorth uaenorth uksouth usgovvirginia westeurope westus2 westus3
""".split()
_WITHOUT_ZONES: Final = """
    australiacentral australiacentral2 australiasoutheast brazilsoutheast canadaeast francesouth germanynorth
    jioindiacentral jioindiawest koreasouth northcentralus norwaywest southafricawest southindia swedensouth
    switzerlandwest uaecentral ukwest usgovarizona usgovtexas westcentralus westindia westus
""".split()
REGIONS: Final = {**dict.fromkeys(_WITH_ZONES, True), **dict.fromkeys(_WITHOUT_ZONES, False)}
ZONES: Final = ("1", "2", "3")
_DIRECTION: Final = "(north|south|east|west|central|northeast|northwest|southeast|southwest)"
REGION_PATTERN: Final = f"[a-z]{{2,24}}{_DIRECTION}[0-9]?|{_DIRECTION}[a-z]{{2,24}}[0-9]?"
"""How a region is named that is newer than Isthmus: a direction behind the place, or before it."""

UNSUPPORTED: Final = {
    "china": "Azure operated by 21Vianet in China",
    "usdod": "Azure Government for the Department of Defense",
    "usnat": "an isolated cloud of Azure",
    "ussec": "an isolated cloud of Azure",
    "germanycentral": "Microsoft Cloud Deutschland, which was closed in 2021",
    "germanynortheast": "Microsoft Cloud Deutschland, which was closed in 2021",
}
"""Clouds of Azure's that Isthmus does not support, by how their regions' names begin."""


def unsupported_cloud(region: str) -> str | None:
    """The cloud of ``region`` where that is one that Isthmus does not support, else None."""
    return next((name for start, name in UNSUPPORTED.items() if region.startswith(start)), None)


def is_government(region: str) -> bool:
    """Whether ``region`` is in Azure Government, which has endpoints and accounts of its own."""
    return region.startswith("usgov")


def sku(name: str, generation: int | None = None) -> Sku | None:
    """The SKU called ``name``; of two generations the newer one unless ``generation`` says which."""
    found = [s for s in SKUS if s.name == name and generation in (None, s.generation)]
    return found[-1] if found else None


def skus_for(*, mbps: int = 0, tunnels: int = 0, generation: int | None = None) -> Sku | None:
    """The smallest SKU that carries ``mbps`` Mbit/s and ``tunnels`` tunnels.

    Of ``generation`` where that has one. Else, or without, the newer generation of each name.
    """
    same = [s for s in SKUS if s.generation == generation and s.tunnels >= tunnels and s.mbps >= mbps]
    fit = same or [s for s in offered(tunnels=tunnels) if s.mbps >= mbps]
    return min(fit, key=lambda s: s.mbps, default=None)


def offered(*, tunnels: int = 0) -> tuple[Sku, ...]:
    """The SKUs of the newer generation that end ``tunnels`` tunnels, smallest first."""
    return tuple(sorted((s for s in SKUS if s.tunnels >= tunnels and s == sku(s.name)), key=lambda s: s.mbps))


def asn_refusal(asn: int) -> str | None:
    """Why Azure does not take ``asn`` on either end, or None when it does."""
    if asn in RESERVED_ASNS:
        return "is reserved by Azure"
    if any(asn in reserved for reserved in IANA_RESERVED_ASNS):
        return "is reserved by IANA"
    return None


def next_free_asn(taken: Iterable[int]) -> int:
    """The lowest private ASN from Isthmus's default on that is not ``taken``."""
    out = set(taken)
    return next(a for asns in PRIVATE_ASNS for a in asns if a >= DEFAULT_ASN and a not in out)
