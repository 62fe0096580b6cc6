"""What will be built: every name, number and address, frozen.

A plan is a pure function of a topology (``isthmus.plan.build``). Constructs hand its values over and decide
nothing; what must hold between values is checked here, when they are made, so that a wrong plan cannot exist.

    Plan ── AwsSite ── Vpc, VpnGateway                    Link ── VpnConnection (one an Azure instance)
         └─ AzureSite ── VNet, AzureGateway ── Instance        └── Tunnel (two a connection)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise

from isthmus.clouds import aws, azure
from isthmus.clouds.crypto import Cipher, Hash


class InvariantError(ValueError):
    """A plan that contradicts itself: a defect of Isthmus, never of a topology."""


def must(condition: object, what: str) -> None:
    """Raise :class:`InvariantError` with ``what`` unless ``condition`` holds."""
    if not condition:
        raise InvariantError(what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The one IKE and IPsec proposal that both ends of a tunnel offer. Lifetimes are in seconds."""

    name: str
    ike_version: str
    ike_encryption: Cipher
    ike_integrity: Hash
    ike_dh_group: int
    ike_lifetime: int
    esp_encryption: Cipher
    esp_integrity: Hash
    esp_pfs_group: int
    esp_lifetime: int

    def __str__(self) -> str:
        esp = [self.esp_encryption.upper()]
        if not self.esp_encryption.is_gcm:
            esp.append(self.esp_integrity.upper())
        ike = [self.ike_encryption.upper(), self.ike_integrity.upper(), f"DH{self.ike_dh_group}"]
        return f"{self.ike_version} {'/'.join(ike)}, ESP {'/'.join([*esp, f'PFS{self.esp_pfs_group}'])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsTunnelOptions:
    """A proposal and the keep-alive in the AWS provider's words; each list has one value.

    AWS takes the lowest of several values whatever the peer prefers, so there is never a choice.
    """

    ike_version: str
    phase1_encryption: str
    phase1_integrity: str
    phase1_dh_group: int
    phase1_lifetime: int
    phase2_encryption: str
    phase2_integrity: str
    phase2_dh_group: int
    phase2_lifetime: int
    dpd_seconds: int
    dpd_action: str
    startup_action: str
    rekey_margin_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureIpsecPolicy:
    """A proposal and the keep-alive in the azurerm provider's words."""

    connection_protocol: str
    connection_mode: str
    ike_encryption: str
    ike_integrity: str
    dh_group: str
    ipsec_encryption: str
    ipsec_integrity: str
    pfs_group: str
    sa_lifetime: int
    sa_datasize: int
    dpd_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """One tunnel: AWS has the first host of ``inside``, Azure the second.

    ``number`` is the tunnel of its AWS connection (1 or 2), ``instance`` the Azure instance it ends on (0 or 1).
    """

    name: str
    key: str
    instance: int
    number: int
    inside: IPv4Network
    aws_address: IPv4Address
    azure_address: IPv4Address
    local_network_gateway: str
    connection: str
    custom_bgp_primary: IPv4Address
    custom_bgp_secondary: IPv4Address

    def __post_init__(self) -> None:
        must(self.inside.prefixlen == 30, f"{self.inside} is not a /30")
        must(any(self.inside.subnet_of(r) for r in azure.APIPA_RANGES), f"{self.inside} is outside Azure's range")
        must(not aws.reserved_inside(self.inside), f"{self.inside} is reserved by AWS")
        must(self.aws_address == self.inside[1], f"AWS does not have the first host of {self.inside}")
        must(self.azure_address == self.inside[2], f"Azure does not have the second host of {self.inside}")
        own = (self.custom_bgp_primary, self.custom_bgp_secondary)[self.instance]
        must(own == self.azure_address, f"{self.name} does not speak BGP from its own address")


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnConnection:
    """One AWS VPN connection with its customer gateway: the two tunnels to one Azure instance.

    The peer's ASN is in ``bgp_asn``, or in ``bgp_asn_extended`` when it is above 2,147,483,647.
    """

    key: str
    instance: int
    name: str
    customer_gateway: str
    bgp_asn: str | None
    bgp_asn_extended: str | None
    tunnels: tuple[Tunnel, Tunnel]

    def __post_init__(self) -> None:
        must(tuple(t.number for t in self.tunnels) == (1, 2), f"{self.name} has not tunnels 1 and 2")
        must(all(t.instance == self.instance for t in self.tunnels), f"{self.name} spans instances")
        must((self.bgp_asn is None) != (self.bgp_asn_extended is None), f"{self.name}: one ASN, in one form")


class Initiator(StrEnum):
    """Which end starts the negotiation and starts it again after a loss."""

    BOTH = "both"
    AWS = "aws"
    AZURE = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficForecast:
    """What a link is expected to carry: GB (10^9 bytes) a month, and Mbit/s at the busiest moment."""

    aws_to_azure_gb: float
    azure_to_aws_gb: float
    peak_mbps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One AWS site joined to one Azure site."""

    name: str
    aws: str
    azure: str
    slot: int
    aws_asn: int
    azure_asn: int
    proposal: Proposal
    aws_options: AwsTunnelOptions
    azure_policy: AzureIpsecPolicy
    initiator: Initiator
    connections: tuple[VpnConnection, ...]
    traffic: TrafficForecast

    def __post_init__(self) -> None:
        must(self.aws_asn != self.azure_asn, f"{self.name}: both ends have ASN {self.aws_asn}")
        must(self.aws_options.dpd_seconds == self.azure_policy.dpd_seconds, f"{self.name}: DPD differs")
        blocks = [t.inside for t in self.tunnels]
        must(len(set(blocks)) == len(blocks), f"{self.name}: an inside block is used twice")

    @property
    def takes_turns(self) -> bool:
        """Whether its first connection must wait for another link's: slot 0 is always first."""
        return self.slot > 0

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """All tunnels, by instance and number."""
        return tuple(t for c in self.connections for t in c.tunnels)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSubnet:
    """A private subnet in the ``zone``-th availability zone of the region (from 0)."""

    key: str
    name: str
    cidr: IPv4Network
    zone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """A VPC that Isthmus makes."""

    name: str
    cidr: IPv4Network
    subnets: tuple[AwsSubnet, ...]
    route_table: str

    def __post_init__(self) -> None:
        must(len({s.zone for s in self.subnets}) >= 2, f"{self.name} is in one zone only")
        must(all(s.cidr.subnet_of(self.cidr) for s in self.subnets), f"{self.name} does not hold its subnets")
        must(_disjoint([s.cidr for s in self.subnets]), f"{self.name} has subnets that overlap")


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnGateway:
    """A virtual private gateway that Isthmus makes."""

    name: str
    asn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSite:
    """One VPC with its gateway. ``stack`` is the Terraform stack that holds all of it."""

    key: str
    stack: str
    region: str
    network: Vpc
    gateway: VpnGateway
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VNet:
    """A VNet that Isthmus makes, in a resource group of its own."""

    resource_group: str
    name: str
    cidr: IPv4Network
    gateway_subnet: IPv4Network
    workload_subnet_name: str
    workload_subnet: IPv4Network

    def __post_init__(self) -> None:
        must(self.gateway_subnet.prefixlen <= azure.GATEWAY_SUBNET_SMALLEST, f"{self.gateway_subnet} is too small")
        must(self.gateway_subnet.subnet_of(self.cidr), f"{self.name} does not hold its GatewaySubnet")
        must(self.workload_subnet.subnet_of(self.cidr), f"{self.name} does not hold its workload subnet")
        must(not self.gateway_subnet.overlaps(self.workload_subnet), f"{self.name} has subnets that overlap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance of an active-active gateway: its public IP and its BGP addresses, one a tunnel."""

    number: int
    key: str
    public_ip: str
    ip_configuration: str
    apipa: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureGateway:
    """An Azure VPN gateway. ``zones`` is empty in a region that has none."""

    name: str
    sku: str
    generation: str
    asn: int
    active_active: bool
    zones: tuple[str, ...]
    instances: tuple[Instance, ...]

    def __post_init__(self) -> None:
        must(self.active_active == (len(self.instances) == 2), f"{self.name}: active-active means two instances")
        addresses = [a for i in self.instances for a in i.apipa]
        must(len(set(addresses)) == len(addresses), f"{self.name}: a BGP address is used twice")

    @property
    def public_ip_zones(self) -> list[str] | None:
        """The zones of the public IPs; None, and so not written, in a region that has none."""
        return list(self.zones) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureStacks:
    """The three Terraform stacks of an Azure site, in order of apply."""

    network: str
    gateway: str
    connections: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSite:
    """One VNet with its gateway."""

    key: str
    stacks: AzureStacks
    region: str
    network: VNet
    gateway: AzureGateway
    tags: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a topology comes to. Sites and links are in the order of their names and slots."""

    name: str
    aws: tuple[AwsSite, ...]
    azure: tuple[AzureSite, ...]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        aws_asn = {s.key: s.gateway.asn for s in self.aws}
        gateways = {s.key: s.gateway for s in self.azure}
        for link in self.links:
            must(link.aws_asn == aws_asn[link.aws], f"{link.name}: not the ASN of its AWS gateway")
            must(link.azure_asn == gateways[link.azure].asn, f"{link.name}: not the ASN of its Azure gateway")
            for tunnel in link.tunnels:
                instance = gateways[link.azure].instances[tunnel.instance]
                must(tunnel.azure_address in instance.apipa, f"{tunnel.name}: its instance lacks its BGP address")

    def links_of_aws(self, site: str) -> tuple[Link, ...]:
        """The links that end on the AWS site ``site``, by slot."""
        return tuple(link for link in self.links if link.aws == site)

    def links_of_azure(self, site: str) -> tuple[Link, ...]:
        """The links that end on the Azure site ``site``, by slot."""
        return tuple(link for link in self.links if link.azure == site)

    def tunnels(self) -> Iterator[tuple[Link, Tunnel]]:
        """Every tunnel with its link."""
        return ((link, tunnel) for link in self.links for tunnel in link.tunnels)


def _disjoint(networks: list[IPv4Network]) -> bool:
    ordered = sorted(networks)
    return all(a.broadcast_address < b.network_address for a, b in pairwise(ordered))
